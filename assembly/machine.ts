/** A fresh machine. */
import { Cell, HwcrBit, Limit, Option, RmpTable, SyscfgBit } from "./abi";
import { setRecords } from "./memory/journal";
import { layOut } from "./memory/layout";
import { cellAt } from "./memory/registers";
import { actAs, setInUse } from "./step/actor";
import { startSummaries } from "./state/summary";
import { setOff } from "./step/rung";

/**
 * Makes the machine of this instance; once only. `pages` and `covered` in pages of 4 KiB, multiples of 512, covered <= pages;
 * `vmpls` 1 to 4; `options` Option; room for `eventRoom` events and `journalRoom` journal records of 32 bytes.
 * False if it does not fit into memory.
 */
export function create(
  pages: u32,
  covered: u32,
  vmpls: u32,
  options: u32,
  cores: u32,
  eventRoom: u32,
  journalRoom: u32,
): bool {
  if (!layOut(pages, covered, vmpls, options, eventRoom, journalRoom)) return false;
  setRecords(0);
  startSummaries();
  actAs(0, 0, 0, 0, 0);
  setInUse(0);
  setOff(0);
  store<u64>(cellAt(Cell.CORES), cores);
  store<u64>(cellAt(Cell.COVERED), covered);
  placeRmp(pages, covered);
  if (options & Option.SNP) {
    for (let core: u32 = 0; core < <u32>Limit.CORES; core++) {
      store<u64>(
        cellAt(Cell.SYSCFG + core),
        (<u64>1 << SyscfgBit.MFDM) | (1 << SyscfgBit.MEMENC) | (1 << SyscfgBit.SNPEN) | (1 << SyscfgBit.VMPLEN),
      );
      store<u64>(cellAt(Cell.HWCR + core), 1 << HwcrBit.SMMLOCK);
    }
  }
  return true;
}

/** What the BIOS left in RMP_BASE and RMP_END of every core: a table just large enough, as high in memory as its alignment allows. */
function placeRmp(pages: u32, covered: u32): void {
  const bytes: u64 = (<u64>covered << 4) + RmpTable.BOOKKEEPING_BYTES;
  const end: u64 = <u64>pages << 12;
  const base: u64 = end < bytes ? 0 : (end - bytes) & ~(<u64>RmpTable.ALIGN - 1);
  for (let core: u32 = 0; core < <u32>Limit.CORES; core++) {
    store<u64>(cellAt(Cell.RMP_BASE + core), base);
    store<u64>(cellAt(Cell.RMP_END + core), base + bytes - 1);
  }
}
