/**
 * VMRUN of a VMSA page. The hypervisor chooses which VMSA runs; the VMPL is a byte of the VMSA, which it cannot write.
 *
 * Source: APM vol. 2, table 15-41. Validated and the VMPL masks are not asked. Not modelled: Reverse-Map of the table (VMRUN has
 * no GPA to compare), and the checks of VMCB, AVIC page and VM_HSAVE_PA.
 */
import { Cell, Check, Entry, Flag, Op, Rule, SyscfgBit, Vmsa } from "../abi";
import { readCell } from "../memory/registers";
import { readBytes } from "../state/contents";
import { coveringOf, entryAt, FRAME, isCovered } from "../state/rmp";
import { enter } from "../state/vcpu";
import { asid, vcpu } from "../step/actor";
import { begin, finish } from "../step/event";
import { result, vmexitInvalid } from "../step/outcome";
import { dry, rung, switched } from "../step/rung";

/** `quiet`: an entry after an exit; appends no event unless it is refused. */
export function vmrun(spa: u64, quiet: u32): u32 {
  if (begin(Op.VMRUN, spa, 0, 0, 0) && ladder(spa & FRAME) && quiet) return 0;
  return finish();
}

function ladder(spa: u64): bool {
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
  result(readBytes(asid, spa + Vmsa.VMPL, 1) | (readBytes(asid, spa + Vmsa.CPL, 1) << 8));
  if (dry()) return true;
  enter(vcpu, spa);
  return true;
}
