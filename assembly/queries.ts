/** Questions about the current state that are no events. */
import { scratch } from "./memory/layout";
import { guestLeaf, tableOf } from "./state/gpt";
import { nestedLeaf } from "./state/npt";
import { writeTiles } from "./state/page-state";

/** The nested leaf for a gpa: spa in bits 51:12, W 1, X 2, present 4, 2M 8, reserved 16; 0 if there is none. */
export function nestedLeafOf(asid: u32, gpa: u64): u64 {
  return nestedLeaf(asid, gpa);
}

/** The guest's leaf for a gva: gpa in bits 51:12, C 1, present 2, W 4, U 8, X 16; 32 if it is not the default. `vmpl` counts with Option.TABLES_BY_VMPL. */
export function guestLeafOf(asid: u32, vmpl: u32, gva: u64): u64 {
  return guestLeaf(tableOf(asid, vmpl), gva);
}

/** One byte a page (Tile) at the start of scratch. At most as many pages as scratch has bytes. */
export function tiles(): void {
  writeTiles(scratch);
}
