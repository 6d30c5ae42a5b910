/**
 * The Reverse Map Table: one entry a page, in memory from layout.rmp on.
 * APM vol. 2, 15.36.3 and table 15-34. The layout is ours (abi.ts, Entry): the processor's own differs by model.
 *
 * Beside it a count a 2 MiB region: how many of its entries are assigned (bits 15:0) and how many immutable (31:16).
 * Hardware keeps the first in the region's first entry (bits 11:3 of the raw entry), for the same reason as we: a 2M host
 * write has to know at once whether any of 512 pages is assigned.
 */
import { Entry, Flag, Form, Size } from "../abi";
import { saveEntry, saveRegion } from "../memory/journal";
import { covered, full, regions, rmp } from "../memory/layout";

export const FRAME: u64 = 0x000ffffffffff000;

// @ts-ignore: decorator
@inline
export function entryAt(pfn: u32): usize {
  return rmp + (<usize>pfn << Entry.SHIFT);
}

/** The page that an entry is of. */
// @ts-ignore: decorator
@inline
export function pfnOf(entry: usize): u32 {
  return <u32>((entry - rmp) >>> Entry.SHIFT);
}

// @ts-ignore: decorator
@inline
export function headOf(pfn: u32): u64 {
  return load<u64>(entryAt(pfn));
}

// @ts-ignore: decorator
@inline
export function asidOf(pfn: u32): u32 {
  return load<u32>(entryAt(pfn), Entry.ASID);
}

/** Permission mask of one VMPL. */
// @ts-ignore: decorator
@inline
export function permsOf(pfn: u32, vmpl: u32): u32 {
  return load<u8>(entryAt(pfn) + vmpl, Entry.PERMS);
}

// @ts-ignore: decorator
@inline
export function isLarge(head: u64): bool {
  return (head & (Flag.ASSIGNED | Flag.LARGE)) == (Flag.ASSIGNED | Flag.LARGE);
}

/** The page whose entry speaks for `pfn`: the first of its region if that is assigned and 2M, else itself. */
// @ts-ignore: decorator
@inline
export function coveringOf(pfn: u32): u32 {
  return isLarge(headOf(pfn & ~511)) ? pfn & ~511 : pfn;
}

/** GPA of page `pfn` by its covering entry: a page inside a 2M entry has that entry's plus its own offset. */
// @ts-ignore: decorator
@inline
export function gpaOf(pfn: u32, covering: u32): u64 {
  return (headOf(covering) & FRAME) + (<u64>(pfn - covering) << 12);
}

// @ts-ignore: decorator
@inline
export function isCovered(spa: u64): bool {
  return spa >>> 12 < <u64>covered;
}

/** Assigned entries of the region, 0 to 512. */
export function assignedIn(pfn: u32): u32 {
  return load<u32>(regions + (<usize>(pfn >>> 9) << 2)) & 0xffff;
}

/** Hypervisor-Owned: assigned pages among those that a mapping of `size` at spa holds. Uncovered ones are nobody's. */
// @ts-ignore: decorator
@inline
export function takenPages(spa: u64, size: u32): u32 {
  if (!isCovered(spa)) return 0;
  const pfn = <u32>(spa >>> 12);
  return size == Size.S2M ? assignedIn(pfn) : <u32>headOf(pfn) & Flag.ASSIGNED;
}

/** Immutable entries of the region, 0 to 512. */
export function immutableIn(pfn: u32): u32 {
  return load<u32>(regions + (<usize>(pfn >>> 9) << 2)) >>> 16;
}

/** Whether all 512 entries of a region are zero: an unassigned page keeps no field but Immutable. */
export function isEmpty(pfn: u32): bool {
  return load<u32>(regions + (<usize>(pfn >>> 9) << 2)) == 0;
}

/** Counts the region of a page anew whose entry changed from `was` to `is`. */
export function recount(pfn: u32, was: u64, is: u64): void {
  const at = regions + (<usize>(pfn >>> 9) << 2);
  store<u32>(at, load<u32>(at) + weightOf(is) - weightOf(was));
}

// @ts-ignore: decorator
@inline
function weightOf(head: u64): u32 {
  return (<u32>head & Flag.ASSIGNED) | ((<u32>head & Flag.IMMUTABLE) << 14);
}

/** "Full" permissions for VMPL0, none for the others: what RMPUPDATE gives. APM vol. 2, 15.36.7. */
// @ts-ignore: decorator
@inline
export function freshPerms(): u32 {
  return full;
}

/** Writes one entry. An unassigned page keeps no field but Immutable (HV-Fixed). */
// @ts-ignore: decorator
@inline
export function writeEntry(pfn: u32, head: u64, perms: u32, asid: u32): void {
  const entry = entryAt(pfn);
  saveEntry(pfn, entry);
  putEntry(entry, head, <u64>perms | (<u64>asid << 32));
}

/** `rest`: permissions and ASID, the entry's second word. */
// @ts-ignore: decorator
@inline
function putEntry(entry: usize, head: u64, rest: u64): void {
  const was = load<u64>(entry);
  const assigned = (head & Flag.ASSIGNED) != 0;
  const is = assigned ? head : head & Flag.IMMUTABLE;
  store<u64>(entry, is);
  store<u64>(entry, assigned ? rest : 0, Entry.PERMS);
  // a region's count is one word for 512 entries: left alone where it stays as it is
  if (((was ^ is) & (Flag.ASSIGNED | Flag.IMMUTABLE)) != 0) recount(pfnOf(entry), was, is);
}

/** Changes Validated or VMSA of an entry. An unassigned page keeps neither. */
// @ts-ignore: decorator
@inline
export function writeHead(entry: usize, head: u64): void {
  saveEntry(pfnOf(entry), entry);
  if (head & Flag.ASSIGNED) store<u64>(entry, head);
}

/** Writes the first entry of a region, and the other 511 in the given form. */
export function writeRegion(pfn: u32, head: u64, perms: u32, asid: u32, form: Form): void {
  const before: Form = isLarge(headOf(pfn)) ? Form.INNER : Form.ZERO;
  // HV-Fixed pages in the way (the "immutable" check is off): the region is in no form that a record could name
  if (before == Form.ZERO && immutableIn(pfn) != 0) for (let i: u32 = 1; i < 512; i++) writeEntry(pfn + i, 0, 0, 0);
  saveRegion(pfn, entryAt(pfn), before, form);
  putEntry(entryAt(pfn), head, <u64>perms | (<u64>asid << 32));
  fillRegion(pfn, form);
}

/** Puts the 511 further entries of a region into a form, and counts the region anew. */
export function fillRegion(pfn: u32, form: Form): void {
  const first = entryAt(pfn);
  const head = load<u64>(first);
  const rest = load<u64>(first, 8);
  const alike = form == Form.SMASHED || form == Form.ALIKE;
  let each: u64 = 0;
  if (form == Form.INNER) each = Flag.ASSIGNED;
  else if (form != Form.ZERO) each = head;
  for (let i: u32 = 1; i < 512; i++) {
    const at = first + (<usize>i << Entry.SHIFT);
    if (form == Form.SMASHED) each += 0x1000;
    store<u64>(at, each);
    store<u64>(at, alike ? rest : 0, 8);
  }
  const one = <u32>head & Flag.ASSIGNED;
  const fixed = <u32>(head & Flag.IMMUTABLE) >>> 2;
  const others: u32 = form == Form.INNER ? 511 : alike ? one * 511 : 0;
  store<u32>(regions + (<usize>(pfn >>> 9) << 2), (one + others) | ((fixed + (alike ? fixed * 511 : 0)) << 16));
}
