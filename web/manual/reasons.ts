/**
 * The Why? of one event: the rungs the core asked when it ran the operation again, and after them the ones it never
 * came to.
 */
import { type Op, Rule, Rung } from "../../assembly/abi";
import type { Reason, TraceEvent } from "../core/event";
import { OP_NAMES } from "../core/names";
import { ladder } from "./ladders";
import { whole } from "./spell";

/** One rung as the core reports it (Machine.explain). */
export interface Asked {
  rule: Rule;
  outcome: Rung;
  left: bigint;
  right: bigint;
}

const OUTCOME: Record<Rung, Reason["outcome"]> = {
  [Rung.PASSED]: "passed",
  [Rung.FAILED]: "failed",
  [Rung.OFF]: "off",
};

/** EXITINFO1 bit 34: the access was private. */
const ENC = 1n << 34n;

/**
 * Was the data access shared (C=0)? Told from what it did. A #PF comes before the C-bit counts: such an access is taken
 * for private, which most are.
 */
function shared(event: TraceEvent, asked: readonly Asked[]): boolean {
  if (event.fault === "#NPF") return ((whole(event.exitinfo1) ?? 0n) & ENC) === 0n;
  return !event.fault && !asked.some(({ rule }) => rule === Rule.RMP_COVERED);
}

/** Every rung of the event in order: passed, failed, off (its check is switched off), not reached. */
export function reasons(event: TraceEvent, asked: readonly Asked[]): Reason[] {
  const op = OP_NAMES.indexOf(event.op) as Op;
  const variant = { shared: shared(event, asked), msr: Number(event.args.msr ?? 0) };
  const reached = new Set(asked.map(({ rule }) => rule));
  return [
    ...asked.map(({ rule, outcome, left, right }) => ({
      rule: Rule[rule] ?? String(rule),
      outcome: OUTCOME[outcome],
      left: `0x${left.toString(16)}`,
      right: `0x${right.toString(16)}`,
    })),
    ...ladder(op, variant)
      .filter((rule) => !reached.has(rule))
      .map((rule) => ({ rule: Rule[rule] ?? String(rule), outcome: "not reached" as const })),
  ];
}
