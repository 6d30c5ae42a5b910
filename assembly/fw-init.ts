/**
 * SNP_INIT and SNP_INIT_EX: the AMD-SP looks at the platform, then builds the RMP.
 *
 * Source: firmware ABI (56860), 8.8; order of checks of AMD's published firmware (AMD-ASPFW sev_mcmd.c,
 * snp_mcmd_init_common). Not modelled: microcode levels, UMC encryption, TMRs, TLB flushes. Simplified: RMP_END is not asked to
 * be aligned to 1 MiB, since a machine this small could then leave nothing uncovered.
 */
import { Cell, FirmwareState, Flag, Form, FwStatus, HwcrBit, InitFlag, Op, RmpTable, Rule, SyscfgBit } from "./abi";
import { begin, dry, finish, firmware, noRoom, rung } from "./event";
import { roomLeft } from "./journal";
import { covered, pages, setCovered } from "./layout";
import { coreCount, syscfgBit } from "./platform";
import { entryAt, headOf, isLarge, writeEntry, writeRegion } from "./rmp";
import { readCell, writeCell } from "./table";

/** `flags` InitFlag; up to three ranges that the hypervisor wants HV-Fixed, each first pfn << 32 | count, 0 for none. */
export function snpInit(flags: u32, range0: u64, range1: u64, range2: u64): u32 {
  if (begin(Op.SNP_INIT, flags, range0, range1, range2)) ladder(flags, range0, range1, range2);
  return finish();
}

/** Mask of the cores on which a SYSCFG bit is clear. */
function coresWithout(bit: u32): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 0; core < coreCount(); core++) if (syscfgBit(core, bit) == 0) mask |= <u64>1 << core;
  return mask;
}

/** Mask of the cores whose register differs from core 0's. */
function coresUnlike(cell: u32, bits: u64): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 1; core < coreCount(); core++) {
    if (((readCell(cell + core) ^ readCell(cell)) & bits) != 0) mask |= <u64>1 << core;
  }
  return mask;
}

function coresUnlocked(): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 0; core < coreCount(); core++) {
    if (((readCell(Cell.HWCR + core) >>> HwcrBit.SMMLOCK) & 1) == 0) mask |= <u64>1 << core;
  }
  return mask;
}

function coresWithHsave(): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 0; core < coreCount(); core++) if (readCell(Cell.HSAVE + core) != 0) mask |= <u64>1 << core;
  return mask;
}

const ALL: u64 = ~0;

