/**
 * Why? Every check of the step in the manual's order. A rung opens to its citation, how sure we are, and the least
 * change that would make it pass; the failed one is open from the start.
 */
import type { Reason, TraceEvent } from "../../core/event";
import { compared } from "../../manual/compared";
import { ruleText } from "../../manual/rules";
import { editMachine } from "../../store/scenario";
import { ui } from "../../store/ui";
import { showUnsure } from "../../store/unsure";
import type { Sure } from "../../trace/operations";
import { Icon, type IconName } from "../icons";

const MARKS: Record<Reason["outcome"], IconName | null> = {
  passed: "tick",
  failed: "cross",
  "not reached": null,
  off: "minus",
};

const SURE: Record<Sure, string> = {
  verified: "Verified: read in the manual, said by the vendor's engineers, or two implementations agree.",
  reconstructed: "Reconstructed: the parts are verified, their order is ours.",
  assumed: "Assumed: nothing at hand says it.",
};

export function Ladder({ event, reasons }: { event: TraceEvent; reasons: Reason[] }) {
  return (
    <ol className="ladder">
      {reasons.map((reason, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule may stand twice in a ladder; its place is its identity
        <Rung key={`${event.n} ${i}`} event={event} reason={reason} />
      ))}
    </ol>
  );
}

function Rung({ event, reason }: { event: TraceEvent; reason: Reason }) {
  const text = ruleText(reason.rule, event);
  const mark = MARKS[reason.outcome];
  const values = compared(reason);
  return (
    <li className="rung" data-outcome={reason.outcome}>
      <details open={reason.outcome === "failed"}>
        <summary>
          <span className="rung-mark">{mark ? <Icon name={mark} /> : null}</span>
          <span className="rung-asks">
            {text?.asks ?? reason.rule}
            <span className="sr">
              , {reason.outcome === "off" ? "would fail, but is switched off" : reason.outcome}
            </span>
          </span>
          {values ? <span className="rung-values">{values}</span> : null}
          {reason.outcome === "not reached" ? <span className="rung-values">not reached</span> : null}
          {reason.outcome === "off" ? <span className="rung-values">check removed</span> : null}
        </summary>
        {text ? (
          <div className="rung-more">
            {text.why ? <p>{text.why}</p> : null}
            {reason.outcome === "failed" ? (
              <p>
                <b>To pass:</b> {text.fix}
              </p>
            ) : null}
            <p className="rung-source">
              <cite>{text.cite}</cite>
              {text.sure === "verified" ? (
                <span className="sure" data-sure={text.sure} title={SURE[text.sure]}>
                  {text.sure}
                </span>
              ) : (
                <button
                  type="button"
                  className="button plain sure"
                  data-sure={text.sure}
                  title={`${SURE[text.sure]} Everything we are not sure of.`}
                  onClick={() => showUnsure(text.name)}
                >
                  {text.sure}
                </button>
              )}
            </p>
            {text.note ? (
              <p className="muted small">
                {text.note}
                {text.settle ? ` Would settle it: ${lower(text.settle)}` : ""}
              </p>
            ) : null}
            {text.check ? <Switch check={text.check} /> : null}
          </div>
        ) : null}
      </details>
    </li>
  );
}

function Switch({ check }: { check: NonNullable<ReturnType<typeof ruleText>>["check"] & string }) {
  const off = ui((s) => s.scenario?.machine.checksOff.includes(check) ?? false);
  const turn = () => {
    const now = ui.getState().scenario?.machine.checksOff ?? [];
    editMachine({ checksOff: off ? now.filter((name) => name !== check) : [...now, check] });
  };
  return (
    <button type="button" className="button plain" onClick={turn}>
      {off ? "Put this check back" : "What if the hardware did not check this?"}
    </button>
  );
}

function lower(words: string): string {
  return /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}
