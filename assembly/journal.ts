/**
 * What was written, so that time can run backwards. A record holds the bytes that are not in place now: undoing swaps
 * record and memory, so that redoing is the same swap once more.
 *
 *   record, 32 bytes: u32 kind | u32 where | 16 bytes | u8 form before | u8 form after | unused
 */
import { Cell, ChangeKind, Event, Form, Header } from "./abi";
import { cells, eventAt, journal, journalRoom, setCovered } from "./layout";
import { entryAt, fillRegion, pfnOf, recount } from "./rmp";
import { forgetLast } from "./table";

/** Records in use; those behind them, up to the last event's, can be redone. */
export let records: u32 = 0;
/** Off: nothing is journaled and no event is kept (sweeps). */
export let recording: bool = true;

/** The most records one operation writes: 512 leaves of a node two by two, a 4 KiB page, 511 entries, and a few more. */
const MOST_PER_OPERATION: u32 = 2048;

export function setRecording(on: bool): void {
  recording = on;
}

export function forgetAll(): void {
  records = 0;
}

export function hasRoom(): bool {
  return records + MOST_PER_OPERATION <= journalRoom;
}

// @ts-ignore: decorator
@inline
function next(kind: u32, where: u32): usize {
  const at = journal + (<usize>records << 5);
  records++;
  store<u32>(at, kind);
  store<u32>(at, where, 4);
  return at + 8;
}

/** Two loads and two stores: memory.copy leaves compiled code, which costs ten times as much for 16 bytes. */
// @ts-ignore: decorator
@inline
function copy16(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

/** Before an RMP entry is written. */
export function saveEntry(entry: usize): void {
  if (recording) copy16(next(ChangeKind.ENTRY, pfnOf(entry)), entry);
}

/** Before the entries of a whole region are written, whose 511 further ones go from one form to another. */
export function saveRegion(pfn: u32, before: Form, after: Form): void {
  if (!recording) return;
  const at = next(ChangeKind.REGION, pfn);
  copy16(at, entryAt(pfn));
  store<u8>(at, <u8>before, 16);
  store<u8>(at, <u8>after, 17);
}

/** Before 16 bytes at an address divisible by 8 are written: page contents, tables, registers. */
export function saveBlock(address: usize): void {
  if (recording) copy16(next(ChangeKind.BLOCK, <u32>address), address);
}

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
  } else if (kind == ChangeKind.ENTRY) {
    const entry = entryAt(where);
    swap16(entry, at + 8);
    recount(where, load<u64>(at + 8), load<u64>(entry));
  } else {
    swap16(entryAt(where), at + 8);
    fillRegion(where, undoing ? <Form>load<u8>(at, 24) : <Form>load<u8>(at, 25));
  }
}

function endOf(step: u32): u32 {
  return step == 0 ? 0 : load<u32>(eventAt(step - 1), Event.JOURNAL);
}

/** Number of the first journal record of event `step` (1-based). */
export function firstRecord(step: u32): u32 {
  return endOf(step - 1);
}

/** Goes to the state after `step` events, 0 to Header.EVENTS. */
export function seek(step: u32): void {
  const wanted = endOf(step);
  forgetLast();
  while (records > wanted) swap(--records, true);
  while (records < wanted) swap(records++, false);
  store<u32>(Header.STEP, step);
  setCovered(<u32>load<u64>(cells + (Cell.COVERED << 3)));
}

/** Records there is still room for. */
export function roomLeft(): u32 {
  return journalRoom - records;
}
