/** A guest's MSRs, and CPUID: neither is judged by the RMP. */
import { Msr, Op } from "../abi";
import { readCell, writeCell } from "../memory/registers";
import { ghcbMsr } from "../state/vcpu";
import { cpl, vcpu, vmpl } from "../step/actor";
import { begin, finish } from "../step/event";
import { gp, result, result2 } from "../step/outcome";

/** SEV_STATUS of an SNP guest: SEV, SEV-ES, SNPActive. Linux MSR_AMD64_SEV. */
const SEV_STATUS_SNP: u64 = 7;

/**
 * A guest's WRMSR, for CPL0 only (APM vol. 3). The GHCB MSR is the guest's own; SEV_STATUS cannot be written.
 * Simplified: every other MSR would be intercepted and #VC; here it is #GP(0), but for a read of SYSCFG, which gives the 0 that
 * KVM answers with (x86.c, kvm_get_msr_common()).
 */
export function guestWrmsr(msr: u32, value: u64): u32 {
  if (begin(Op.WRMSR, msr, value, 0, 0)) {
    if (cpl != 0 || msr != <u32>Msr.GHCB) gp();
    else writeCell(ghcbMsr(vcpu, vmpl), value);
  }
  return finish();
}

export function guestRdmsr(msr: u32): u32 {
  if (begin(Op.RDMSR, msr, 0, 0, 0)) {
    if (cpl != 0) gp();
    else if (msr == <u32>Msr.GHCB) result(readCell(ghcbMsr(vcpu, vmpl)));
    else if (msr == <u32>Msr.SEV_STATUS) result(SEV_STATUS_SNP);
    else if (msr == <u32>Msr.SYSCFG) result(0);
    else gp();
  }
  return finish();
}

/** CPUID by the CPUID page's values: what the guest reads is handed in. */
export function guestCpuid(leaf: u32, subleaf: u32, ebxEax: u64, edxEcx: u64): u32 {
  if (begin(Op.CPUID, leaf, subleaf, 0, 0)) {
    result(ebxEax);
    result2(edxEcx);
  }
  return finish();
}
