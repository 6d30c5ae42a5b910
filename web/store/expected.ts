/** Whether the scenario that is open ends as its author says (its field `expect`), while it is as it came. */
import { differences } from "../scenario/expectation";
import { isAsItCame } from "./opening";
import type { Ui } from "./ui";

/**
 * What does not hold, a sentence each. Nothing of a scenario that the reader has changed, or whose run is not the one
 * that is shown. A claim can fail without anybody's doing: a later model may end the same program otherwise.
 */
export function unmetClaims({ scenario, ran, result, cut }: Ui): string[] {
  if (!scenario?.expect || ran !== scenario || !result || cut) return [];
  const end = { ...result.end, events: result.events, model: result.model };
  const lines = result.log.map(({ text }) => text);
  const unmet = differences(scenario.expect, end, lines);
  return unmet.length > 0 && isAsItCame(scenario) ? unmet : [];
}
