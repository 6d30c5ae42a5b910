/** The whole ladder of a step: the rungs the machine climbed, and after them those it never came to. */
import { Rule, Rung } from "../../assembly/abi";
import type { Reason } from "../core/event";
import { reasons } from "../manual/reasons";
import type { StepView } from "../runtime/protocol";

const OUTCOMES: Record<string, Rung> = { passed: Rung.PASSED, failed: Rung.FAILED, off: Rung.OFF };

export function ladderOf({ event, reasons: found }: StepView): Reason[] {
  if (!event) return [];
  const asked = found.flatMap(({ rule, outcome, left, right }) => {
    const rung = OUTCOMES[outcome];
    const number = Rule[rule as keyof typeof Rule];
    if (rung === undefined || number === undefined) return [];
    return [{ rule: number, outcome: rung, left: BigInt(left ?? 0), right: BigInt(right ?? 0) }];
  });
  return reasons(event, asked);
}
