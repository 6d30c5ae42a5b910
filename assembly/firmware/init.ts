/**
 * SNP_INIT and SNP_INIT_EX: the AMD-SP looks at the platform, then builds the RMP (rmp.ts).
 *
 * Source: firmware ABI (56860) revision 1.54, 8.8.2; order of checks of AMD's published firmware (AMD-ASPFW sev_mcmd.c, snp_mcmd_init_common; sev_hal.c, sev_hal_check_msrs; sev_rmp.c, get_rmp_bounds, configure_rmp). Not modelled: microcode
 * levels, UMC encryption, DEBUG_STATUS and TSEG registers, TMRs, TLB flushes.
 *
 * Simplified: RMP_END + 1 is not asked to be a multiple of 1 MiB, nor the RMP to cover itself; a machine this small could then
 * leave nothing uncovered.
 */
import {
  Cell,
  FirmwareState,
  FrozenRegister,
  FwStatus,
  HwcrBit,
  InitFlag,
  Limit,
  Op,
  RmpTable,
  Rule,
  SyscfgBit,
} from "../abi";
import { build, coverage } from "./rmp";
import { coreCount, syscfgBit } from "../host/platform";
import { pages } from "../memory/layout";
import { readCell, writeCell } from "../memory/registers";
import { soilAsids } from "../state/asid";
import { begin, finish } from "../step/event";
import { firmware, noRoom } from "../step/outcome";
import { rung } from "../step/rung";

/** `flags` InitFlag; up to three ranges that the hypervisor wants HV-Fixed, each first pfn << 32 | count, 0 for none. */
export function snpInit(flags: u32, range0: u64, range1: u64, range2: u64): u32 {
  if (begin(Op.SNP_INIT, flags, range0, range1, range2) && snpInitLadder(flags, range0, range1, range2)) {
    initialize(flags, range0, range1, range2);
  }
  return finish();
}

function initialize(flags: u32, range0: u64, range1: u64, range2: u64): void {
  if (builds(flags) && !build(readCell(Cell.RMP_BASE), readCell(Cell.RMP_END), range0, range1, range2)) return noRoom();
  writeCell(Cell.FW_STATE, FirmwareState.INIT);
  writeCell(Cell.CIPHERTEXT_HIDING, flags & InitFlag.CIPHERTEXT_HIDING ? 1 : 0);
  writeCell(Cell.WBINVD, 0);
  soilAsids();
}

/** SNP_INIT always builds the RMP, SNP_INIT_EX when it is told to. */
function builds(flags: u32): bool {
  return (flags & InitFlag.EX) == 0 || (flags & InitFlag.INIT_RMP) != 0;
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

const ALL: u64 = ~0;
const SMMLOCK: u64 = 1 << HwcrBit.SMMLOCK;

/** Fixed MTRRs, IORRs, TOP_MEM, TOP_MEM2, HWCR (its SmmLock has a check of its own). */
function coresApart(): u64 {
  let mask = coresUnlike(Cell.HWCR, ALL & ~SMMLOCK);
  for (let register: u32 = 0; register <= <u32>FrozenRegister.TOP_MEM2; register++) {
    mask |= coresUnlike(Cell.FROZEN + register * Limit.CORES, ALL);
  }
  return mask;
}

function coresUnlocked(): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 0; core < coreCount(); core++) {
    if ((readCell(Cell.HWCR + core) & SMMLOCK) == 0) mask |= <u64>1 << core;
  }
  return mask;
}

function coresWithHsave(): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 0; core < coreCount(); core++) if (readCell(Cell.HSAVE + core) != 0) mask |= <u64>1 << core;
  return mask;
}

export function snpInitLadder(flags: u32, range0: u64, range1: u64, range2: u64): bool {
  const reserved = flags & InitFlag.RESERVED;
  if (!rung(Rule.INIT_RESERVED, reserved == 0, reserved, 0)) return firmware(FwStatus.INVALID_PARAM);
  const state = readCell(Cell.FW_STATE);
  if (!rung(Rule.INIT_STATE, state == FirmwareState.UNINIT, state, FirmwareState.UNINIT)) {
    return firmware(FwStatus.INVALID_PLATFORM_STATE);
  }
  const anew = builds(flags);
  const ready = readCell(Cell.RMP_READY);
  if (!rung(Rule.INIT_RMP, anew || ready != 0, ready, anew ? 1 : 0)) return firmware(FwStatus.RMP_INIT_REQUIRED);
  const listed: u32 = (range0 | range1 | range2) != 0 ? 1 : 0;
  if (!rung(Rule.INIT_LIST, anew || listed == 0, listed, anew ? 1 : 0)) return firmware(FwStatus.INVALID_PARAM);
  const memEnc = coresWithout(SyscfgBit.MEMENC);
  if (!rung(Rule.INIT_MEMENC, memEnc == 0, memEnc, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const snpEn = coresWithout(SyscfgBit.SNPEN);
  if (!rung(Rule.INIT_SNPEN, snpEn == 0, snpEn, 0)) return firmware(FwStatus.INVALID_CONFIG);
  // so VMPLs are never optional: ABI revision 1.54, 8.8.2
  const vmplEn = coresWithout(SyscfgBit.VMPLEN);
  if (!rung(Rule.INIT_VMPLEN, vmplEn == 0, vmplEn, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const apart = coresApart();
  if (!rung(Rule.INIT_MSRS_EQUAL, apart == 0, apart, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const unlike = coresUnlike(Cell.SYSCFG, ALL);
  if (!rung(Rule.INIT_SYSCFG_EQUAL, unlike == 0, unlike, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const mfdm = coresWithout(SyscfgBit.MFDM);
  if (!rung(Rule.INIT_MFDM, mfdm == 0, mfdm, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const locks = coresUnlike(Cell.HWCR, SMMLOCK);
  if (!rung(Rule.INIT_SMMLOCK_EQUAL, locks == 0, locks, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const unlocked = coresUnlocked();
  if (!rung(Rule.INIT_SMMLOCK, unlocked == 0, unlocked, 0)) return firmware(FwStatus.INVALID_CONFIG);
  return isPlaced(anew);
}

/** The rungs about the RMP itself. */
function isPlaced(anew: bool): bool {
  const elsewhere = coresUnlike(Cell.RMP_BASE, ALL) | coresUnlike(Cell.RMP_END, ALL);
  if (!rung(Rule.INIT_RMP_EQUAL, elsewhere == 0, elsewhere, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const base = readCell(Cell.RMP_BASE);
  const end = readCell(Cell.RMP_END);
  if (!rung(Rule.INIT_RMP_RANGE, isRange(base, end), base, end)) return firmware(FwStatus.INVALID_ADDRESS);
  // in memory ("one DRAM region"), and aligned
  const placed = end < <u64>pages << 12 && (base & (<u64>RmpTable.ALIGN - 1)) == 0;
  if (!rung(Rule.INIT_RMP_PLACED, placed, base, end)) return firmware(FwStatus.INVALID_CONFIG);
  const hsave = anew ? coresWithHsave() : 0;
  if (!rung(Rule.INIT_HSAVE, hsave == 0, hsave, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const room = coverage(base, end);
  if (!rung(Rule.INIT_RMP_ROOM, !anew || room != 0, room, 0)) return firmware(FwStatus.RMP_INITIALIZATION_FAILED);
  return true;
}

/** A range that ends behind its start and keeps clear of the legacy SMRAM. AMD-ASPFW x86_copy.c, validate_address_range. */
function isRange(base: u64, end: u64): bool {
  return base < end && (base > <u64>RmpTable.ASEG_LAST || end < <u64>RmpTable.ASEG_FIRST);
}
