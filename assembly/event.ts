/**
 * One operation: who acts, what it is, the rungs it climbs, how it came out. Every operation appends one event of fixed
 * size and returns its Outcome; page, tests and commands read the same bytes.
 *
 * Explain mode runs the same code again, from the same state, and writes every rung to scratch instead: nothing is recorded
 * on the hot path that could be computed later.
 */
import { Event, FwStatus, Header, Npf, Outcome, Reason, Rule, Rung, Vc } from "./abi";
import { eventAt, eventRoom, scratch } from "./layout";
import { hasRoom, recording, records, seek, setRecording } from "./journal";
import { FRAME } from "./rmp";
import { clearExhausted, exhausted } from "./table";

// ---- who acts: set from outside before an operation --------------------------------------------------------------------

export let actor: u32 = 0;
export let vcpu: u32 = 0;
export let asid: u32 = 0;
export let vmpl: u32 = 0;
export let cpl: u32 = 0;
/** Mask of the vCPUs whose VMSA page is in use: from VMRUN to the next #VMEXIT. */
export let inUse: u32 = 0;
/** Mask of the checks that are switched off. */
export let off: u32 = 0;
/** No check is off, and nothing is explained. */
export let plain: bool = true;

/** Who acts, and the mask in use, as they stand in the first word of an event. */
let who: u64 = 0;

export function actAs(actor_: u32, vcpu_: u32, asid_: u32, vmpl_: u32, cpl_: u32): void {
  actor = actor_;
  vcpu = vcpu_;
  asid = asid_;
  vmpl = vmpl_;
  cpl = cpl_;
  sign();
}

function sign(): void {
  who =
    (<u64>actor << (Event.ACTOR * 8)) |
    (<u64>vmpl << (Event.VMPL * 8)) |
    (<u64>cpl << (Event.CPL * 8)) |
    (<u64>vcpu << (Event.VCPU * 8)) |
    (<u64>inUse << (Event.INUSE * 8));
}

export function setInUse(mask: u32): void {
  inUse = mask;
  sign();
}

export function setOff(mask: u32): void {
  off = mask;
  plain = mask == 0 && !explaining;
  store<u32>(Header.CHECKS_OFF, mask);
}

/** For operations on a table of another ASID than the actor's. */
export function setAsid(value: u32): void {
  asid = value;
}

// ---- the operation -----------------------------------------------------------------------------------------------------

const NOWHERE: u64 = ~0;

/** Where the event of this operation is written, or the spare place when none is kept. */
let now: usize = 0;
let outcome: u32 = 0;

/** Starts an operation. False if there is no room to record it: the operation must return finish() at once. */
// @ts-ignore: decorator
@inline
export function begin(op: u32, a: u64, b: u64, c: u64, d: u64): bool {
  outcome = Outcome.DONE;
  return !recording || open(op, a, b, c, d);
}

function open(op: u32, a: u64, b: u64, c: u64, d: u64): bool {
  const step = load<u32>(Header.STEP);
  // a new event after some were undone: what could have been redone is gone
  if (step != load<u32>(Header.EVENTS)) store<u32>(Header.EVENTS, step);
  now = eventAt(step);
  // a word at a time: Outcome, CF, EAX and Rule are 0 until they are known
  store<u64>(now, who | op);
  store<u64>(now, asid, Event.ASID);
  store<u64>(now, Rule.NONE, Event.RULE);
  store<u64>(now, a, Event.A);
  store<u64>(now, b, Event.B);
  store<u64>(now, c, Event.C);
  store<u64>(now, d, Event.D);
  store<u64>(now, 0, Event.ERROR);
  store<u64>(now, 0, Event.ADDRESS);
  store<u64>(now, NOWHERE, Event.GPA);
  store<u64>(now, NOWHERE, Event.SPA);
  store<u64>(now, 0, Event.VALUE);
  if (step >= eventRoom) outcome = Outcome.NO_EVENTS;
  else if (!hasRoom()) outcome = Outcome.NO_JOURNAL;
  else return true;
  return false;
}

/** Ends an operation: keeps its event. */
// @ts-ignore: decorator
@inline
export function finish(): u32 {
  if (recording) keep();
  return outcome;
}

function keep(): void {
  if (outcome >= <u32>Outcome.NO_EVENTS) return;
  const step = load<u32>(Header.STEP);
  if (exhausted) {
    // the page-table pool is full: nothing of this operation stays
    clearExhausted();
    seek(step);
    outcome = Outcome.NO_TABLES;
    return;
  }
  store<u8>(now, <u8>outcome, Event.OUTCOME);
  store<u32>(now, records, Event.JOURNAL);
  store<u32>(Header.STEP, step + 1);
  store<u32>(Header.EVENTS, step + 1);
}

/** Where the walks led; NOWHERE when they did not get there. */
// @ts-ignore: decorator
@inline
export function gpa(): u64 {
  return load<u64>(now, Event.GPA);
}

// @ts-ignore: decorator
@inline
export function spa(): u64 {
  return load<u64>(now, Event.SPA);
}

/** Off: no event is kept, and nothing is journaled. */
export function record(on: bool): void {
  setRecording(on);
  now = eventAt(eventRoom);
}

