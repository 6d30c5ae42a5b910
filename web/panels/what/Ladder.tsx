/**
 * Why? Every check of the step in the manual's order. Checks that passed and checks that were not reached fold to a line
 * each that says what it holds; the one that failed never folds. A rung opens to its citation and how sure we are.
 */
import { useState } from "react";
import type { Reason, TraceEvent } from "../../core/event";
import { compared } from "../../manual/compared";
import { type RuleText, ruleText } from "../../manual/rules";
import { topics } from "../../manual/topics";
import { editMachine } from "../../store/scenario";
import { ui } from "../../store/ui";
import { showUnsure } from "../../store/unsure";
import type { Sure } from "../../trace/operations";
import { Icon, type IconName } from "../icons";
import { plural } from "../numbers";
import { Terms } from "../Term";

type Outcome = Reason["outcome"];

const MARKS: Record<Outcome, IconName | null> = {
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

interface Group {
  /** of its first rung */
  place: number;
  outcome: Outcome;
  rungs: Reason[];
}

/** Neighbours of one outcome. */
function groups(reasons: Reason[]): Group[] {
  const found: Group[] = [];
  for (const [place, reason] of reasons.entries()) {
    const last = found.at(-1);
    if (last?.outcome === reason.outcome) last.rungs.push(reason);
    else found.push({ place, outcome: reason.outcome, rungs: [reason] });
  }
  return found;
}

export function Ladder({ event, reasons }: { event: TraceEvent; reasons: Reason[] }) {
  // A step that was stopped is read for its reason; of one that went through every check is of interest.
  const stopped = reasons.some(({ outcome }) => outcome === "failed");
  return (
    <div className="ladder">
      {groups(reasons).map(({ place, outcome, rungs }) =>
        outcome === "passed" || outcome === "not reached" ? (
          <Fold key={place} {...{ event, rungs, outcome, stopped }} />
        ) : (
          <Rungs key={place} event={event} rungs={rungs} />
        ),
      )}
    </div>
  );
}

interface FoldProps {
  event: TraceEvent;
  rungs: Reason[];
  outcome: "passed" | "not reached";
  stopped: boolean;
}

/** Many checks in one line. What the reader opens or closes stays so from step to step. */
function Fold({ event, rungs, outcome, stopped }: FoldProps) {
  const [chosen, choose] = useState<boolean | null>(null);
  const isOpen = stopped ? chosen === true : chosen !== false;
  return (
    <details
      className="fold"
      open={isOpen}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== isOpen) choose(currentTarget.open);
      }}
    >
      <summary>
        <span className="rung-mark">{outcome === "passed" ? <Icon name="tick" /> : null}</span>
        <span className="fold-count">
          {plural(rungs.length, "check")} {outcome}
        </span>
        <span className="fold-holds">{topics(rungs.map(({ rule }) => rule))}</span>
        <Icon name="down" />
      </summary>
      {isOpen ? <Rungs event={event} rungs={rungs} /> : null}
    </details>
  );
}

function Rungs({ event, rungs }: { event: TraceEvent; rungs: Reason[] }) {
  return (
    <ol>
      {rungs.map((reason, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule may stand twice in a ladder; its place is its identity
        <Rung key={`${event.n} ${i}`} event={event} reason={reason} />
      ))}
    </ol>
  );
}

function Rung({ event, reason }: { event: TraceEvent; reason: Reason }) {
  const text = ruleText(reason.rule, event);
  const { outcome } = reason;
  const mark = MARKS[outcome];
  const values = compared(reason);
  const asks = (
    <>
      <span className="rung-mark">{mark ? <Icon name={mark} /> : null}</span>
      <span className="rung-asks">
        {text?.asks ?? reason.rule}
        <span className="sr">, {outcome === "off" ? "would fail, but is switched off" : outcome}</span>
      </span>
      {values ? <span className="rung-values">{values}</span> : null}
      {outcome === "off" ? <span className="rung-values">check removed</span> : null}
    </>
  );
  if (outcome === "failed") {
    return (
      <li className="rung" data-outcome={outcome}>
        <div className="rung-head">{asks}</div>
        {text ? <More text={text} failed /> : null}
      </li>
    );
  }
  return (
    <li className="rung" data-outcome={outcome}>
      <details>
        <summary>{asks}</summary>
        {text ? <More text={text} failed={false} /> : null}
      </details>
    </li>
  );
}

function More({ text, failed }: { text: RuleText; failed: boolean }) {
  return (
    <div className="rung-more">
      {text.why ? (
        <p>
          <Terms text={text.why} />
        </p>
      ) : null}
      {failed ? (
        <p className="to-pass">
          <b>To pass:</b> <Terms text={text.fix} />
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
