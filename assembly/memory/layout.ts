/**
 * Where everything lives. Memory is sized once, in create(); nothing grows while the machine runs, so views from outside
 * never detach and a machine is a plain copy of bytes.
 *
 *   Header | cells | RMP | regions | table directory | table nodes | contents | events | journal | scratch | frames | owners |
 *   summaries | totals
 */
import { Cell, Entry, Event, Header, Limit, Option } from "../abi";

export let pages: u32 = 0;
export let covered: u32 = 0;
export let vmpls: u32 = 4;
export let full: u32 = 0x1f;
/** Whether each VMPL has a guest page table of its own, and a GHCB MSR (Option). */
export let tablesByVmpl: bool = false;
export let ghcbByVmpl: bool = false;

export let cells: usize = 0;
export let rmp: usize = 0;
export let regions: usize = 0;
export let directory: usize = 0;
export let directoryMask: u32 = 0;
export let nodes: usize = 0;
export let nodeRoom: u32 = 0;
export let contents: usize = 0;
export let events: usize = 0;
export let eventRoom: u32 = 0;
export let journal: usize = 0;
export let journalRoom: u32 = 0;
export let scratch: usize = 0;
/** One u32 a page: the frame in `contents` that holds its bytes (frames.ts). */
export let frames: usize = 0;
/** Two u32 a frame in use: the page, and the journal record that its first write is kept in. */
export let owners: usize = 0;
export let frameRoom: u32 = 0;
/** What is known of each 2 MiB region (state/summary.ts). */
export let summaries: usize = 0;
export let totals: usize = 0;

/** Physical memory that the tables of this machine are laid out for: 64 GiB, in pages. */
const MOST_PAGES: u32 = 1 << 24;
/** Memory up to this has a frame for every page; beyond, one for every page that events can write. In pages. */
const ALL_FRAMES: u32 = 65536;
/** Bytes of a summary. */
export const SUMMARY_BYTES: usize = 40;

/** SNP_INIT reads the coverage from RMP_BASE and RMP_END; time travel takes it back. In pages, a multiple of 512. */
export function setCovered(count: u32): void {
  covered = count;
}

let top: usize = 0;

function take(bytes: usize): usize {
  const at = top;
  top = (top + bytes + 4095) & ~4095;
  return at;
}

/** Bytes of one directory cell of the page tables, and of one node (512 leaves). */
export const DIRECTORY_CELL: usize = 32;
export const NODE_BYTES: usize = 4096;

/** The place of the event with this many before it; behind the last there is a spare one, for an event that is not kept. */
// @ts-ignore: decorator
@inline
export function eventAt(step: u32): usize {
  return events + <usize>step * Event.BYTES;
}

/** Lays memory out. False if the machine does not fit into 4 GiB, or has more than 64 GiB of its own. Sizes in pages of 4 KiB, events and journal records. */
export function layOut(
  pageCount: u32,
  coveredCount: u32,
  vmplCount: u32,
  options: u32,
  eventCount: u32,
  journalCount: u32,
): bool {
  if (pageCount > MOST_PAGES) return false;
  pages = pageCount;
  covered = coveredCount;
  vmpls = vmplCount;
  full = options & Option.SSS ? 0x1f : 0x0f;
  tablesByVmpl = (options & Option.TABLES_BY_VMPL) != 0;
  ghcbByVmpl = (options & Option.GHCB_BY_VMPL) != 0;
  eventRoom = eventCount;
  journalRoom = journalCount;
  const regionCount: u32 = (pageCount + 511) >>> 9;
  let directoryCells: u32 = 16384;
  while (directoryCells < regionCount * 4) directoryCells <<= 1;
  directoryMask = directoryCells - 1;
  nodeRoom = regionCount + 2048;
  // an event writes into a page or two, or spends 256 records on a whole one
  const writable = max(ALL_FRAMES, eventCount + (journalCount >>> 8) + 4096);
  frameRoom = options & Option.CONTENTS ? min(pageCount, writable) : 0;

  const start: usize = (__heap_base + 4095) & ~4095;
  const fixed: u64 =
    (<u64>pageCount << Entry.SHIFT) +
    <u64>regionCount * 4 +
    <u64>directoryCells * DIRECTORY_CELL +
    <u64>nodeRoom * NODE_BYTES +
    (frameRoom != 0 ? (<u64>(frameRoom + 1) << 12) + (<u64>pageCount << 2) + (<u64>frameRoom << 3) : 0) +
    <u64>regionCount * SUMMARY_BYTES +
    (<u64>eventCount + 1) * Event.BYTES +
    <u64>journalCount * 32 +
    Limit.SCRATCH_BYTES +
    131072 +
    start;
  if (fixed > 0xffff0000) return false;
  const wanted = <i32>((fixed + 65535) >>> 16);
  if (wanted > memory.size() && memory.grow(wanted - memory.size()) < 0) return false;

  top = start;
  cells = take(Cell.COUNT << 3);
  rmp = take(<usize>pageCount << Entry.SHIFT);
  regions = take(<usize>regionCount << 2);
  directory = take(<usize>directoryCells * DIRECTORY_CELL);
  nodes = take(<usize>nodeRoom * NODE_BYTES);
  contents = frameRoom != 0 ? take(<usize>(frameRoom + 1) << 12) : 0;
  events = take(<usize>(eventCount + 1) * Event.BYTES);
  journal = take(<usize>journalCount << 5);
  scratch = take(Limit.SCRATCH_BYTES);
  frames = frameRoom != 0 ? take(<usize>pageCount << 2) : 0;
  owners = take(<usize>frameRoom << 3);
  summaries = take(<usize>regionCount * SUMMARY_BYTES);
  totals = take(17 * 4);

  store<u32>(Header.MAGIC, 0x534e5031);
  store<u32>(Header.PAGES, pages);
  store<u32>(Header.VMPLS, vmpls);
  store<u32>(Header.FULL, full);
  store<u32>(Header.EVENT_ROOM, eventRoom);
  store<u32>(Header.JOURNAL_ROOM, journalRoom);
  store<u32>(Header.AT_RMP, <u32>rmp);
  store<u32>(Header.AT_REGIONS, <u32>regions);
  store<u32>(Header.AT_CONTENTS, <u32>contents);
  store<u32>(Header.AT_FRAMES, <u32>frames);
  store<u32>(Header.AT_EVENTS, <u32>events);
  store<u32>(Header.AT_JOURNAL, <u32>journal);
  store<u32>(Header.AT_SCRATCH, <u32>scratch);
  store<u32>(Header.AT_CELLS, <u32>cells);
  store<u32>(Header.AT_TABLES, <u32>directory);
  return true;
}
