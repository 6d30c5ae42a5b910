/** The RMP entries that occur, numbered in the order in which they are first met. Number 0 is the unassigned entry. */
import { Entry, Flag } from "../abi";
import { entryAt, writeEntry } from "../state/rmp";

/** 16 bytes each, as in the RMP. */
let table: usize = 0;
let room: u32 = 0;
export let entryCount: u32 = 0;

/** Starts with the unassigned entry, in memory for `most` entries from `at` on. */
export function clearEntries(at: usize, most: u32): void {
  table = at;
  room = most;
  memory.fill(at, 0, 16);
  entryCount = 1;
}

// @ts-ignore: decorator
@inline
export function headAt(number: u32): u64 {
  return load<u64>(table + (<usize>number << 4));
}

/** Permissions in the low half, ASID in the high one. */
// @ts-ignore: decorator
@inline
function restAt(number: u32): u64 {
  return load<u64>(table + (<usize>number << 4), Entry.PERMS);
}

export function asidAt(number: u32): u32 {
  return <u32>(restAt(number) >>> 32);
}

/** Permission mask of one VMPL. */
export function maskOf(number: u32, vmpl: u32): u32 {
  return <u32>(restAt(number) >>> (vmpl << 3)) & 0xff;
}

export function isValidated(number: u32): bool {
  return (headAt(number) & Flag.VALIDATED) != 0;
}

/** Puts an entry into the RMP. */
export function putEntry(pfn: u32, number: u32): void {
  const rest = restAt(number);
  writeEntry(pfn, headAt(number), <u32>rest, <u32>(rest >>> 32));
}

/** Number of the entry that a page has now; ~0 if there is no room for one more. */
export function numberNow(pfn: u32): u32 {
  const at = entryAt(pfn);
  const head = load<u64>(at);
  const rest = load<u64>(at, Entry.PERMS);
  for (let i: u32 = 0; i < entryCount; i++) if (headAt(i) == head && restAt(i) == rest) return i;
  if (entryCount == room) return ~0;
  const to = table + (<usize>entryCount << 4);
  store<u64>(to, head);
  store<u64>(to, rest, Entry.PERMS);
  return entryCount++;
}
