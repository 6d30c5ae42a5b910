/**
 * Nested page tables: gpa -> spa, one an ASID, owned by the hypervisor. Leaves of 4K and 2M, with W and X.
 * APM vol. 2, 15.25.
 */
import { Size } from "./abi";
import { FRAME } from "./rmp";
import { findCell, largeLeaf, NESTED, putLarge, putSmall, smallLeaf } from "./table";

export const LEAF_W: u64 = 1;
export const LEAF_X: u64 = 2;
export const LEAF_PRESENT: u64 = 4;

/** Size of the leaf that nestedLeaf() found. */
export let leafSize: u32 = Size.S4K;

/** The leaf for a gpa, 0 if there is none; its size is in leafSize. */
// @ts-ignore: decorator
@inline
export function nestedLeaf(asid: u32, gpa: u64): u64 {
  leafSize = Size.S4K;
  const cell = findCell(NESTED, asid, gpa);
  if (cell == 0) return 0;
  const large = largeLeaf(cell);
  if (large != 0) {
    leafSize = Size.S2M;
    return large;
  }
  return smallLeaf(cell, gpa);
}

/** The page that a leaf maps a gpa to. */
// @ts-ignore: decorator
@inline
export function leafSpa(leaf: u64, gpa: u64): u64 {
  return (leaf & FRAME) + (leafSize == Size.S2M ? gpa & 0x1ff000 : 0);
}

/** Maps, replacing every leaf it intersects. */
export function nestedMap(asid: u32, gpa: u64, spa: u64, size: u32, wx: u32): void {
  const rights = LEAF_PRESENT | <u64>(wx & 3);
  if (size == Size.S2M) putLarge(NESTED, asid, gpa, (spa & FRAME & ~0x1fffff) | rights);
  else putSmall(NESTED, asid, gpa, (spa & FRAME) | rights);
}

/** Removes every leaf it intersects. */
export function nestedUnmap(asid: u32, gpa: u64, size: u32): void {
  if (size == Size.S2M) putLarge(NESTED, asid, gpa, 0);
  else putSmall(NESTED, asid, gpa, 0);
}
