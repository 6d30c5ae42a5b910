/**
 * What the view needs to know of each 2 MiB region, so that nobody has to look at all pages after every step: how many pages are in
 * each state, and whether all are alike. A region is looked at again only where the journal says that an entry of it was written
 * since the last question; operations pay nothing for it.
 *
 *   summary, 40 bytes: u8 byte (Tile or Region.MIXED) | u8 stale | u8 one run | u8 known | u16 VMSA pages | u16 pages a state (16)
 *
 * The totals are the sums of all regions looked at so far: u32 a state, and VMSA pages behind them.
 * Entries that the RMP does not cover are zero, so what is counted holds whatever is covered; queries.ts lays that over it.
 */
import { ChangeKind, PageState, Region } from "../abi";
import { records } from "../memory/journal";
import { journal, pages, SUMMARY_BYTES, summaries, totals } from "../memory/layout";
import { tileOfCovered } from "./page-state";
import { entryAt, FRAME, headOf, isEmpty, isLarge } from "./rmp";

const STALE: usize = 1;
const ONE_RUN: usize = 2;
const KNOWN: usize = 3;
const VMSAS: usize = 4;
const STATES: usize = 6;

/** Records of the journal whose regions are marked. */
let marked: u32 = 0;
/** Regions that are marked. */
let stale: u32 = 0;

// @ts-ignore: decorator
@inline
function summaryAt(pfn: u32): usize {
  return summaries + <usize>(pfn >>> 9) * SUMMARY_BYTES;
}

/** An entry of the page's region is written, undone or redone. */
export function touch(pfn: u32): void {
  const at = summaryAt(pfn);
  if (load<u8>(at, STALE) != 0) return;
  store<u8>(at, 1, STALE);
  stale++;
}

/** Marks the regions that the journal's new records are of. */
export function catchUp(): void {
  for (; marked < records; marked++) {
    const at = journal + (<usize>marked << 5);
    const kind = load<u32>(at);
    if (kind == ChangeKind.ENTRY || kind == ChangeKind.REGION) touch(load<u32>(at, 4));
  }
}

/** The regions of the journal's first `count` records are marked, and there are no more. */
export function accounted(count: u32): void {
  marked = count;
}

/** Entries were written that no record tells of: every region is looked at again. */
export function forgetSummaries(): void {
  marked = records;
  for (let pfn: u32 = 0; pfn < pages; pfn += 512) touch(pfn);
}

/** Brings the summaries up to the present state. */
export function summarize(): void {
  catchUp();
  for (let pfn: u32 = 0; stale != 0 && pfn < pages; pfn += 512) if (load<u8>(summaryAt(pfn), STALE) != 0) look(pfn);
}

function add(at: usize, sign: i32): void {
  for (let i: usize = 0; i < 16; i++) {
    const to = totals + (i << 2);
    store<u32>(to, load<u32>(to) + sign * <i32>load<u16>(at + STATES + (i << 1)));
  }
  store<u32>(totals, load<u32>(totals, 64) + sign * <i32>load<u16>(at, VMSAS), 64);
}

/** Looks at all pages of the region that starts at `pfn`. A region that never was looked at counts in none of the totals. */
function look(pfn: u32): void {
  const at = summaryAt(pfn);
  if (load<u8>(at, KNOWN) != 0) add(at, -1);
  else unknown -= 512;
  memory.fill(at, 0, SUMMARY_BYTES);
  stale--;
  store<u8>(at, 1, KNOWN);
  if (isEmpty(pfn)) {
    store<u8>(at, <u8>PageState.HYPERVISOR);
    store<u16>(at + STATES + (<usize>PageState.HYPERVISOR << 1), 512);
    add(at, 1);
    return;
  }
  const byte = tileOfCovered(pfn) & ~Region.HEAD;
  const large = isLarge(headOf(pfn));
  let alike = true;
  let one = true;
  for (let i: u32 = 0; i < 512; i++) {
    const tile = large ? byte : tileOfCovered(pfn + i);
    if (tile != byte) alike = false;
    if (!large && i > 0 && one && !continues(pfn, pfn + i)) one = false;
    const count = at + STATES + (<usize>(tile & 15) << 1);
    store<u16>(count, load<u16>(count) + 1);
    if (tile & Region.VMSA) store<u16>(at, load<u16>(at, VMSAS) + 1, VMSAS);
  }
  store<u8>(at, alike ? <u8>byte : <u8>Region.MIXED);
  store<u8>(at, one ? 1 : 0, ONE_RUN);
  add(at, 1);
}

/** Pages in regions that were never looked at: nothing was ever written there. */
let unknown: i32 = 0;

/** Before any question: all pages are of regions that nobody looked at. */
export function startSummaries(): void {
  unknown = pages;
}

/** Whether the entry of `pfn` is that of `first`, its gpa as much further as the page. No gpa (0) stays none. */
export function continues(first: u32, pfn: u32): bool {
  const a = entryAt(first);
  const b = entryAt(pfn);
  if (load<u64>(a, 8) != load<u64>(b, 8)) return false;
  const head = load<u64>(a);
  return load<u64>(b) == ((head & FRAME) == 0 ? head : head + (<u64>(pfn - first) << 12));
}

/** Tile that all pages of the region share, or Region.MIXED; a covered one. */
export function byteOfRegion(pfn: u32): u32 {
  const at = summaryAt(pfn);
  return load<u8>(at, KNOWN) != 0 ? load<u8>(at) : <u8>PageState.HYPERVISOR;
}

/** All entries of the region make one run by `continues`, or it is one 2M entry. */
export function isOneRun(pfn: u32): bool {
  return load<u8>(summaryAt(pfn), ONE_RUN) != 0;
}

/** Pages in a state, were all of memory covered. */
export function pagesIn(state: u32): u32 {
  return load<u32>(totals + (<usize>state << 2)) + (state == PageState.HYPERVISOR ? unknown : 0);
}

export function vmsaPages(): u32 {
  return load<u32>(totals, 64);
}
