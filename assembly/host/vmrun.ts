/**
 * VMRUN of a VMSA page. The hypervisor chooses which VMSA runs; the VMPL is a byte of the VMSA, which it cannot write.
 *
 * Source: APM vol. 2, table 15-41. Validated and the VMPL masks are not asked. Not modelled: Reverse-Map of the table (VMRUN has
 * no GPA to compare), and the checks of VMCB, AVIC page and VM_HSAVE_PA. A VMSA inside a 2M entry runs: no source says so or does so
 * (an erratum about 2M aligned VMSAs makes Linux, KVM, edk2 and coconut-svsm all avoid it), and none forbids it.
 */
import { Cell, Check, EferBit, Entry, Flag, Op, Outcome, Rule, SyscfgBit, VintrBit, Vmsa } from "../abi";
import { contents } from "../memory/layout";
import { readCell } from "../memory/registers";
import { useAsid } from "../state/asid";
import { readBytes } from "../state/contents";
import { coveringOf, entryAt, FRAME, isCovered } from "../state/rmp";
import { enter, usedByOther } from "../state/vcpu";
import { asid, vcpu } from "../step/actor";
import { begin, finish } from "../step/event";
import { result, vmexitBusy, vmexitInvalid } from "../step/outcome";
import { rung, switched } from "../step/rung";

/** `quiet`: an entry after an exit; appends no event unless it is refused. */
export function vmrun(spa: u64, quiet: u32): u32 {
  if (begin(Op.VMRUN, spa, 0, 0, 0) && vmrunLadder(spa)) {
    const vmsa = spa & FRAME;
    result(readBytes(asid, vmsa + Vmsa.VMPL, 1) | (readBytes(asid, vmsa + Vmsa.CPL, 1) << 8));
    enter(vcpu, vmsa);
    // a guest that runs before SNP_LAUNCH_FINISH; hardware knows no such guest, as the firmware enables the ASID with that command
    useAsid(asid);
    if (quiet) return Outcome.DONE;
  }
  return finish();
}

export function vmrunLadder(given: u64): bool {
  const spa = given & FRAME;
  const snp = (readCell(Cell.SYSCFG) >>> SyscfgBit.SNPEN) & 1;
  if (!rung(Rule.VMRUN_SNP, snp != 0, snp, 1)) return vmexitInvalid();
  if (!rung(Rule.VMRUN_COVERED, isCovered(spa), spa, 0)) return vmexitInvalid();
  const entry = entryAt(coveringOf(<u32>(spa >>> 12)));
  const head = load<u64>(entry);
  const owner = load<u32>(entry, Entry.ASID);
  if (!switched(Rule.VMRUN_ASSIGNED, Check.GUEST_OWNED, (head & Flag.ASSIGNED) != 0, head & Flag.ASSIGNED, 1)) {
    return vmexitInvalid();
  }
  if (!switched(Rule.VMRUN_ASID, Check.GUEST_OWNED, owner == asid, owner, asid)) return vmexitInvalid();
  if (!switched(Rule.VMRUN_MUTABLE, Check.IMMUTABLE, (head & Flag.IMMUTABLE) == 0, (head & Flag.IMMUTABLE) >>> 2, 0)) {
    return vmexitInvalid();
  }
  if (!switched(Rule.VMRUN_VMSA, Check.VMRUN_VMSA, (head & Flag.VMSA) != 0, (head & Flag.VMSA) >>> 3, 1)) {
    return vmexitInvalid();
  }
  // Assumed: it might be VMEXIT_BUSY
  const used = usedByOther(vcpu, spa);
  if (!rung(Rule.VMRUN_IN_USE, !used, used ? 1 : 0, 0)) return vmexitInvalid();
  return contents == 0 || isReady(spa);
}

/** What the processor asks of the VMSA's own bytes. Reconstructed: the order. */
function isReady(spa: u64): bool {
  // APM vol. 2, 15.5.1; coconut-svsm core.rs disables a VMSA so, before it deletes the vCPU
  const svme = (readBytes(asid, spa + Vmsa.EFER, 8) >>> EferBit.SVME) & 1;
  if (!rung(Rule.VMRUN_SVME, svme != 0, svme, 1)) return vmexitInvalid();
  // how OpenHCL keeps a VMSA from being run while it fills it
  const busy = readBytes(asid, spa + Vmsa.VINTR_CTRL, 8) >>> VintrBit.BUSY;
  if (!rung(Rule.VMRUN_BUSY, busy == 0, busy, 0)) return vmexitBusy();
  return true;
}
