/** The machine's 64-bit registers (abi.ts, Cell): undone like the rest. */
import { saveBlock } from "./journal";
import { cells } from "./layout";

/** Address of a register. */
// @ts-ignore: decorator
@inline
export function cellAt(index: usize): usize {
  return cells + (index << 3);
}

export function readCell(index: usize): u64 {
  return load<u64>(cellAt(index));
}

export function writeCell(index: usize, value: u64): void {
  saveBlock(cells + ((index & ~1) << 3));
  store<u64>(cellAt(index), value);
}
