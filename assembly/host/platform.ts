/**
 * The platform's registers, one set a host core: SYSCFG, HWCR, RMP_BASE, RMP_END and those that freeze with SNPEn.
 * APM vol. 2, 15.36.2; Linux arch/x86/virt/svm/sev.c. Simplified: no register has reserved bits, and the BIOS left 0 in those
 * that mean nothing here. Not modelled: what RMP_CFG switches on (a segmented RMP).
 */
import { Cell, FrozenRegister, HwcrBit, Limit, Msr, Op, Rule, SyscfgBit } from "../abi";
import { readCell, writeCell } from "../memory/registers";
import { begin, finish } from "../step/event";
import { gp, result } from "../step/outcome";
import { rung } from "../step/rung";

export function syscfgBit(core: u32, bit: u32): u64 {
  return (readCell(Cell.SYSCFG + core) >>> bit) & 1;
}

export function coreCount(): u32 {
  return <u32>readCell(Cell.CORES);
}

/** A host core's WRMSR. Hardware lets SNPEn be set without VMPLEn; it is the firmware that refuses (ABI revision 1.54, 8.8.2). */
export function hostWrmsr(core: u32, msr: u32, value: u64): u32 {
  if (begin(Op.HOST_WRMSR, core, msr, value, 0) && hostWrmsrLadder(core, msr)) write(core & (Limit.CORES - 1), msr, value);
  return finish();
}

/** True if the register is to be written. */
export function hostWrmsrLadder(core: u32, msr: u32): bool {
  const snp = syscfgBit(core & (Limit.CORES - 1), SyscfgBit.SNPEN);
  // once SNPEn is set, writes are ignored: no fault, no change
  if (msr == <u32>Msr.SYSCFG) return rung(Rule.SYSCFG_OPEN, snp == 0, snp, 0);
  if (msr == <u32>Msr.HWCR || msr == <u32>Msr.VM_HSAVE_PA) return true;
  if (!freezes(msr)) return gp();
  // RMP_BASE and RMP_END freeze too: Assumed
  if (!rung(Rule.FROZEN_MSR, snp == 0, snp, 0)) return gp();
  return true;
}

function write(core: u32, msr: u32, value: u64): void {
  const cell = cellOf(msr);
  if (cell == 0) return;
  // SmmLock stays set until reset (APM vol. 2, 10.3)
  const stays: u64 = msr == <u32>Msr.HWCR ? readCell(cell + core) & (1 << HwcrBit.SMMLOCK) : 0;
  writeCell(cell + core, value | stays);
}

/** Fixed MTRRs, IORRs, TOP_MEM, TOP_MEM2, SMM_KEY, RMP_CFG, RMP_BASE, RMP_END. */
function freezes(msr: u32): bool {
  return msr == <u32>Msr.SMM_KEY || msr == <u32>Msr.RMP_BASE || msr == <u32>Msr.RMP_END || frozenRegister(msr) >= 0;
}

/** FrozenRegister, -1 for any other MSR. */
function frozenRegister(msr: u32): i32 {
  if (msr == <u32>Msr.MTRR_FIX64K) return FrozenRegister.MTRR_FIX64K;
  if (msr == <u32>Msr.MTRR_FIX16K_80000) return FrozenRegister.MTRR_FIX16K_80000;
  if (msr == <u32>Msr.MTRR_FIX16K_A0000) return FrozenRegister.MTRR_FIX16K_A0000;
  if (msr >= <u32>Msr.MTRR_FIX4K_C0000 && msr <= <u32>Msr.MTRR_FIX4K_F8000) {
    return FrozenRegister.MTRR_FIX4K + <i32>(msr - Msr.MTRR_FIX4K_C0000);
  }
  if (msr >= <u32>Msr.IORR_BASE0 && msr <= <u32>Msr.IORR_MASK1) return FrozenRegister.IORR + <i32>(msr - Msr.IORR_BASE0);
  if (msr == <u32>Msr.TOP_MEM) return FrozenRegister.TOP_MEM;
  if (msr == <u32>Msr.TOP_MEM2) return FrozenRegister.TOP_MEM2;
  if (msr == <u32>Msr.RMP_CFG) return FrozenRegister.RMP_CFG;
  return -1;
}

export function hostRdmsr(core: u32, msr: u32): u32 {
  if (begin(Op.HOST_RDMSR, core, msr, 0, 0)) {
    const cell = cellOf(msr);
    if (cell != 0) result(readCell(cell + (core & (Limit.CORES - 1))));
    // SMM_KEY is written only
    else if (!freezes(msr)) gp();
  }
  return finish();
}

/** A host core's WBINVD. The caches are not modelled; SNP_DF_FLUSH asks that every core has done it. */
export function wbinvd(core: u32): u32 {
  if (begin(Op.WBINVD, core, 0, 0, 0)) {
    const done = readCell(Cell.WBINVD);
    const mask: u64 = <u64>1 << (core & (Limit.CORES - 1));
    if ((done & mask) == 0) writeCell(Cell.WBINVD, done | mask);
  }
  return finish();
}

/** Mask of the cores that have not. */
export function coresUnflushed(): u64 {
  return ((<u64>1 << coreCount()) - 1) & ~readCell(Cell.WBINVD);
}

/** Core 0's cell of a register that is kept, 0 for others. */
function cellOf(msr: u32): u32 {
  if (msr == <u32>Msr.SYSCFG) return Cell.SYSCFG;
  if (msr == <u32>Msr.HWCR) return Cell.HWCR;
  if (msr == <u32>Msr.RMP_BASE) return Cell.RMP_BASE;
  if (msr == <u32>Msr.RMP_END) return Cell.RMP_END;
  if (msr == <u32>Msr.VM_HSAVE_PA) return Cell.HSAVE;
  const frozen = frozenRegister(msr);
  return frozen < 0 ? 0 : Cell.FROZEN + <u32>frozen * Limit.CORES;
}
