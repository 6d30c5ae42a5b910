/**
 * What was written, so that time can run backwards. A record holds the bytes that are not in place now: undoing swaps
 * record and memory, so that redoing is the same swap once more.
 *
 *   record, 32 bytes: u32 kind | u32 where | 16 bytes | u8 form before | u8 form after | unused
 */
import { ChangeKind, Form } from "../abi";
import { framesLeft, giveBack } from "./frames";
import { journal, journalRoom } from "./layout";

/** Records in use; those behind them, up to the last event's, can be redone. */
export let records: u32 = 0;
/** Off: nothing is journaled and no event is kept (sweeps). */
export let recording: bool = true;

/** The most records one operation writes: 512 leaves of a node two by two, a 4 KiB page, 511 entries, and a few more. */
const MOST_PER_OPERATION: u32 = 2048;

/** Why? is being asked: nothing may be written, and a save traps. */
let sealed: bool = false;
let saves: bool = true;

export function setRecording(on: bool): void {
  recording = on;
  saves = on || sealed;
}

export function seal(on: bool): void {
  sealed = on;
  saves = recording || on;
}

/** Time travel, and a fresh start: this many records are in use. */
export function setRecords(count: u32): void {
  records = count;
}

export function hasRoom(): bool {
  giveBack(records);
  return records + MOST_PER_OPERATION <= journalRoom && framesLeft() >= 8;
}

// @ts-ignore: decorator
@inline
function next(kind: u32, where: u32): usize {
  if (sealed) unreachable();
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

/** Before the RMP entry of page `pfn` is written. */
export function saveEntry(pfn: u32, entry: usize): void {
  if (saves) copy16(next(ChangeKind.ENTRY, pfn), entry);
}

/**
 * Before the entries of a whole region are written: `entry` is that of its first page, `pfn`; the 511 further ones go from one
 * form to another.
 */
export function saveRegion(pfn: u32, entry: usize, before: Form, after: Form): void {
  if (!saves) return;
  const at = next(ChangeKind.REGION, pfn);
  copy16(at, entry);
  store<u8>(at, <u8>before, 16);
  store<u8>(at, <u8>after, 17);
}

/** Before 16 bytes at an address divisible by 8 are written: page contents, tables, registers. */
export function saveBlock(address: usize): void {
  if (saves) copy16(next(ChangeKind.BLOCK, <u32>address), address);
}

/** Before the results of event `step` (VALUE and VALUE2, at `address`) are filled in behind it. */
export function saveAnswer(step: u32, address: usize): void {
  if (saves) copy16(next(ChangeKind.ANSWER, step), address);
}

/** Records there is still room for; pages written whole take 256 each, and a frame. */
export function roomLeft(): u32 {
  if (!sealed) giveBack(records);
  return min(journalRoom - records, framesLeft() << 8);
}
