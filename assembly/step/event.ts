/**
 * One operation's event: every operation appends one of fixed size and returns its Outcome; page, tests and commands read the
 * same bytes.
 */
import { Event, Header, Outcome, Rule } from "../abi";
import { hasRoom, recording, records, setRecording } from "../memory/journal";
import { forgetSummaries } from "../state/summary";
import { eventAt, eventRoom } from "../memory/layout";
import { clearExhausted, exhausted } from "../memory/tables";
import { seek } from "../state/time";
import { asid, who } from "./actor";

const NOWHERE: u64 = ~0;

/** Where the event of this operation is written, or the spare place when none is kept. */
export let now: usize = 0;
let outcome: u32 = 0;

/** How it came out; `Outcome.DONE` until somebody says otherwise. */
// @ts-ignore: decorator
@inline
export function end(as: u32): void {
  outcome = as;
}

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
  store<u64>(now, 0, Event.VALUE);
  store<u64>(now, 0, Event.VALUE2);
  store<u64>(now, NOWHERE, Event.GPA);
  store<u64>(now, NOWHERE, Event.SPA);
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

/** The event is about a table of this ASID, whoever acts. */
export function ofAsid(owner: u32): void {
  store<u32>(now, owner, Event.ASID);
}

/** Off: no event is kept, and nothing is journaled. */
export function record(on: bool): void {
  if (on && !recording) forgetSummaries();
  setRecording(on);
  useSpare();
}

/** What is written about an operation from here on is of none that is kept. */
export function useSpare(): void {
  now = eventAt(eventRoom);
}
