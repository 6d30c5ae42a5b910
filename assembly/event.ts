/**
 * One operation: who acts, what it is, the rungs it climbs, how it came out. Every operation appends one event of fixed
 * size and returns its Outcome; page, tests and commands read the same bytes.
 *
 * Explain mode runs the same code again, from the same state, and writes every rung to scratch instead: nothing is recorded
 * on the hot path that could be computed later.
 */
import { Event, FwStatus, Header, Npf, Outcome, Reason, Rule, Rung, Vc } from "./abi";
import { events, scratch } from "./layout";
import { eventsFull, hasRoom, recording, records, seek } from "./journal";
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

export function actAs(actor_: u32, vcpu_: u32, asid_: u32, vmpl_: u32, cpl_: u32): void {
  actor = actor_;
  vcpu = vcpu_;
  asid = asid_;
  vmpl = vmpl_;
  cpl = cpl_;
}

export function setInUse(mask: u32): void {
  inUse = mask;
}

export function setOff(mask: u32): void {
  off = mask;
  store<u32>(Header.CHECKS_OFF, mask);
}

/** For operations on a table of another ASID than the actor's. */
export function setAsid(value: u32): void {
  asid = value;
}

// ---- the operation -----------------------------------------------------------------------------------------------------

const NOWHERE: u64 = ~0;

let op: u32 = 0;
let a: u64 = 0;
let b: u64 = 0;
let c: u64 = 0;
let d: u64 = 0;
let outcome: u32 = 0;
let eax: u32 = 0;
let cf: u32 = 0;
let rule: u32 = 0;
let error: u64 = 0;
let address: u64 = 0;
/** Where the walks led; NOWHERE when they did not get there. */
export let gpa: u64 = NOWHERE;
export let spa: u64 = NOWHERE;
let value: u64 = 0;

/** Starts an operation. False if there is no room to record it: the operation must return finish() at once. */
// @ts-ignore: decorator
@inline
export function begin(op_: u32, a_: u64, b_: u64, c_: u64, d_: u64): bool {
  outcome = Outcome.DONE;
  return !recording || explaining || openRecord(op_, a_, b_, c_, d_);
}

function openRecord(op_: u32, a_: u64, b_: u64, c_: u64, d_: u64): bool {
  op = op_;
  a = a_;
  b = b_;
  c = c_;
  d = d_;
  eax = 0;
  cf = 0;
  rule = Rule.NONE;
  error = 0;
  address = 0;
  gpa = NOWHERE;
  spa = NOWHERE;
  value = 0;
  const step = load<u32>(Header.STEP);
  // a new event after some were undone: what could have been redone is gone
  if (step != load<u32>(Header.EVENTS)) store<u32>(Header.EVENTS, step);
  if (eventsFull()) outcome = Outcome.NO_EVENTS;
  else if (!hasRoom()) outcome = Outcome.NO_JOURNAL;
  else return true;
  return false;
}

/** Ends an operation: appends its event. */
// @ts-ignore: decorator
@inline
export function finish(): u32 {
  if (recording && !explaining) append();
  return outcome;
}

function append(): void {
  if (outcome >= <u32>Outcome.NO_EVENTS) return;
  const step = load<u32>(Header.STEP);
  if (exhausted) {
    // the page-table pool is full: nothing of this operation stays
    clearExhausted();
    seek(step);
    outcome = Outcome.NO_TABLES;
    return;
  }
  const at = events + <usize>step * Event.BYTES;
  store<u8>(at, <u8>op, Event.OP);
  store<u8>(at, <u8>actor, Event.ACTOR);
  store<u8>(at, <u8>vmpl, Event.VMPL);
  store<u8>(at, <u8>cpl, Event.CPL);
  store<u8>(at, <u8>vcpu, Event.VCPU);
  store<u8>(at, <u8>outcome, Event.OUTCOME);
  store<u8>(at, <u8>cf, Event.CF);
  store<u8>(at, <u8>inUse, Event.INUSE);
  store<u32>(at, asid, Event.ASID);
  store<u32>(at, eax, Event.EAX);
  store<u32>(at, rule, Event.RULE);
  store<u32>(at, records, Event.JOURNAL);
  store<u64>(at, a, Event.A);
  store<u64>(at, b, Event.B);
  store<u64>(at, c, Event.C);
  store<u64>(at, d, Event.D);
  store<u64>(at, error, Event.ERROR);
  store<u64>(at, address, Event.ADDRESS);
  store<u64>(at, gpa, Event.GPA);
  store<u64>(at, spa, Event.SPA);
  store<u64>(at, value, Event.VALUE);
  store<u32>(Header.STEP, step + 1);
  store<u32>(Header.EVENTS, step + 1);
}

