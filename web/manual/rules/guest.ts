/**
 * The rungs of the guest's instructions before and after the walk: PVALIDATE, RMPADJUST, RMPQUERY.
 * APM vol. 2, 15.36.6 and 15.36.7; AMD's engineers on LKML. The pages of APM vol. 3 were not at hand.
 */
import type { Chapter } from "../rules";

const CPL = {
  note: "Every description says so; the text of APM vol. 3 was not read.",
  settle: "The instruction's page in APM vol. 3.",
  asks: "Does the vCPU run at CPL0?",
  sure: "assumed",
  show: "number",
  fix: "Execute it at CPL0.",
} as const;

const ALIGNED = {
  asks: "Asked for 2M: is the address 2M aligned?",
  because: "{gva|the address} is not 2M aligned and 2M was asked for",
  sure: "reconstructed",
  note: "The status is documented by guests that handle it; that it precedes the translation is our order.",
  settle: "The instruction's page in APM vol. 3.",
  show: "hex",
  sides: ["gva", ""],
  fix: "Align the address to 2M, or ask for 4K.",
} as const;

const EXISTS = {
  asks: "Does the target VMPL exist?",
  because: "{target|the target VMPL} does not exist on this machine",
  sure: "assumed",
  note: "Nothing at hand says what a VMPL beyond CPUID 8000_001F EBX[15:12] gives.",
  settle: "The instruction's page in APM vol. 3, or a try on hardware.",
  show: "number",
  sides: ["target VMPL", "number of VMPLs"],
  fix: "Name a VMPL below the number of VMPLs.",
} as const;

export const GUEST = {
  PVALIDATE_CPL: {
    ...CPL,
    because: "this vCPU runs at {cpl|CPL1 to CPL3} and only CPL0 may validate",
    cite: "APM vol. 3, PVALIDATE (not read)",
  },
  PVALIDATE_VMPL: {
    asks: "Does the vCPU run at VMPL0?",
    because: "this vCPU runs at {vmpl|another VMPL} and only VMPL0 may validate",
    why: "It is #GP and no status in EAX: boot code without a #GP handler dies here, so Linux asks by RMPADJUST first.",
    cite: "APM vol. 3, PVALIDATE, as B. Singh (AMD) cites it, LKML, 13 Aug 2021",
    sure: "verified",
    check: "pvalidate-vmpl0",
    show: "vmpl",
    fix: "Run this code at VMPL0, or let an SVSM at VMPL0 validate the page.",
  },
  PVALIDATE_ALIGNED: { ...ALIGNED, cite: "Oak, sev_guest instructions.rs" },
  PVALIDATE_CHANGES: {
    asks: "Does the instruction change RMP.Validated?",
    because: "{spa|the page} is already {asked|as asked}",
    why: "EAX stays 0 and CF is 1. A guest that ignores CF can be made to validate twice.",
    cite: "B. Singh, devel@edk2.groups.io, 30 Apr 2021; kvm-unit-tests, PVALIDATE series",
    sure: "verified",
    show: "flag",
    sides: ["Validated", "asked"],
    fix: "Nothing is wrong if the guest expected it. Else treat CF=1 as an attack, as Linux and OVMF do.",
  },
  RMPADJUST_CPL: {
    ...CPL,
    because: "this vCPU runs at {cpl|CPL1 to CPL3} and only CPL0 may adjust permissions",
    cite: "APM vol. 3, RMPADJUST (not read)",
  },
  RMPADJUST_ALIGNED: { ...ALIGNED, cite: "Oak, sev_guest instructions.rs" },
  RMPADJUST_TARGET_EXISTS: { ...EXISTS, cite: "no source at hand" },
  RMPADJUST_TARGET: {
    asks: "Is the target VMPL numerically above the current one?",
    because:
      "this vCPU runs at {vmpl|its own VMPL} and may adjust only less privileged VMPLs, which {target|the target} is not",
    why: "This is the probe of Linux: with VMPL1 as target it succeeds at VMPL0 only.",
    cite: "APM vol. 3, RMPADJUST, quoted by B. Singh and T. Lendacky, LKML, Dec 2021; APM vol. 2, 15.36.7",
    sure: "verified",
    check: "rmpadjust-target",
    show: "vmpl",
    sides: ["target", "current"],
    fix: "Name a numerically higher target VMPL, or run at a lower one.",
  },
  RMPADJUST_SUBSET: {
    asks: "Does the current VMPL have every permission it grants?",
    because: "{vmpl|this VMPL} does not itself have all of {perms|the permissions} on {spa|the page}",
    cite: "APM vol. 2, 15.36.7; VeriSMo (OSDI 2024), access_s.rs",
    sure: "reconstructed",
    note: "The rule is in 15.36.7; its status and its place in the order are VeriSMo's alone.",
    settle: "The page of RMPADJUST in APM vol. 3.",
    check: "rmpadjust-subset",
    show: "mask",
    sides: ["asked", "own"],
    fix: "Grant only what this VMPL has itself.",
  },
  RMPQUERY_CPL: {
    ...CPL,
    because: "this vCPU runs at {cpl|CPL1 to CPL3} and only CPL0 may query permissions",
    cite: "APM vol. 3, RMPQUERY (not read)",
  },
  RMPQUERY_TARGET_EXISTS: { ...EXISTS, cite: "no source at hand" },
  RMPQUERY_TARGET: {
    asks: "Is the target VMPL not more privileged than the current one?",
    because: "this vCPU runs at {vmpl|its own VMPL} and may not query {target|a lower-numbered VMPL}",
    cite: "APM vol. 3, RMPQUERY (not read)",
    sure: "assumed",
    note: "The status exists; what it is for is from memory.",
    settle: "The page of RMPQUERY in APM vol. 3, or a try on hardware.",
    show: "vmpl",
    sides: ["target", "current"],
    fix: "Query the current VMPL or a numerically higher one.",
  },
} satisfies Chapter;