function ladder(flags: u32, range0: u64, range1: u64, range2: u64): bool {
  const reserved = flags & InitFlag.RESERVED;
  if (!rung(Rule.INIT_RESERVED, reserved == 0, reserved, 0)) return firmware(FwStatus.INVALID_PARAM);
  const state = readCell(Cell.FW_STATE);
  if (!rung(Rule.INIT_STATE, state == FirmwareState.UNINIT, state, FirmwareState.UNINIT)) {
    return firmware(FwStatus.INVALID_PLATFORM_STATE);
  }
  const builds = (flags & InitFlag.EX) == 0 || (flags & InitFlag.INIT_RMP) != 0;
  const ready = readCell(Cell.RMP_READY);
  if (!rung(Rule.INIT_RMP, builds || ready != 0, ready, builds ? 1 : 0)) return firmware(FwStatus.RMP_INIT_REQUIRED);
  const memEnc = coresWithout(SyscfgBit.MEMENC);
  if (!rung(Rule.INIT_MEMENC, memEnc == 0, memEnc, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const snpEn = coresWithout(SyscfgBit.SNPEN);
  if (!rung(Rule.INIT_SNPEN, snpEn == 0, snpEn, 0)) return firmware(FwStatus.INVALID_CONFIG);
  // so VMPLs are never optional: ABI, 8.6
  const vmplEn = coresWithout(SyscfgBit.VMPLEN);
  if (!rung(Rule.INIT_VMPLEN, vmplEn == 0, vmplEn, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const unlike = coresUnlike(Cell.SYSCFG, ALL);
  if (!rung(Rule.INIT_SYSCFG_EQUAL, unlike == 0, unlike, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const mfdm = coresWithout(SyscfgBit.MFDM);
  if (!rung(Rule.INIT_MFDM, mfdm == 0, mfdm, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const locks = coresUnlike(Cell.HWCR, 1 << HwcrBit.SMMLOCK);
  if (!rung(Rule.INIT_SMMLOCK_EQUAL, locks == 0, locks, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const unlocked = coresUnlocked();
  if (!rung(Rule.INIT_SMMLOCK, unlocked == 0, unlocked, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const elsewhere = coresUnlike(Cell.RMP_BASE, ALL) | coresUnlike(Cell.RMP_END, ALL);
  // Assumed: the status of this one and the next two
  if (!rung(Rule.INIT_RMP_EQUAL, elsewhere == 0, elsewhere, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const base = readCell(Cell.RMP_BASE);
  const end = readCell(Cell.RMP_END);
  if (!rung(Rule.INIT_RMP_PLACED, isPlaced(base, end), base, end)) return firmware(FwStatus.INVALID_CONFIG);
  const hsave = builds ? coresWithHsave() : 0;
  if (!rung(Rule.INIT_HSAVE, hsave == 0, hsave, 0)) return firmware(FwStatus.INVALID_CONFIG);
  if (dry()) return true;
  if (builds && !build(base, end, range0, range1, range2)) return false;
  writeCell(Cell.FW_STATE, FirmwareState.INIT);
  return firmware(FwStatus.SUCCESS);
}

/** Aligned, room for the bookkeeping, and within memory ("one DRAM region"). */
function isPlaced(base: u64, end: u64): bool {
  if ((base & (<u64>RmpTable.ALIGN - 1)) != 0) return false;
  return end > base && end - base >= <u64>RmpTable.BOOKKEEPING_BYTES && end < <u64>pages << 12;
}

/** What RMP_BASE and RMP_END cover: 16 bytes a page behind 16 KiB of bookkeeping, cut to whole 2 MiB (Simplified) and to memory. */
function coverage(base: u64, end: u64): u32 {
  const entries = (end + 1 - base - RmpTable.BOOKKEEPING_BYTES) >>> 4;
  return (entries > <u64>pages ? pages : <u32>entries) & ~511;
}

/**
 * Everything is Hypervisor; then the ranges that the hypervisor names and the legacy SMRAM (A_0000h, 128 KiB) HV-Fixed; then the
 * RMP itself Firmware, and the page of the IOMMU's event log below it Firmware-IOMMU (Simplified: one such page).
 */
function build(base: u64, end: u64, range0: u64, range1: u64, range2: u64): bool {
  const first = <u32>(base >>> 12);
  const last = <u32>(end >>> 12);
  const fixed = <u32>range0 + <u32>range1 + <u32>range2 + 32;
  if (<u64>used() + fixed + (last - first) + 64 > <u64>roomLeft()) return noRoom();
  for (let pfn: u32 = 0; pfn < covered; pfn += 512) clearRegion(pfn);
  setCovered(coverage(base, end));
  writeCell(Cell.COVERED, covered);
  fix(<u64>0xa0 << 32 | 32);
  fix(range0);
  fix(range1);
  fix(range2);
  for (let pfn = first; pfn <= last && pfn < covered; pfn++) put(pfn, Flag.ASSIGNED | Flag.IMMUTABLE);
  if (first > 0 && first - 1 < covered) put(first - 1, Flag.ASSIGNED | Flag.IMMUTABLE | 0x1000);
  writeCell(Cell.RMP_READY, 1);
  return true;
}

/** Entries that clearRegion() will journal. */
function used(): u32 {
  let count: u32 = 0;
  for (let pfn: u32 = 0; pfn < covered; pfn++) if (headOf(pfn) != 0) count++;
  return count;
}

function clearRegion(pfn: u32): void {
  if (isLarge(headOf(pfn))) {
    writeRegion(pfn, 0, 0, 0, Form.ZERO);
    return;
  }
  for (let i = pfn; i < pfn + 512; i++) if (headOf(i) != 0) writeEntry(i, 0, 0, 0);
}

function fix(range: u64): void {
  const from = <u32>(range >>> 32);
  for (let i: u32 = 0; i < <u32>range; i++) if (from + i < covered) put(from + i, Flag.IMMUTABLE);
}

function put(pfn: u32, head: u64): void {
  if (load<u64>(entryAt(pfn)) != head) writeEntry(pfn, head, 0, 0);
}