// ---- the rungs ---------------------------------------------------------------------------------------------------------

/**
 * What a ladder is compiled for; only the sizes of these types matter. `Act`: as fast as can be. There the rung that one
 * stands on is noted before it is known to hold, and a ladder climbed to its end says done(). `Explain`: to tell of every
 * rung. `Either`: finds out at each rung.
 */
export type Act = u8;
export type Explain = u16;
export type Either = u32;

// @ts-ignore: decorator
@inline
export function explains<For>(): bool {
  return sizeof<For>() == sizeof<Explain>() || (sizeof<For>() == sizeof<Either>() && explaining);
}

/** One check. `left` is what was found, `right` what it is compared with. */
// @ts-ignore: decorator
@inline
export function rung<For = Either>(rule_: u32, holds: bool, left: u64, right: u64): bool {
  if (sizeof<For>() == sizeof<Act>()) {
    rule = rule_;
    return holds;
  }
  if (explains<For>()) note(rule_, holds ? Rung.PASSED : Rung.FAILED, left, right);
  if (!holds) rule = rule_;
  return holds;
}

/** One check that has a switch. */
// @ts-ignore: decorator
@inline
export function switched<For = Either>(rule_: u32, check: u32, holds: bool, left: u64, right: u64): bool {
  if (sizeof<For>() == sizeof<Act>()) {
    rule = rule_;
    return holds || isOff(check);
  }
  if (explains<For>()) note(rule_, holds ? Rung.PASSED : isOff(check) ? Rung.OFF : Rung.FAILED, left, right);
  if (holds) return true;
  if (isOff(check)) return true;
  rule = rule_;
  return false;
}

/** The end of a ladder whose rungs all held. */
// @ts-ignore: decorator
@inline
export function done(): bool {
  rule = Rule.NONE;
  return true;
}

// @ts-ignore: decorator
@inline
export function isOff(check: u32): bool {
  return (off & (1 << check)) != 0;
}

// ---- how it came out: each says false, so that a ladder can end with it -------------------------------------------------

export function gp(): bool {
  outcome = Outcome.GP;
  error = 0;
  return false;
}

export function pf(code: u64, cr2: u64): bool {
  outcome = Outcome.PF;
  error = code;
  address = cr2;
  return false;
}

/** #VC PAGE_NOT_VALIDATED, CR2 = the gva as given. APM vol. 2, 15.36.10. */
export function vcNotValidated(gva: u64): bool {
  outcome = Outcome.VC;
  error = Vc.PAGE_NOT_VALIDATED;
  address = gva;
  return false;
}

/** #VMEXIT(NPF): EXITINFO1, and EXITINFO2 = gpa of the page. */
export function npf(info: u64, gpa_: u64): bool {
  outcome = Outcome.NPF;
  error = info | (<u64>1 << Npf.US);
  address = gpa_ & FRAME;
  return false;
}

/** An instruction's status in EAX. CF=0 whenever EAX is not 0 (Assumed). */
export function status(code: u32): bool {
  outcome = Outcome.STATUS;
  eax = code;
  return false;
}

export function vmexitInvalid(): bool {
  outcome = Outcome.VMEXIT_INVALID;
  return false;
}

export function firmware(code: u32): bool {
  outcome = code == FwStatus.SUCCESS ? Outcome.DONE : Outcome.FIRMWARE;
  eax = code;
  return code == FwStatus.SUCCESS;
}

/** The journal cannot hold what this operation would write: it does not happen. */
export function noRoom(): bool {
  outcome = Outcome.NO_JOURNAL;
  return false;
}

export function carry(): bool {
  cf = 1;
  return true;
}

export function result(value_: u64): void {
  value = value_;
}

export function resultD(value_: u64): void {
  d = value_;
}

// @ts-ignore: decorator
@inline
export function walkedTo(gpa_: u64): void {
  gpa = gpa_ & FRAME;
}

// @ts-ignore: decorator
@inline
export function reached(spa_: u64): void {
  spa = spa_ & FRAME;
}

// ---- explain mode ------------------------------------------------------------------------------------------------------

export let explaining: bool = false;
let reasons: u32 = 0;

export function explainBegin(): void {
  explaining = true;
  reasons = 0;
}

/** Number of rungs written to scratch. */
export function explainEnd(): u32 {
  explaining = false;
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
