/** Questions about the current state that are no events. */
import { ChangeKind, Event, Flag, Form, Header, PageState, Run } from "./abi";
import { covered, eventAt, journal, pages, scratch } from "./memory/layout";
import { recording } from "./memory/journal";
import { guestLeaf, tableOf } from "./state/gpt";
import { nestedLeaf } from "./state/npt";
import { writeTiles } from "./state/page-state";
import { assignedIn, entryAt, headOf, isEmpty } from "./state/rmp";
import {
  byteOfRegion,
  continues,
  forgetSummaries,
  isOneRun,
  pagesIn,
  summarize,
  vmsaPages,
} from "./state/summary";

/** The nested leaf for a gpa: spa in bits 51:12, W 1, X 2, present 4, 2M 8, reserved 16; 0 if there is none. */
export function nestedLeafOf(asid: u32, gpa: u64): u64 {
  return nestedLeaf(asid, gpa);
}

/** The guest's leaf for a gva: gpa in bits 51:12, C 1, present 2, W 4, U 8, X 16; 32 if it is not the default. `vmpl` counts with Option.TABLES_BY_VMPL. */
export function guestLeafOf(asid: u32, vmpl: u32, gva: u64): u64 {
  return guestLeaf(tableOf(asid, vmpl), gva);
}

/** One byte a page (Tile) for `count` pages from `first` on, at the start of scratch: at most as many as it has bytes. */
export function tiles(first: u32, count: u32): void {
  writeTiles(scratch, first, count);
}

/** Assigned entries of the region of a page, 0 to 512. */
export function assigned(pfn: u32): u32 {
  return assignedIn(pfn);
}

/** At the start of scratch 17 u32: pages in each state, 16 of them, and VMSA pages. Behind them one byte a region (Region). */
export function overview(): void {
  refresh();
  for (let state: u32 = 0; state < 16; state++) store<u32>(scratch + (<usize>state << 2), pagesIn(state));
  store<u32>(scratch + (<usize>PageState.HYPERVISOR << 2), pagesIn(PageState.HYPERVISOR) - (pages - covered));
  store<u32>(scratch + (<usize>PageState.UNCOVERED << 2), pages - covered);
  store<u32>(scratch, vmsaPages(), 64);
  for (let pfn: u32 = 0; pfn < pages; pfn += 512) {
    store<u8>(scratch + 68 + (pfn >>> 9), pfn >= covered ? <u8>PageState.UNCOVERED : <u8>byteOfRegion(pfn));
  }
}

function refresh(): void {
  if (!recording) forgetSummaries();
  summarize();
}

/**
 * Runs of pages that are not the hypervisor's, from page `from` to before `to`, at the start of scratch (Run): returns how many, `most`
 * at most. A run that is cut by `most` ends the list; one that reaches `to` ends there.
 */
export function runs(from: u32, to: u32, most: u32): u32 {
  refresh();
  let count: u32 = 0;
  let at: usize = scratch - Run.BYTES;
  let next: u32 = ~0;
  for (let pfn = from; pfn < to; ) {
    let step: u32 = 1;
    if ((pfn & 511) == 0) {
      if (isEmpty(pfn)) {
        pfn += 512;
        continue;
      }
      if (pfn + 512 <= to && isOneRun(pfn)) step = 512;
    }
    if ((headOf(pfn) & MATTERS) == 0) {
      pfn++;
      continue;
    }
    if (pfn == next && continues(load<u32>(at, Run.PFN), pfn)) {
      store<u32>(at, load<u32>(at, Run.PAGES) + step, Run.PAGES);
    } else {
      if (count == most) return count;
      count++;
      at += Run.BYTES;
      store<u32>(at, pfn, Run.PFN);
      store<u32>(at, step, Run.PAGES);
      memory.copy(at + Run.ENTRY, entryAt(pfn), 16);
    }
    pfn += step;
    next = pfn;
  }
  return count;
}

/** A page is in a state other than Hypervisor: assigned, or HV-Fixed. */
const MATTERS: u64 = Flag.ASSIGNED | Flag.IMMUTABLE;

/**
 * Which entries were ever written in the trace, at the start of scratch: a u32 a region, a bit for each 16 of its pages. A region that
 * only ever was written as a whole, and is alike throughout, has none.
 */
export function touched(): void {
  memory.fill(scratch, 0, <usize>(pages >>> 9) << 2);
  const events = load<u32>(Header.EVENTS);
  const end: u32 = events == 0 ? 0 : load<u32>(eventAt(events - 1), Event.JOURNAL);
  for (let i: u32 = 0; i < end; i++) {
    const record = journal + (<usize>i << 5);
    const kind = load<u32>(record);
    if (kind != ChangeKind.ENTRY && kind != ChangeKind.REGION) continue;
    const pfn = load<u32>(record, 4);
    const at = scratch + (<usize>(pfn >>> 9) << 2);
    if (kind == ChangeKind.ENTRY) store<u32>(at, load<u32>(at) | (1 << ((pfn & 511) >>> 4)));
    else if (isByPage(load<u8>(record, 24)) || isByPage(load<u8>(record, 25))) store<u32>(at, ~0);
  }
}

function isByPage(form: u32): bool {
  return form == Form.INNER || form == Form.SMASHED;
}
