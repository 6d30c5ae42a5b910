/**
 * Guest page tables: gva -> gpa with C-bit, present, W, U, X, one an ASID, owned by the guest; leaves of 4K.
 * Simplified: without an entry of its own a gva maps to the same gpa, C=1, present, W, U, X.
 */
import { findCell, GUEST, putSmall, smallLeaf } from "../memory/tables";
import { FRAME } from "./rmp";

export const GPT_C: u64 = 1;
export const GPT_P: u64 = 2;
export const GPT_W: u64 = 4;
export const GPT_U: u64 = 8;
export const GPT_X: u64 = 16;
const GPT_HELD: u64 = 32;

/** The leaf for a gva: gpa in bits 51:12, the flags above. */
// @ts-ignore: decorator
@inline
export function guestLeaf(asid: u32, gva: u64): u64 {
  const cell = findCell(GUEST, asid, gva);
  const leaf = cell == 0 ? 0 : smallLeaf(cell, gva);
  return leaf != 0 ? leaf : (gva & FRAME) | (GPT_C | GPT_P | GPT_W | GPT_U | GPT_X);
}

export function guestMap(asid: u32, gva: u64, gpa: u64, flags: u32): void {
  putSmall(GUEST, asid, gva, (gpa & FRAME) | <u64>(flags & 31) | GPT_HELD);
}
