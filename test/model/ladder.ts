/**
 * How the second model runs a check: it asks for one thing, remembers that it asked, and stops at the first "no".
 *
 * This model is written from the manuals alone, as slowly and plainly as possible, to be compared with the core.
 * It shares nothing with it but the names in assembly/abi.ts.
 */
import { Rule, Rung } from "../../assembly/abi";
import type { CheckName } from "../../web/scenario/schema";

/** What an operation gives, as a conformance vector writes it. */
export type Outcome = Record<string, unknown>;

/** Thrown by the first check that fails; carries what the operation gives then. */
export class Refused {
  constructor(readonly outcome: Outcome) {}
}

export class Ladder {
  /** every check of the operation so far, in order */
  readonly rungs: { rule: Rule; rung: Rung }[] = [];
  /** the check that decided; NONE when all passed */
  failed = Rule.NONE;

  constructor(private readonly checksOff: ReadonlySet<CheckName>) {}

  isOff(check: CheckName): boolean {
    return this.checksOff.has(check);
  }

  /** Goes on if `holds`, or if the user has switched this check off; refuses otherwise. */
  check(rule: Rule, holds: boolean, otherwise: Outcome, switchName?: CheckName): void {
    if (holds) {
      this.rungs.push({ rule, rung: Rung.PASSED });
    } else if (switchName !== undefined && this.isOff(switchName)) {
      this.rungs.push({ rule, rung: Rung.OFF });
    } else {
      this.rungs.push({ rule, rung: Rung.FAILED });
      this.failed = rule;
      throw new Refused(otherwise);
    }
  }
}

export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

export const gp: Outcome = { fault: "#GP", error: "0x0" };

export function pf(errorCode: number): Outcome {
  return { fault: "#PF", error: hex(errorCode) };
}

export const notValidated: Outcome = { fault: "#VC", error: "0x404" };
/** An access to MMIO: the code of the exit that the guest's handler is told of. */
export const mmio: Outcome = { fault: "#VC", error: "0x400" };
