/**
 * Nested page tables: gpa -> spa, one an ASID, owned by the hypervisor. Leaves of 4K and 2M, with W and X.
 * APM vol. 2, 15.25.
 */
import { Size } from "../abi";
import { findCell, largeLeaf, NESTED, putLarge, putSmall, smallLeaf } from "../memory/tables";
import { FRAME } from "./rmp";

export const LEAF_W: u64 = 1;
export const LEAF_X: u64 = 2;
export const LEAF_PRESENT: u64 = 4;
/** A reserved bit is set: MMIO, as KVM marks it. Such a leaf maps to nothing. */
export const LEAF_RESERVED: u64 = 16;
/** Not stored: nestedLeaf() says by it that it found a leaf of 2M. */
export const LEAF_LARGE: u64 = 8;

/** The leaf for a gpa, 0 if there is none. */
// @ts-ignore: decorator
@inline
export function nestedLeaf(asid: u32, gpa: u64): u64 {
  const cell = findCell(NESTED, asid, gpa);
  if (cell == 0) return 0;
  const large = largeLeaf(cell);
  if (large != 0) return large | LEAF_LARGE;
  return smallLeaf(cell, gpa);
}

/** The page that a leaf maps a gpa to. */
// @ts-ignore: decorator
@inline
export function leafSpa(leaf: u64, gpa: u64): u64 {
  return (leaf & FRAME) + (leaf & LEAF_LARGE ? gpa & 0x1ff000 : 0);
}

// @ts-ignore: decorator
@inline
export function leafSize(leaf: u64): u32 {
  return <u32>(leaf & LEAF_LARGE) / <u32>LEAF_LARGE;
}

/** Maps, replacing every leaf it intersects. `how`: W | X << 1 | reserved << 2. */
export function nestedMap(asid: u32, gpa: u64, spa: u64, size: u32, how: u32): void {
  const rights = LEAF_PRESENT | <u64>(how & 3) | (how & 4 ? LEAF_RESERVED : 0);
  if (size == Size.S2M) putLarge(NESTED, asid, gpa, (spa & FRAME & ~0x1fffff) | rights);
  else putSmall(NESTED, asid, gpa, (spa & FRAME) | rights);
}

/** Removes every leaf it intersects. */
export function nestedUnmap(asid: u32, gpa: u64, size: u32): void {
  if (size == Size.S2M) putLarge(NESTED, asid, gpa, 0);
  else putSmall(NESTED, asid, gpa, 0);
}
