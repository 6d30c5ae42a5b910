/**
 * Guest page tables: gva -> gpa with C-bit, present, W, U, X, owned by the guest; leaves of 4K. One an ASID, or one an ASID and
 * VMPL (Option.TABLES_BY_VMPL).
 * Simplified: without an entry of its own a gva maps to the same gpa, C=1, present, W, U, X.
 */
import { tablesByVmpl } from "../memory/layout";
import { findCell, GUEST, putSmall, smallLeaf } from "../memory/tables";
import { FRAME } from "./rmp";

export const GPT_C: u64 = 1;
export const GPT_P: u64 = 2;
export const GPT_W: u64 = 4;
export const GPT_U: u64 = 8;
export const GPT_X: u64 = 16;
const GPT_HELD: u64 = 32;

/** Names the table of an ASID and VMPL. Where each VMPL has one, ASIDs are below 2^30. */
// @ts-ignore: decorator
@inline
export function tableOf(asid: u32, vmpl: u32): u32 {
  return tablesByVmpl ? asid | (vmpl << 30) : asid;
}

/** The leaf for a gva: gpa in bits 51:12, the flags above. */
// @ts-ignore: decorator
@inline
export function guestLeaf(table: u32, gva: u64): u64 {
  const cell = findCell(GUEST, table, gva);
  const leaf = cell == 0 ? 0 : smallLeaf(cell, gva);
  return leaf != 0 ? leaf : (gva & FRAME) | (GPT_C | GPT_P | GPT_W | GPT_U | GPT_X);
}

export function guestMap(table: u32, gva: u64, gpa: u64, flags: u32): void {
  putSmall(GUEST, table, gva, (gpa & FRAME) | <u64>(flags & 31) | GPT_HELD);
}
