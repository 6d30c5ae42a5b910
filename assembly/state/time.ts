/**
 * Time travel: the journal's records are swapped with what is in place, backwards to undo and forwards to redo. It stands above
 * all that a record can be of.
 */
import { Cell, ChangeKind, Event, Form, Header } from "../abi";
import { giveBack } from "../memory/frames";
import { records, setRecords } from "../memory/journal";
import { cells, eventAt, journal, setCovered } from "../memory/layout";
import { forgetLast } from "../memory/tables";
import { entryAt, fillRegion, recount } from "./rmp";
import { catchUp, accounted, touch } from "./summary";

function swap16(a: usize, b: usize): void {
  const lo = load<u64>(a);
  const hi = load<u64>(a, 8);
  store<u64>(a, load<u64>(b));
  store<u64>(a, load<u64>(b, 8), 8);
  store<u64>(b, lo);
  store<u64>(b, hi, 8);
}

function swap(index: u32, undoing: bool): void {
  const at = journal + (<usize>index << 5);
  const where = load<u32>(at, 4);
  const kind = load<u32>(at);
  if (kind == ChangeKind.BLOCK) {
    swap16(where, at + 8);
  } else if (kind == ChangeKind.ANSWER) {
    // an event shows its answer wherever time stands
  } else if (kind == ChangeKind.ENTRY) {
    const entry = entryAt(where);
    touch(where);
    swap16(entry, at + 8);
    recount(where, load<u64>(at + 8), load<u64>(entry));
  } else {
    touch(where);
    swap16(entryAt(where), at + 8);
    fillRegion(where, undoing ? <Form>load<u8>(at, 24) : <Form>load<u8>(at, 25));
  }
}

function endOf(step: u32): u32 {
  return step == 0 ? 0 : load<u32>(eventAt(step - 1), Event.JOURNAL);
}

/**
 * A point to come back to by rewind(): how many records there are. seek() knows ends of events only, and loses what the hypervisor
 * wrote behind the last one (its answer to a VMGEXIT).
 */
export function mark(): u32 {
  return records;
}

/**
 * Back to where `step` was the last event and mark() gave `at`: for searches, which try one future after another. What came since
 * cannot be redone. The state must be that after the last event.
 */
export function rewind(step: u32, at: u32): void {
  forgetLast();
  catchUp();
  let count = records;
  while (count > at) {
    count--;
    const record = journal + (<usize>count << 5);
    if (load<u32>(record) == ChangeKind.ANSWER) swap16(eventAt(load<u32>(record, 4) - 1) + Event.VALUE, record + 8);
    else swap(count, true);
  }
  setRecords(count);
  accounted(count);
  giveBack(count);
  // registers that were saved into a VMSA with that event since
  if (endOf(step) > at) store<u32>(eventAt(step - 1), at, Event.JOURNAL);
  store<u32>(Header.STEP, step);
  store<u32>(Header.EVENTS, step);
  setCovered(<u32>load<u64>(cells + (Cell.COVERED << 3)));
}

/** Number of the first journal record of event `step` (1-based). */
export function firstRecord(step: u32): u32 {
  return endOf(step - 1);
}

/** Goes to the state after `step` events, 0 to Header.EVENTS. */
export function seek(step: u32): void {
  const wanted = endOf(step);
  forgetLast();
  catchUp();
  let at = records;
  while (at > wanted) swap(--at, true);
  while (at < wanted) swap(at++, false);
  setRecords(at);
  accounted(at);
  store<u32>(Header.STEP, step);
  setCovered(<u32>load<u64>(cells + (Cell.COVERED << 3)));
}
