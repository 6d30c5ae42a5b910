/**
 * The Why? of one event: the rungs the core asked when it ran the operation again, and after them the ones it never
 * came to.
 */
import { Rule, Rung } from "../../assembly/abi";
import type { Reason, TraceEvent } from "../core/event";
import { hex } from "./operand";
import { ladder, opNamed } from "./operations";

/** One rung as the core reports it (Machine.explain). */
export interface Asked {
  rule: Rule;
  outcome: Rung;
  left: bigint;
  right: bigint;
}

const OUTCOMES: Readonly<Record<Rung, Reason["outcome"]>> = {
  [Rung.PASSED]: "passed",
  [Rung.FAILED]: "failed",
  [Rung.OFF]: "off",
};

/** Every rung of the event in order: passed, failed, off (its check is switched off), not reached. */
export function reasons(event: TraceEvent, asked: readonly Asked[]): Reason[] {
  const op = opNamed(event.op);
  // a guest's page table that stopped the access never said whether it was shared: what would have come is the private ladder
  const variant = { shared: event.c === 0, msr: Number(event.args.msr ?? 0) };
  const reached = new Set(asked.map(({ rule }) => rule));
  const rest = op === undefined ? [] : ladder(op, variant).filter((rule) => !reached.has(rule));
  return [
    ...asked.map(({ rule, outcome, left, right }) => ({
      rule: Rule[rule],
      outcome: OUTCOMES[outcome],
      left: hex(left),
      right: hex(right),
    })),
    ...rest.map((rule) => ({ rule: Rule[rule], outcome: "not reached" as const })),
  ];
}
