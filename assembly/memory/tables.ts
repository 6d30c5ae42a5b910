/**
 * Page tables, nested and guest: sparse. A directory (open addressing) holds one cell for each 2 MiB region that has
 * ever been touched, a node holds the region's 512 leaves of 4K.
 *
 *   cell, 32 bytes: u64 key | u64 2M leaf, 0 none | u32 node, 0 none | u32 1 where the key is 0, or unused | unused
 *
 * Simplified: these are not themselves pages of the machine, so no walk of them is RMP-checked (EXITINFO1 bit 33 never occurs).
 */
import { Cell } from "../abi";
import { saveBlock } from "./journal";
import { cells, directory, DIRECTORY_CELL, directoryMask, NODE_BYTES, nodeRoom, nodes } from "./layout";

export const NESTED: u64 = 0;
export const GUEST: u64 = 1;

/** Set when a table could not be made: the operation ends with NO_TABLES. */
export let exhausted: bool = false;

export function clearExhausted(): void {
  exhausted = false;
}

/** The regions that were looked for last, one of each kind: key, and cell or 0. Forgotten when cells come or go. */
let lastNestedKey: u64 = 0;
let lastNested: usize = 0;
let lastGuestKey: u64 = ~0;
let lastGuest: usize = 0;

/** Each becomes a key of the other kind, which is never looked for there. */
export function forgetLast(): void {
  lastNestedKey = 0;
  lastGuestKey = ~0;
}

/**
 * 1 bit of kind, 32 of ASID, 31 of region: all 64 are taken. Inverted, so that the one key which looks like an empty cell, 0,
 * is that of the last region of the last ASID; its cell is marked.
 */
// @ts-ignore: decorator
@inline
function keyOf(kind: u64, asid: u32, address: u64): u64 {
  return ~((kind << 63) | (<u64>asid << 31) | ((address >>> 21) & 0x7fffffff));
}

// @ts-ignore: decorator
@inline
function slotOf(key: u64): u32 {
  return <u32>((key * 0x9e3779b97f4a7c15) >>> 40) & directoryMask;
}

/** The cell of the region, 0 if it was never touched. */
// @ts-ignore: decorator
@inline
export function findCell(kind: u64, asid: u32, address: u64): usize {
  const key = keyOf(kind, asid, address);
  if (kind == NESTED) {
    if (key == lastNestedKey) return lastNested;
    lastNestedKey = key;
    return (lastNested = probe(key));
  }
  if (key == lastGuestKey) return lastGuest;
  lastGuestKey = key;
  return (lastGuest = probe(key));
}

// @ts-ignore: decorator
@inline
function isMarked(cell: usize): bool {
  return load<u32>(cell, 20) != 0;
}

function probe(key: u64): usize {
  let slot = slotOf(key);
  while (true) {
    const at = directory + <usize>slot * DIRECTORY_CELL;
    const found = load<u64>(at);
    if (found == 0 && !isMarked(at)) return 0;
    if (found == key) return at;
    slot = (slot + 1) & directoryMask;
  }
}

function useOne(index: usize): u32 {
  const at = cells + (index << 3);
  saveBlock(at);
  const used = load<u32>(at);
  store<u32>(at, used + 1);
  return used;
}

function makeCell(kind: u64, asid: u32, address: u64): usize {
  // kept at most three quarters full, so that a probe always ends
  if (load<u32>(cells + (Cell.CELLS_USED << 3)) >= (directoryMask >>> 2) * 3) {
    exhausted = true;
    return 0;
  }
  const key = keyOf(kind, asid, address);
  let slot = slotOf(key);
  let at = directory + <usize>slot * DIRECTORY_CELL;
  while (load<u64>(at) != 0 || isMarked(at)) {
    slot = (slot + 1) & directoryMask;
    at = directory + <usize>slot * DIRECTORY_CELL;
  }
  useOne(Cell.CELLS_USED);
  forgetLast();
  if (key == 0) {
    saveBlock(at + 16);
    store<u32>(at, 1, 20);
  } else {
    saveBlock(at);
    store<u64>(at, key);
  }
  return at;
}

/** The 2M leaf of a cell. */
// @ts-ignore: decorator
@inline
export function largeLeaf(cell: usize): u64 {
  return load<u64>(cell, 8);
}

/** The 4K leaf for an address in a cell's region, 0 if there is none. */
// @ts-ignore: decorator
@inline
export function smallLeaf(cell: usize, address: u64): u64 {
  const node = <usize>load<u32>(cell, 16);
  return node == 0 ? 0 : load<u64>(node + ((<usize>(address >>> 12) & 511) << 3));
}

function setLarge(cell: usize, leaf: u64): void {
  if (largeLeaf(cell) == leaf) return;
  saveBlock(cell);
  store<u64>(cell, leaf, 8);
}

/** Writes a leaf of 4K, dropping a 2M leaf that holds the address. */
export function putSmall(kind: u64, asid: u32, address: u64, leaf: u64): void {
  let cell = findCell(kind, asid, address);
  if (cell == 0) {
    if (leaf == 0) return;
    cell = makeCell(kind, asid, address);
    if (cell == 0) return;
  }
  setLarge(cell, 0);
  let node = <usize>load<u32>(cell, 16);
  if (node == 0) {
    if (leaf == 0) return;
    if (load<u32>(cells + (Cell.NODES_USED << 3)) >= nodeRoom) {
      exhausted = true;
      return;
    }
    node = nodes + <usize>useOne(Cell.NODES_USED) * NODE_BYTES;
    saveBlock(cell + 16);
    store<u32>(cell, <u32>node, 16);
  }
  const at = node + ((<usize>(address >>> 12) & 511) << 3);
  if (load<u64>(at) == leaf) return;
  saveBlock(at & ~15);
  store<u64>(at, leaf);
}

/** Writes a leaf of 2M (0 drops it), dropping every 4K leaf of the region. */
export function putLarge(kind: u64, asid: u32, address: u64, leaf: u64): void {
  let cell = findCell(kind, asid, address);
  if (cell == 0) {
    if (leaf == 0) return;
    cell = makeCell(kind, asid, address);
    if (cell == 0) return;
  }
  setLarge(cell, leaf);
  const node = <usize>load<u32>(cell, 16);
  if (node == 0) return;
  for (let at = node; at < node + NODE_BYTES; at += 16) {
    if ((load<u64>(at) | load<u64>(at, 8)) == 0) continue;
    saveBlock(at);
    store<u64>(at, 0);
    store<u64>(at, 0, 8);
  }
}
