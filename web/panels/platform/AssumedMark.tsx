/**
 * Said on the scenario's face: this run rests on behaviour that is assumed. Counted are the events that a check decided
 * of which nothing at hand says that hardware does the same; a scenario may also say so itself, by the tag "assumed".
 */
import { useMemo } from "react";
import { ruleText } from "../../manual/rules";
import { ui } from "../../store/ui";
import { showUnsure } from "../../store/unsure";
import { plural } from "../numbers";

export function AssumedMark() {
  const decided = ui((s) => s.result?.decided);
  const tagged = ui((s) => s.scenario?.tags?.includes("assumed") ?? false);
  const assumed = useMemo(
    () =>
      (decided ?? []).filter(({ rule, op, msr }) => {
        const args: Record<string, string> = msr === undefined ? {} : { msr };
        return ruleText(rule, { op, args })?.sure === "assumed";
      }),
    [decided],
  );
  const count = assumed.reduce((sum, { count: times }) => sum + times, 0);
  if (count === 0 && !tagged) return null;
  const [first] = assumed;
  return (
    <button
      type="button"
      className="button plain assumed"
      title="How hardware behaves there is not known: what is assumed, and what would settle it"
      onClick={() => showUnsure(assumed.length === 1 && first ? first.rule : "assumed")}
    >
      <span className="sure" data-sure="assumed" />
      {count > 0 ? `${plural(count, "step")} assumed` : "assumed"}
    </button>
  );
}
