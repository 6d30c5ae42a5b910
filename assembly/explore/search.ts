/**
 * Every state that the small machine can come to, breadth first: a bit a state that was seen, a queue of those to go on from.
 *
 *   tables | bitmap of seen states | queue, u32 each
 *
 * Goes in slices, so that whoever calls can report and stop; and V8 does not replace code that runs.
 */
import { Broken, Explored } from "../abi";
import { entryCount } from "./entries";
import { addMask, choose, gpaCount, pageCount } from "./setting";
import { guestRows, hostRows, longestRow, makeSuccessors, reserve, ROW_HEAD, tablesEnd } from "./successors";

/** What outside sees of the search (abi.ts, Explored). */
const shown = memory.data(32);
const pageWeights = memory.data(32);
const gpaWeights = memory.data(32);

let seen: usize = 0;
let queue: usize = 0;
let head: u32 = 0;
let count: u32 = 0;
let transitions: u64 = 0;
let broken: u32 = 0;
/** The address that the search does not go beyond: 4 GiB, less what rounding needs. */
const LAST: u64 = 0xfff00000;

/** Address of the results. */
export function explored(): usize {
  return shown;
}

/**
 * The machine to search: 1 to 8 pages, 1 to 8 gpas, `asids` guests, 1 to 4 VMPLs. The core's own machine (create()) is what
 * the instructions run on: at least one region, nothing recorded, its switches as they shall be. It does nothing else then.
 */
export function exploreChoose(pages: u32, gpas: u32, asids: u32, vmpls: u32, everybody: bool): void {
  choose(pages, gpas, asids, vmpls, everybody);
}

/** A mask that RMPADJUST is tried with, at most 32; after exploreChoose(). */
export function exploreMask(mask: u32): void {
  addMask(mask);
}

/** Makes the tables and starts at the state in which nothing is assigned or mapped. False if it does not fit into memory. */
export function exploreStart(): bool {
  if (!makeSuccessors(<usize>memory.size() << 16)) return false;
  let states: u64 = 1;
  for (let page: u32 = 0; page < pageCount; page++) {
    store<u32>(pageWeights + (page << 2), <u32>states);
    states *= entryCount;
    if (states >> 32) return false;
  }
  for (let gpa: u32 = 0; gpa < gpaCount; gpa++) {
    store<u32>(gpaWeights + (gpa << 2), <u32>states);
    states *= pageCount + 1;
    if (states >> 32) return false;
  }
  seen = tablesEnd;
  queue = seen + (<usize>((states + 63) >>> 6) << 3);
  if (<u64>seen + ((states + 63) >>> 6 << 3) > LAST || !reserve(queue)) return false;
  memory.fill(seen, 0, queue - seen);
  head = 0;
  count = 0;
  transitions = 0;
  broken = 0;
  if (!reserve(queue + 4)) return false;
  visit(0);
  show();
  return true;
}

function show(): void {
  store<u32>(shown, count, Explored.STATES);
  store<u32>(shown, head, Explored.DONE);
  store<u64>(shown, transitions, Explored.TRANSITIONS);
  store<u32>(shown, broken, Explored.BROKEN);
  store<u32>(shown, entryCount, Explored.ENTRIES);
}

// @ts-ignore: decorator
@inline
function visit(state: u32): void {
  const at = seen + (<usize>(state >>> 6) << 3);
  const word = load<u64>(at);
  const bit = <u64>1 << (state & 63);
  if ((word & bit) != 0) return;
  store<u64>(at, word | bit);
  store<u32>(queue + (<usize>count << 2), state);
  count++;
}

// @ts-ignore: decorator
@inline
function follow(row: usize, state: u32, weight: u32): void {
  const end = row + ROW_HEAD + (<usize>load<u32>(row) << 2);
  for (let at = row + ROW_HEAD; at < end; at += 4) visit(state + load<u32>(at) * weight);
}

/**
 * Goes on from up to `budget` states. 1 while there are more, 0 at the end, 2 if memory is full: then what was counted is
 * not all.
 */
export function exploreSlice(budget: u32): u32 {
  const entries = entryCount;
  const pages = pageCount;
  const gpas = gpaCount;
  const hosts = hostRows;
  const guests = guestRows;
  // a state leads to no more than this many
  const most: u64 = pages * longestRow + gpas * (pages + 1 + longestRow);
  const to: u64 = <u64>queue + ((<u64>count + <u64>budget * most) << 2);
  if (to > LAST || !reserve(<usize>to)) return 2;

  const digits = memory.data(32);
  let moved: u32 = 0;
  let bad: u32 = 0;
  const stop = min(count, head + budget);
  for (; head < stop; head++) {
    const state = load<u32>(queue + (<usize>head << 2));
    let left = state;
    for (let page: u32 = 0; page < pages; page++) {
      const rest = left / entries;
      const entry = left - rest * entries;
      left = rest;
      store<u32>(digits + (<usize>page << 2), entry);
      const row = <usize>load<u32>(hosts + (<usize>entry << 2));
      moved += load<u32>(row, 4);
      bad |= load<u32>(row, 8);
      follow(row, state, load<u32>(pageWeights + (<usize>page << 2)));
    }
    let reached: u32 = 0;
    for (let gpa: u32 = 0; gpa < gpas; gpa++) {
      const rest = left / (pages + 1);
      const leaf = left - rest * (pages + 1);
      left = rest;
      const weight = load<u32>(gpaWeights + (<usize>gpa << 2));
      const unmapped = state - leaf * weight;
      moved += pages;
      for (let other: u32 = 0; other <= pages; other++) if (other != leaf) visit(unmapped + other * weight);
      if (leaf == 0) continue;
      const entry = load<u32>(digits + (<usize>(leaf - 1) << 2));
      const row = <usize>load<u32>(guests + (<usize>(entry * gpas + gpa) << 2));
      moved += load<u32>(row, 4);
      bad |= load<u32>(row, 8);
      const hit = load<u32>(row, 12) << (leaf - 1);
      if (reached & hit) bad |= Broken.ALIAS;
      reached |= hit;
      follow(row, state, load<u32>(pageWeights + (<usize>(leaf - 1) << 2)));
    }
  }
  transitions += moved;
  broken |= bad;
  show();
  return head < count ? 1 : 0;
}
