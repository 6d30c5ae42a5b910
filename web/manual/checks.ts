/**
 * The twelve switches: what if the hardware did not check this? Each removes its check wherever it stands; coverage by
 * the RMP has no switch. Order and names: Check of assembly/abi.ts.
 */
import type { CheckName } from "../scenario/schema";
import { RULE_NAMES, type RuleName, ruleText } from "./rules";

export interface CheckText {
  name: CheckName;
  /** one sentence: what if the hardware did not check this? */
  what: string;
  /** what that lets in */
  lets: string;
}

const TEXTS: Record<CheckName, readonly [what: string, lets: string]> = {
  "guest-owned": [
    "What if the hardware did not ask whose page it is (Assigned, ASID)?",
    "The hypervisor can map its own or another guest's page into a guest as private memory.",
  ],
  "reverse-map": [
    "What if the hardware did not compare the guest physical address with the entry?",
    "One page can appear at two guest physical addresses, and pages can be swapped without revalidation.",
  ],
  validated: [
    "What if the hardware did not ask whether the guest has validated the page?",
    "The hypervisor can remap a page in silence: the guest reads noise or old data instead of taking #VC.",
  ],
  "vmpl-permission": [
    "What if the hardware did not ask the permissions of the VMPL?",
    "The OS at a less privileged VMPL can read and write the memory of the SVSM at VMPL0.",
  ],
  immutable: [
    "What if the hardware did not respect Immutable?",
    "The hypervisor can change pages of the firmware and pages that are being launched.",
  ],
  "page-size": [
    "What if the hardware did not compare page sizes?",
    "A 4K PVALIDATE can count for 512 pages, and a 2M mapping can reach pages that the guest never validated.",
  ],
  "pvalidate-vmpl0": [
    "What if PVALIDATE worked at every VMPL?",
    "The OS can validate pages behind the back of the SVSM, and accept what the hypervisor slips in.",
  ],
  "rmpadjust-target": [
    "What if RMPADJUST worked on the same and on more privileged VMPLs?",
    "A VMPL can change its own permissions, and the probe of Linux no longer tells VMPL0 from the others.",
  ],
  "rmpadjust-subset": [
    "What if RMPADJUST could grant permissions that the caller does not have?",
    "A VMPL can give a less privileged one what VMPL0 withheld from it.",
  ],
  "rmpupdate-resets-validated": [
    "What if RMPUPDATE did not clear Validated when a page changes hands or place?",
    "The hypervisor can move a validated page to another guest physical address without any fault.",
  ],
  "host-write-owned": [
    "What if writes of the host, and shared writes of a guest, could reach private pages?",
    "The hypervisor can corrupt private memory, or put back old ciphertext at the same page.",
  ],
  "vmrun-vmsa": [
    "What if VMRUN accepted any page of the guest as a VMSA?",
    "Guest data becomes a register state: whoever shapes the bytes of one page chooses RIP and VMPL.",
  ],
};

export const CHECKS: readonly CheckText[] = (Object.keys(TEXTS) as CheckName[]).map((name) => {
  const [what, lets] = TEXTS[name];
  return { name, what, lets };
});

/** The rules that the switch removes; none for rmpupdate-resets-validated, which is an effect and no check. */
export function rulesOf(check: CheckName): RuleName[] {
  return RULE_NAMES.filter((name) => ruleText(name)?.check === check);
}