// ---- the rungs ---------------------------------------------------------------------------------------------------------

/**
 * What a ladder is compiled for; only the sizes of these types matter. `Either`: asks at each rung whether it explains and
 * whether the check is off, and notes the rung that did not hold. `Act`: climbs while `plain`, as fast as can be; it notes
 * nothing, so a ladder that such a climb did not get to the end of is climbed again as Either.
 */
export type Act = u8;
export type Either = u32;

// @ts-ignore: decorator
@inline
export function explains<For>(): bool {
  return sizeof<For>() == sizeof<Either>() && explaining;
}

/** One check. `left` is what was found, `right` what it is compared with. */
// @ts-ignore: decorator
@inline
export function rung<For = Either>(rule_: u32, holds: bool, left: u64, right: u64): bool {
  if (sizeof<For>() == sizeof<Act>()) return holds;
  if (explaining) note(rule_, holds ? Rung.PASSED : Rung.FAILED, left, right);
  if (!holds) store<u32>(now, rule_, Event.RULE);
  return holds;
}

/** One check that has a switch. */
// @ts-ignore: decorator
@inline
export function switched<For = Either>(rule_: u32, check: u32, holds: bool, left: u64, right: u64): bool {
  if (sizeof<For>() == sizeof<Act>()) return holds;
  if (explaining) note(rule_, holds ? Rung.PASSED : isOff(check) ? Rung.OFF : Rung.FAILED, left, right);
  if (holds) return true;
  if (isOff(check)) return true;
  store<u32>(now, rule_, Event.RULE);
  return false;
}

// @ts-ignore: decorator
@inline
export function isOff(check: u32): bool {
  return (off & (1 << check)) != 0;
}

// ---- how it came out: each says false, so that a ladder can end with it -------------------------------------------------

export function gp(): bool {
  outcome = Outcome.GP;
  return false;
}

function fault(code: u64, where: u64): void {
  store<u64>(now, code, Event.ERROR);
  store<u64>(now, where, Event.ADDRESS);
}

export function pf(code: u64, cr2: u64): bool {
  outcome = Outcome.PF;
  fault(code, cr2);
  return false;
}

/** #VC PAGE_NOT_VALIDATED, CR2 = the gva as given. APM vol. 2, 15.36.10. */
export function vcNotValidated(gva: u64): bool {
  outcome = Outcome.VC;
  fault(Vc.PAGE_NOT_VALIDATED, gva);
  return false;
}

/** #VMEXIT(NPF): EXITINFO1, and EXITINFO2 = gpa of the page. */
export function npf(info: u64, gpa: u64): bool {
  outcome = Outcome.NPF;
  fault(info | (<u64>1 << Npf.US), gpa & FRAME);
  return false;
}

/** An instruction's status in EAX. CF=0 whenever EAX is not 0 (Assumed). */
export function status(code: u32): bool {
  outcome = Outcome.STATUS;
  store<u32>(now, code, Event.EAX);
  return false;
}

export function vmexitInvalid(): bool {
  outcome = Outcome.VMEXIT_INVALID;
  return false;
}

export function firmware(code: u32): bool {
  outcome = code == FwStatus.SUCCESS ? Outcome.DONE : Outcome.FIRMWARE;
  store<u32>(now, code, Event.EAX);
  return code == FwStatus.SUCCESS;
}

/** The journal cannot hold what this operation would write: it does not happen. */
export function noRoom(): bool {
  outcome = Outcome.NO_JOURNAL;
  return false;
}

/** An instruction that found nothing to change: CF. */
export function carry(): bool {
  store<u8>(now, 1, Event.CF);
  return false;
}

export function result(value: u64): void {
  store<u64>(now, value, Event.VALUE);
}

export function resultD(value: u64): void {
  store<u64>(now, value, Event.D);
}

// @ts-ignore: decorator
@inline
export function walkedTo(gpa: u64): void {
  store<u64>(now, gpa & FRAME, Event.GPA);
}

// @ts-ignore: decorator
@inline
export function reached(spa: u64): void {
  store<u64>(now, spa & FRAME, Event.SPA);
}

// ---- explain mode ------------------------------------------------------------------------------------------------------

export let explaining: bool = false;
let reasons: u32 = 0;
let wasRecording: bool = true;

export function explainBegin(): void {
  explaining = true;
  plain = false;
  wasRecording = recording;
  record(false);
  reasons = 0;
}

/** Number of rungs written to scratch. */
export function explainEnd(): u32 {
  explaining = false;
  plain = off == 0;
  record(wasRecording);
  clearExhausted();
  return reasons;
}

/** True in explain mode: every rung has been asked, nothing must be written. */
// @ts-ignore: decorator
@inline
export function dry(): bool {
  return explaining;
}

function note(rule_: u32, outcome_: u32, left: u64, right: u64): void {
  const at = scratch + <usize>reasons * Reason.BYTES;
  store<u32>(at, rule_, Reason.RULE);
  store<u32>(at, outcome_, Reason.OUTCOME);
  store<u64>(at, left, Reason.LEFT);
  store<u64>(at, right, Reason.RIGHT);
  reasons++;
}
