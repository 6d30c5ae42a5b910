/**
 * What a guest does that the RMP does not judge: its page tables, its MSRs, leaving to the hypervisor. These are events,
 * and undone like the others.
 */
import { Cell, Event, Msr, Op } from "./abi";
import { asid, begin, cpl, dry, finish, gp, result, resultD, setAsid, vcpu } from "./event";
import { guestMap } from "./gpt";
import { eventAt } from "./layout";
import { nestedMap, nestedUnmap } from "./npt";
import { readCell, writeCell } from "./table";

/** The event names the ASID whose table it is, whoever acts. */
export function gptMap(owner: u32, gva: u64, gpa: u64, flags: u32): u32 {
  const actsFor = asid;
  setAsid(owner);
  if (begin(Op.GPT_MAP, gva, gpa, flags, 0)) guestMap(owner, gva, gpa, flags);
  const outcome = finish();
  setAsid(actsFor);
  return outcome;
}

export function nptMap(owner: u32, gpa: u64, spa: u64, size: u32, wx: u32): u32 {
  const actsFor = asid;
  setAsid(owner);
  if (begin(Op.NPT_MAP, gpa, spa, size, wx)) nestedMap(owner, gpa, spa, size, wx);
  const outcome = finish();
  setAsid(actsFor);
  return outcome;
}

export function nptUnmap(owner: u32, gpa: u64, size: u32): u32 {
  const actsFor = asid;
  setAsid(owner);
  if (begin(Op.NPT_UNMAP, gpa, size, 0, 0)) nestedUnmap(owner, gpa, size);
  const outcome = finish();
  setAsid(actsFor);
  return outcome;
}

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
    else if (!dry()) writeCell(Cell.GHCB_MSR + vcpu, value);
  }
  return finish();
}

export function guestRdmsr(msr: u32): u32 {
  if (begin(Op.RDMSR, msr, 0, 0, 0)) {
    if (cpl != 0) gp();
    else if (msr == <u32>Msr.GHCB) result(readCell(Cell.GHCB_MSR + vcpu));
    else if (msr == <u32>Msr.SEV_STATUS) result(SEV_STATUS_SNP);
    else if (msr == <u32>Msr.SYSCFG) result(0);
    else gp();
  }
  return finish();
}

/** CPUID by the CPUID page's values: what the guest reads is handed in. */
export function guestCpuid(leaf: u32, subleaf: u32, ebxEax: u64, edxEcx: u64): u32 {
  if (begin(Op.CPUID, leaf, subleaf, 0, edxEcx)) {
    result(ebxEax);
    resultD(edxEcx);
  }
  return finish();
}

/** VMGEXIT: the event shows the GHCB MSR as the guest left it, and the hypervisor's answer once that is there. */
export function vmgexit(): u32 {
  begin(Op.VMGEXIT, readCell(Cell.GHCB_MSR + vcpu), 0, 0, 0);
  return finish();
}

/**
 * The hypervisor's answer to VMGEXIT, event `step`. No event of its own: the register changes as the guest goes on, so the
 * change is the next event's.
 */
export function answer(vcpu: u32, value: u64, step: u32): void {
  writeCell(Cell.GHCB_MSR + vcpu, value);
  if (step != 0) store<u64>(eventAt(step - 1), value, Event.VALUE);
}

export function halt(): u32 {
  begin(Op.HALT, 0, 0, 0, 0);
  return finish();
}

export function setCpl(next: u32): u32 {
  begin(Op.CPL, next, 0, 0, 0);
  return finish();
}

