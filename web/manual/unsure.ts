/**
 * What we are not sure of: everything assumed, reconstructed, simplified or not modelled, with what would settle it.
 * The first part is generated from the rules and ladders, so nothing there can be forgotten.
 */
import { Op } from "../../assembly/abi";
import { order } from "./ladders";
import { OCCASIONS, RULE_NAMES, type RuleName, ruleText } from "./rules";

export type UnsureKind = "assumed" | "reconstructed" | "simplified" | "not modelled";

export interface Unsure {
  kind: UnsureKind;
  /** the rule or operation it is about, or a few words */
  about: string;
  text: string;
  settle: string;
  rule?: RuleName;
}

type Row = readonly [kind: UnsureKind, about: string, text: string, settle: string];

const MODEL = "A fuller model.";
const VOLUME_3 = "The instruction pages of APM vol. 3 (24594).";

const ROWS: readonly Row[] = [
  ["assumed", "CF of PVALIDATE", "CF is 0 whenever EAX is not 0.", VOLUME_3],
  ["assumed", "#GP error code", "The #GP of PVALIDATE, RMPADJUST and RMPQUERY carries error code 0.", VOLUME_3],
  [
    "assumed",
    "gva of guest instructions",
    "PVALIDATE, RMPADJUST and RMPQUERY ignore bits 11:0 of the address.",
    VOLUME_3,
  ],
  [
    "assumed",
    "writes to a VMSA page",
    "A guest access to a VMSA page asks nothing but the VMPL permissions, in use or not.",
    "A guest write to a VMSA page that runs, on hardware.",
  ],
  ["assumed", "#UD", "The instructions raise no #UD: the model always has SEV-SNP on when a guest runs.", VOLUME_3],
  [
    "reconstructed",
    "what makes RMPUPDATE clear Validated",
    "Assigned, ASID, GPA or Page_Size changes, or the ASID is 0. Immutable alone does not. AMD's M. Roth says that only a change clears it; the list is VeriSMo's.",
    "The page of RMPUPDATE in APM vol. 3.",
  ],
  [
    "reconstructed",
    "PVALIDATE and permissions",
    "PVALIDATE asks no VMPL permission: it runs at VMPL0, which has them all.",
    VOLUME_3,
  ],
  [
    "simplified",
    "guest page tables",
    "Guest page tables and program code are not in the modelled memory and not RMP-checked, so EXITINFO1 bit 33 never occurs.",
    MODEL,
  ],
  [
    "simplified",
    "accessed and dirty bits",
    "Page walks do not write A and D bits, which hardware checks as 4K writes.",
    MODEL,
  ],
  [
    "simplified",
    "encryption",
    "Contents pass through a fixed bijection chosen by ASID and SPA instead of AES: the same bytes come back only with the same key at the same page.",
    MODEL,
  ],
  [
    "simplified",
    "ciphertext",
    "The host can read the ciphertext of private pages. Newer processors can hide it.",
    "A part with ciphertext hiding.",
  ],
  [
    "simplified",
    "MSRs of the guest",
    "A guest MSR other than the GHCB MSR and SEV_STATUS gives #GP(0); on hardware most are intercepted and raise #VC.",
    MODEL,
  ],
  [
    "simplified",
    "CPL1 and CPL2",
    "They count as supervisor in page tables, as on any x86, and have no use here. CR0.WP is 1, NX is on, SMEP and SMAP are off.",
    MODEL,
  ],
  [
    "simplified",
    "launch VMPL",
    "The picker starts the boot VMSA at VMPL n and grants VMPL n the launch pages, as the ABI allows. Real KVM starts every boot VMSA at VMPL0.",
    MODEL,
  ],
  [
    "simplified",
    "SNP_GCTX_CREATE, SNP_ACTIVATE, SNP_LAUNCH_FINISH",
    "The 4K size of a context page, activation of a RUNNING guest and the activity of a finished one are not asked; the ID block is not checked.",
    MODEL,
  ],
  ["simplified", "secrets page", "The keys VMPCK0 to VMPCK3 are fixed, not random.", MODEL],
  [
    "not modelled",
    "TLBs and caches",
    "On hardware RMPADJUST revokes nothing until the TLB is flushed (APM vol. 2, 15.36.15), PVALIDATE flushes nothing, and stale cache lines matter (CVE-2024-36331). Here every access sees the present tables.",
    MODEL,
  ],
  [
    "not modelled",
    "concurrent RMP accesses",
    "Two processors at one RMP entry can cause spurious faults that software retries (APM vol. 2, 15.36.10), and transient FAIL_OVERLAP.",
    MODEL,
  ],
  [
    "not modelled",
    "VMRUN Reverse-Map",
    "Table 15-41 lists a Reverse-Map check for the VMSA page. VMRUN names the page by SPA; with which GPA it is compared is not said.",
    "A remark in a later APM, or a try on hardware.",
  ],
  [
    "not modelled",
    "VMCB, AVIC backing page, VM_HSAVE_PA",
    "Their Hypervisor-Owned checks (APM vol. 2, table 15-41) are left out.",
    MODEL,
  ],
  [
    "not modelled",
    "the RMP as memory",
    "The RMP is not in the modelled memory, so attacks on the table itself (CVE-2025-0033, DIMM aliasing) cannot be shown.",
    MODEL,
  ],
  [
    "not modelled",
    "1G pages, shadow stacks, vTOM",
    "Only 4K and 2M mappings; the SSS permission is kept and never asked, EXITINFO1 bit 37 stays 0; no virtual top of memory.",
    MODEL,
  ],
  [
    "not modelled",
    "RMPOPT, RMPCHKD, segmented RMP",
    "RMPOPT changes no result; what RMPCHKD does is not published where we looked; coverage is one range from 0.",
    MODEL,
  ],
  [
    "not modelled",
    "nested virtualization",
    "VIRT_RMPUPDATE and VIRT_PSMASH (APM vol. 2, 15.36.19) are left out.",
    MODEL,
  ],
  [
    "not modelled",
    "interrupts, Reflect #VC, Secure AVIC",
    "No event is injected into a guest; #VC is always delivered to it.",
    MODEL,
  ],
];

const ORDERED = [
  Op.PVALIDATE,
  Op.RMPADJUST,
  Op.RMPQUERY,
  Op.RMPUPDATE,
  Op.PSMASH,
  Op.RMPREAD,
  Op.VMRUN,
  Op.SNP_ACTIVATE,
] as const;

/** The whole list: rules, orders of checks, then the rest. */
export function unsure(): Unsure[] {
  const list: Unsure[] = [];
  const put = (kind: UnsureKind, about: string, text = "", settle = MODEL, rule?: RuleName) =>
    list.push(rule ? { kind, about, text, settle, rule } : { kind, about, text, settle });
  for (const name of RULE_NAMES) {
    const rule = ruleText(name);
    if (rule && rule.sure !== "verified") put(rule.sure, name, rule.note, rule.settle, name);
  }
  for (const { rule, op, sure, note, settle } of OCCASIONS) {
    if (sure !== "verified") put(sure, `${rule} (${op})`, note, settle, rule);
  }
  for (const op of ORDERED) {
    const found = order(op);
    if (found && found.sure !== "verified") put(found.sure, `order of ${Op[op]}`, found.note, found.settle);
  }
  for (const [kind, about, text, settle] of ROWS) put(kind, about, text, settle);
  return list;
}
