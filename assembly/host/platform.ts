/**
 * The platform's registers, one set a host core: SYSCFG, HWCR, RMP_BASE, RMP_END and those that freeze with SNPEn.
 * APM vol. 2, 15.36.2; Linux arch/x86/virt/svm/sev.c. Simplified: no register has reserved bits, and the BIOS left 0 in those
 * that mean nothing here. Not modelled: what RMP_CFG switches on (a segmented RMP).
 */
import { Cell, FrozenRegister, HwcrBit, Limit, Msr, Op, Rule, SyscfgBit } from "../abi";
import { readCell, writeCell } from "../memory/registers";
import { begin, finish } from "../step/event";
import { gp, result } from "../step/outcome";
import { dry, rung } from "../step/rung";

export function syscfgBit(core: u32, bit: u32): u64 {
  return (readCell(Cell.SYSCFG + core) >>> bit) & 1;
}

export function coreCount(): u32 {
  return <u32>readCell(Cell.CORES);
}

/** A host core's WRMSR. Hardware lets SNPEn be set without VMPLEn; it is the firmware that refuses (ABI, 8.6). */
export function hostWrmsr(core: u32, msr: u32, value: u64): u32 {
  if (begin(Op.HOST_WRMSR, core, msr, value, 0)) write(core & (Limit.CORES - 1), msr, value);
  return finish();
}

function write(core: u32, msr: u32, value: u64): bool {
  const snp = syscfgBit(core, SyscfgBit.SNPEN);
  if (msr == <u32>Msr.SYSCFG) {
    // once SNPEn is set, writes are ignored: no fault, no change
    if (!rung(Rule.SYSCFG_OPEN, snp == 0, snp, 0)) return true;
    if (!dry()) writeCell(Cell.SYSCFG + core, value);
    return true;
  }
  if (msr == <u32>Msr.HWCR) {
    // SmmLock stays set until reset (APM vol. 2, 10.3)
    const locked = readCell(Cell.HWCR + core) & (1 << HwcrBit.SMMLOCK);
    if (!dry()) writeCell(Cell.HWCR + core, value | locked);
    return true;
  }
  if (msr == <u32>Msr.VM_HSAVE_PA) {
    if (!dry()) writeCell(Cell.HSAVE + core, value);
    return true;
  }
  if (!freezes(msr)) return gp();
  // RMP_BASE and RMP_END freeze too: Assumed
  if (!rung(Rule.FROZEN_MSR, snp == 0, snp, 0)) return gp();
  if (dry()) return true;
  const cell = cellOf(msr);
  if (cell != 0) writeCell(cell + core, value);
  return true;
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
