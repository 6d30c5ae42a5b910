/** One event of the core's list, decoded to the shape that users see (event.ts). */
import { type Actor, Event, Op, Outcome, type Rule } from "../../assembly/abi";
import { hex, type Operand, type Words } from "../trace/operand";
import { type Operation, operation } from "../trace/operations";
import type { TraceEvent } from "./event";
import { ACTOR_NAMES, eaxName, firmwareStatusName, ruleName } from "./names";

/** The Event.BYTES at `at` with all 64-bit operands as bigint: the renderer asks for one event at a time. */
class Raw {
  constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {}
  u8(offset: number): number {
    return this.view.getUint8(this.at + offset);
  }
  u32(offset: number): number {
    return this.view.getUint32(this.at + offset, true);
  }
  u64(offset: number): bigint {
    return this.view.getBigUint64(this.at + offset, true);
  }
  hex(offset: number): string {
    return hex(this.u64(offset));
  }
}

const NOWHERE = 2n ** 64n - 1n;
const FRAME = 0xffffffffff000n;

/** Decodes event `n` (1-based) whose bytes stand at `at`. */
export function decodeEvent(view: DataView, at: number, n: number): TraceEvent {
  const raw = new Raw(view, at);
  const op = raw.u8(Event.OP) as Op;
  const row = operation(op);
  const words: Words = {
    a: raw.u64(Event.A),
    b: raw.u64(Event.B),
    c: raw.u64(Event.C),
    d: raw.u64(Event.D),
    value: raw.u64(Event.VALUE),
    value2: raw.u64(Event.VALUE2),
  };
  const event: TraceEvent = {
    n,
    actor: ACTOR_NAMES[raw.u8(Event.ACTOR) as Actor],
    vcpu: raw.u8(Event.VCPU),
    vmpl: raw.u8(Event.VMPL),
    cpl: raw.u8(Event.CPL),
    asid: raw.u32(Event.ASID),
    op: row.name,
    args: named(row.operands, words),
  };
  const outcome = raw.u8(Event.OUTCOME) as Outcome;
  addOutcome(event, row, outcome, raw);
  const result = outcome === Outcome.DONE ? named(row.results, words) : {};
  if (Object.keys(result).length > 0) event.result = result;
  const rule = raw.u32(Event.RULE) as Rule;
  if (rule !== 0) event.rule = ruleName(rule);
  const walked = raw.u64(Event.GPA);
  if (walked !== NOWHERE) {
    event.gpa = hex(walked & FRAME);
    if (op === Op.GUEST_READ || op === Op.GUEST_WRITE) event.c = Number(walked & 1n);
  }
  if (raw.u64(Event.SPA) !== NOWHERE) event.spa = raw.hex(Event.SPA);
  return event;
}

function named(operands: readonly Operand[], words: Words): TraceEvent["args"] {
  const values: TraceEvent["args"] = {};
  for (const { name, read } of operands) {
    const value = read(words);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function addOutcome(event: TraceEvent, { returns }: Operation, outcome: Outcome, raw: Raw): void {
  switch (outcome) {
    case Outcome.GP:
      event.fault = "#GP";
      event.error = raw.hex(Event.ERROR);
      return;
    case Outcome.PF:
    case Outcome.VC:
      event.fault = outcome === Outcome.PF ? "#PF" : "#VC";
      event.error = raw.hex(Event.ERROR);
      event.cr2 = raw.hex(Event.ADDRESS);
      return;
    case Outcome.NPF:
      event.fault = "#NPF";
      event.exitinfo1 = raw.hex(Event.ERROR);
      event.exitinfo2 = raw.hex(Event.ADDRESS);
      return;
    case Outcome.VMEXIT_INVALID:
      event.fault = "VMEXIT_INVALID";
      return;
    case Outcome.VMEXIT_BUSY:
      event.fault = "VMEXIT_BUSY";
      return;
    default:
  }
  if (returns === "nothing") return;
  const eax = raw.u32(Event.EAX);
  event.eax = eax;
  if (returns === "eax, cf") event.cf = raw.u8(Event.CF);
  event.status = returns === "status" ? firmwareStatusName(eax) : eaxName(eax);
}
