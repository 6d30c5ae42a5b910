/**
 * What the firmware knows of each ASID (AsidState): 2 bits each, 32 a register. ASID 0 and those behind Limit.ASIDS have bits too,
 * which SNP_INIT and SNP_DF_FLUSH change with the others and nothing asks for.
 */
import { AsidState, Cell, Limit } from "../abi";
import { readCell, writeCell } from "../memory/registers";

const CELLS: u32 = 32;
/** Bit 0 of every field. */
const LOW: u64 = 0x5555555555555555;
const ALL_CLEAN: u64 = LOW * AsidState.CLEAN;

/** 1 to Limit.ASIDS: an ASID that guests may have. */
export function isGuestAsid(asid: u32): bool {
  return asid != 0 && asid <= <u32>Limit.ASIDS;
}

export function asidState(asid: u32): u32 {
  return <u32>(readCell(Cell.ASID_STATES + (asid >>> 5)) >>> ((asid & 31) << 1)) & 3;
}

export function setAsidState(asid: u32, state: u32): void {
  const cell = Cell.ASID_STATES + (asid >>> 5);
  const shift = <u64>((asid & 31) << 1);
  writeCell(cell, (readCell(cell) & ~(<u64>3 << shift)) | (<u64>state << shift));
}

/** Its guest runs, or may from now on. */
export function useAsid(asid: u32): void {
  if (isGuestAsid(asid) && asidState(asid) == AsidState.ALLOCATED) setAsidState(asid, AsidState.IN_USE);
}

/** SNP_INIT: every ASID is dirty. */
export function soilAsids(): void {
  for (let i: u32 = 0; i < CELLS; i++) put(i, 0);
}

/** SNP_DF_FLUSH: dirty ones are clean. */
export function cleanAsids(): void {
  for (let i: u32 = 0; i < CELLS; i++) {
    const held = readCell(Cell.ASID_STATES + i);
    put(i, held | (~(held | (held >>> 1)) & LOW));
  }
}

/** The lowest ASID that is not clean; 0 if all are. */
export function firstUncleanAsid(): u32 {
  for (let i: u32 = 0; i < CELLS; i++) {
    const unlike = readCell(Cell.ASID_STATES + i) ^ ALL_CLEAN;
    if (unlike == 0) continue;
    const asid = (i << 5) + <u32>(ctz(unlike) >>> 1);
    // ASID 0 is nobody's: dirty exactly when the others of its register that have no guest are
    return asid == 0 ? 1 : asid;
  }
  return 0;
}

function put(i: u32, value: u64): void {
  if (readCell(Cell.ASID_STATES + i) != value) writeCell(Cell.ASID_STATES + i, value);
}
