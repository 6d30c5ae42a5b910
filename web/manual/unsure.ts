/**
 * What we are not sure of: everything assumed, reconstructed, simplified or not modelled, with what would settle it.
 * The first part is generated from the rules and ladders, so nothing there can be forgotten.
 */
import { Op } from "../../assembly/abi";
import { OPS, operation } from "../trace/operations";
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
    "accesses to a VMSA page",
    "A guest access to a VMSA page that no vCPU runs asks nothing but what other pages are asked. One that runs gives #NPF with the RMP bit.",
    "A guest access to a VMSA page that does not run, on hardware.",
  ],
  [
    "assumed",
    "#UD",
    "The guest's instructions raise no #UD: the model always has SEV-SNP on when a guest runs. Outside an SNP guest PVALIDATE is said to change nothing and give CF=1 (Oak's authors, April 2023, citing APM vol. 3), which cannot be seen here.",
    VOLUME_3,
  ],
  [
    "assumed",
    "RDTSC by the GHCB",
    "KVM does not intercept RDTSC and RDTSCP of an SNP guest. When the guest asks all the same, the default answers with a count that grows by 1,000 a request: there is no clock here.",
    "A KVM that answers these events.",
  ],
  [
    "assumed",
    "ASID 0 in SNP_ACTIVATE",
    "It gives INVALID_ASID. Before that the firmware reads the RMP's page counter of ASID 0; whether that counts firmware pages, and would give INVALID_CONFIG, is not said.",
    "A try on hardware.",
  ],
  [
    "reconstructed",
    "what makes RMPUPDATE clear Validated",
    "Assigned, ASID, GPA or Page_Size changes, or the ASID is 0. Verified: that a new Page_Size clears it (APM vol. 2, 15.36.11), and that an unchanged entry keeps it (M. Roth of AMD, LKML). That Immutable alone does not clear it follows from Pre-Swap, which is a validated page that only RMPUPDATE makes immutable. ASID, GPA and Assigned are ours: without them a page could be remapped under its guest.",
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
    "The host can read the ciphertext of private pages, unless the scenario's machine hides it (ciphertextHiding): then every byte of an assigned page reads FFh, the value of M. Roth's and A. Kalra's patches for Linux. The split of ASIDs that goes with it is left out.",
    MODEL,
  ],
  [
    "simplified",
    "MSRs of the guest",
    "A guest MSR other than the GHCB MSR and SEV_STATUS gives #GP(0); on hardware most are intercepted and raise #VC. A read of SYSCFG gives the 0 that KVM answers with. halt() does not ask the CPL.",
    MODEL,
  ],
  [
    "simplified",
    "the host's instructions before SNPEn",
    "RMPUPDATE, PSMASH and RMPREAD answer as they do later while SYSCFG has SNPEn clear. On hardware they raise #UD until it is set. Nor does the RMP cease to be enforced when SNP_SHUTDOWN_EX with X86_SNP_SHUTDOWN clears it.",
    VOLUME_3,
  ],
  [
    "simplified",
    "VMRUN before SNP_LAUNCH_FINISH",
    "It is let through, and the guest's ASID is in use from then on. On hardware the ASID is not enabled until the firmware has done that command (AMD-ASPFW sev_mcmd.c, snp_mcmd_launch_finish).",
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
    "pages inside a 2M entry",
    "The firmware reads a page's own RMP entry, which looks like Reclaim there. SNP_LAUNCH_UPDATE here reads the 2M entry instead, so that INVALID_PAGE_SIZE and INVALID_ADDRESS can be seen.",
    MODEL,
  ],
  [
    "simplified",
    "Metadata and Firmware-IOMMU",
    "They are told from Firmware by the GPA field alone, as in table 11. AMD's firmware marks upper bits of the field too, so that RMPUPDATE with some GPA cannot forge them; here it can.",
    MODEL,
  ],
  [
    "simplified",
    "RMP placement",
    "RMP_END + 1 need not be a multiple of 1 MiB and the RMP need not cover itself, as ABI revision 1.54, 8.8.2, demands, or a small machine could leave nothing uncovered. Coverage is cut to whole 2 MiB.",
    MODEL,
  ],
  [
    "simplified",
    "the firmware's version",
    "It is the one whose source AMD publishes for Genoa: ABI 1.55, policy bits from 21 on reserved, ASIDs 1 to 1006. It keeps eight guest contexts, and these outlast SNP_SHUTDOWN.",
    MODEL,
  ],
  [
    "simplified",
    "SMT and sockets",
    "The platform has no SMT and one socket, so policy bits 16 and 20 (and those of migration agents) are never the reason of a POLICY_FAILURE.",
    MODEL,
  ],
  [
    "simplified",
    "pages that commands write to",
    "The status page of SNP_GUEST_STATUS and the message pages of SNP_GUEST_REQUEST are left out, and so are their checks. The status of a report stands in the guest's encrypted answer; here it is the command's.",
    MODEL,
  ],
  [
    "simplified",
    "SNP_PAGE_SET_STATE",
    "One range a command, where the firmware takes a list of them. As there, pages of the RMP and pages it does not cover are passed over.",
    MODEL,
  ],
  [
    "simplified",
    "frozen registers",
    "They have no reserved bits, and start as 0; a segmented RMP (RMP_CFG) is not switched on by anything.",
    MODEL,
  ],
  [
    "simplified",
    "MSRs, ports and devices by the GHCB",
    "The default knows seven MSRs, where KVM knows some hundred, and one serial port. Other MSRs are refused, other ports read all ones, other devices read 0.",
    MODEL,
  ],
  [
    "simplified",
    "guest requests",
    "Messages between guest and firmware are neither encrypted nor numbered, and only reports are answered.",
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
    "ID block, migration agents, swapping, debugging",
    "SNP_LAUNCH_FINISH takes no ID block (BAD_MEASUREMENT, BAD_SIGNATURE); no SNP_SWAP_OUT, SNP_SWAP_IN, SNP_PAGE_MOVE, SNP_PAGE_UNSMASH, SNP_DBG_DECRYPT and SNP_DBG_ENCRYPT.",
    MODEL,
  ],
  [
    "not modelled",
    "CPUID page",
    "The firmware compares the values with what the processor has, and refuses (INVALID_PARAM) and corrects them when they say too much. Here it takes them as they are.",
    MODEL,
  ],
  [
    "not modelled",
    "other conditions of SNP_INIT",
    "Microcode levels, memory encryption in the memory controllers, TSEG and DEBUG_STATUS registers, protected memory ranges, legacy SEV.",
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
    "Their Hypervisor-Owned checks (APM vol. 2, table 15-41) are left out, and so is what VMRUN refuses by the VMCB: features of SEV_FEATURES that the host did not allow (ALLOWED_SEV_FEATURES, 138h).",
    MODEL,
  ],
  [
    "not modelled",
    "host writes to pages in use",
    "On older parts a host write to a page that is in use, an AVIC backing page, is #PF(8000_0003h) though the page is not assigned. Newer ones allow it for guests without Secure AVIC: CPUID 8000_001F EAX[30], HvInUseWrAllowed (S. Suthikulpanit of AMD, LKML, 4 Nov 2024).",
    MODEL,
  ],
  [
    "not modelled",
    "2M aligned VMSA pages",
    "By an erratum, VMRUN of a VMSA at a 2 MiB aligned address may fault; Linux, KVM, edk2 and coconut-svsm avoid such pages. Here they run, and RMPADJUST makes any of the 512 pages of a 2M entry a VMSA page: no source does that, and none forbids it.",
    "The erratum's text.",
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
    "RMPOPT (CPUID 8000_0025 EDX[0]) changes no result; RMPCHKD comes with tracking of what is dirty (EDX[2]), and more is not published; coverage is one range from 0.",
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
    "A guest gets no interrupts, be they restricted, alternate or Secure AVIC's; #VC is always delivered to it.",
    MODEL,
  ],
];

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
  for (const op of OPS) {
    const found = operation(op).order;
    if (found && found.sure !== "verified") put(found.sure, `order of ${Op[op]}`, found.note, found.settle);
  }
  for (const [kind, about, text, settle] of ROWS) put(kind, about, text, settle);
  return list;
}
