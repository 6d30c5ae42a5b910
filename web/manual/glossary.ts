/**
 * Every term a user meets, in one or two sentences with its source. Spelled as the manuals spell them.
 * APM vol. 2 is AMD publication 24593, ABI is 56860, GHCB specification 56421, SVSM specification 58019.
 */
export interface Term {
  term: string;
  text: string;
  cite: string;
}

type Row = readonly [term: string, text: string, cite: string];

const ROWS: readonly Row[] = [
  [
    "SEV-SNP",
    "Secure Nested Paging: AMD's confidential VMs with memory that is encrypted and whose mapping the guest itself has to accept.",
    "APM vol. 2, 15.36",
  ],
  [
    "RMP",
    "Reverse Map Table: one entry for each page of system memory that it covers, which says who owns the page, at which guest physical address and with which rights.",
    "APM vol. 2, 15.36.3, table 15-34",
  ],
  [
    "Assigned",
    "The page belongs to a guest or to the AMD-SP. Clear: it belongs to the hypervisor.",
    "APM vol. 2, table 15-35",
  ],
  [
    "Validated",
    "The guest has accepted the page with PVALIDATE. RMPUPDATE clears it whenever the page changes owner, place or size.",
    "APM vol. 2, 15.36.6",
  ],
  [
    "Immutable",
    "RMPUPDATE and the guest may not use the entry; only the firmware clears it.",
    "APM vol. 2, table 15-34",
  ],
  ["Page_Size", "Size of the page an entry stands for: 4K or 2M.", "APM vol. 2, table 15-34"],
  ["covering entry", "The entry that decides for a page: the 2M entry it lies in, else its own.", "this model's word"],
  [
    "ASID",
    "Address space identifier: the number of a guest and of its encryption key. 0 is the host.",
    "APM vol. 2, 15.34",
  ],
  [
    "VMPL",
    "Virtual Machine Privilege Level 0 to 3 of a vCPU, 0 the most privileged. It comes from the VMSA the vCPU runs on.",
    "APM vol. 2, 15.36.7",
  ],
  [
    "permission mask",
    "What one VMPL may do with a page: R, W, XU (execute at CPL3), XS (execute below), SSS (shadow stack).",
    "APM vol. 2, table 15-36",
  ],
  [
    "CPL",
    "Current privilege level inside the guest: 0 is the kernel, 3 user code. Not to be confused with VMPL.",
    "APM vol. 2, chapter 4",
  ],
  [
    "VMSA",
    "Save area with the registers of one vCPU at one VMPL, encrypted. VMRUN takes only pages whose RMP entry says VMSA.",
    "APM vol. 2, 15.36.12, table 15-41",
  ],
  [
    "vCPU",
    "A virtual processor. With several VMPLs it has one VMSA for each, and runs on one at a time.",
    "APM vol. 2, 15.36.7",
  ],
  [
    "PVALIDATE",
    "Guest instruction that sets or clears Validated. VMPL0 only; CF=1 says that nothing changed.",
    "APM vol. 2, 15.36.6; APM vol. 3",
  ],
  [
    "RMPADJUST",
    "Guest instruction that sets the permissions of a less privileged VMPL and, at VMPL0, makes VMSA pages.",
    "APM vol. 2, 15.36.7; APM vol. 3",
  ],
  ["RMPQUERY", "Guest instruction that reads the permissions of a VMPL.", "APM vol. 3"],
  ["RMPUPDATE", "Host instruction that writes an RMP entry: assigns a page or takes it back.", "APM vol. 2, 15.36.5"],
  [
    "PSMASH",
    "Host instruction that splits a 2M entry into 512 4K entries and keeps their validation.",
    "APM vol. 2, 15.36.11",
  ],
  [
    "RMPREAD",
    "Host instruction that reads an RMP entry, without Validated, VMSA and permissions.",
    "Linux, arch/x86/virt/svm/sev.c",
  ],
  ["VMRUN", "Host instruction that enters a guest.", "APM vol. 2, 15.36.12"],
  ["VMGEXIT", "Guest instruction that hands a request to the hypervisor, by the GHCB or its MSR.", "APM vol. 2, 15.35"],
  [
    "GHCB",
    "Guest-Hypervisor Communication Block: the shared page by which a guest asks the hypervisor for things. Its MSR C001_0130h carries small requests.",
    "GHCB specification",
  ],
  [
    "page state change",
    "The guest's request to make a page private or shared. The hypervisor may refuse, or lie.",
    "GHCB specification, MSR protocol 014h",
  ],
  [
    "NAE event",
    "Non-automatic exit: an event that raises #VC in the guest, which then asks the hypervisor through the GHCB.",
    "APM vol. 2, 15.35; GHCB specification",
  ],
  [
    "C-bit",
    "Bit of a guest page-table entry: 1 is private (encrypted, RMP-checked), 0 shared with the hypervisor.",
    "APM vol. 2, 15.34",
  ],
  [
    "ciphertext hiding",
    "Newer parts can keep the host from reading a guest's ciphertext: with CIPHERTEXT_HIDING_EN of SNP_INIT_EX it reads FFh bytes of assigned pages.",
    "M. Roth and A. Kalra (AMD), LKML",
  ],
  ["private", "C=1: encrypted with the guest's key and checked against the RMP.", "APM vol. 2, 15.36.10"],
  [
    "shared",
    "C=0: plain memory of the hypervisor. A shared write to an assigned page is stopped, a shared read is not.",
    "APM vol. 2, table 15-39",
  ],
  ["gva", "Guest virtual address: what the guest's code names.", "APM vol. 2, 15.25"],
  ["gpa", "Guest physical address: where the guest page table leads.", "APM vol. 2, 15.25"],
  ["spa", "System physical address: where the nested page table leads; the RMP is indexed by it.", "APM vol. 2, 15.25"],
  [
    "nested page table",
    "The hypervisor's table from gpa to spa. It may say anything; the RMP limits what that can do.",
    "APM vol. 2, 15.25",
  ],
  [
    "#NPF",
    "Nested page fault: an exit to the hypervisor, not an exception. The guest notices nothing until it runs again.",
    "APM vol. 2, 15.25.6",
  ],
  [
    "#VC",
    "VMM communication exception, vector 29. Error code 404h: the page is not validated.",
    "APM vol. 2, 15.36.10",
  ],
  [
    "#PF",
    "Page fault, vector 14. For the host, bit 31 of the error code says that the RMP forbade it.",
    "APM vol. 2, 15.36.10",
  ],
  ["#GP", "General protection exception, vector 13. What PVALIDATE gives at VMPL1 to VMPL3.", "APM vol. 3"],
  [
    "VMEXIT_INVALID",
    "The exit code of a VMRUN that was refused. VMEXIT_BUSY instead when whoever fills the VMSA has marked it busy.",
    "APM vol. 2, 15.36.12 and 15.36.16",
  ],
  [
    "in use",
    "What a VMSA page is from VMRUN to the next #VMEXIT: the host can neither change its entry (FAIL_INUSE) nor run it twice, and a guest that touches it gets an #NPF.",
    "APM vol. 2, 15.36.12; A. Kalra (AMD), LKML, 30 Apr 2025",
  ],
  [
    "EXITINFO1",
    "Why an #NPF came: RMP, ENC (private access), SIZEM (size mismatch), VMPL, FINAL (the access itself), US, RW, ID, P.",
    "APM vol. 2, 15.36.10",
  ],
  ["EXITINFO2", "The gpa of an #NPF.", "APM vol. 2, 15.25.6"],
  [
    "SIZEM",
    "EXITINFO1 bit 35: a 4K PVALIDATE or RMPADJUST met a 2M entry. The hypervisor answers with PSMASH.",
    "APM vol. 2, table 15-40",
  ],
  [
    "SYSCFG",
    "MSR C001_0010h: switches memory encryption, SEV-SNP and VMPLs on. Frozen once SecureNestedPagingEn is set.",
    "APM vol. 2, 15.36.2",
  ],
  [
    "SecureNestedPagingEn",
    "SYSCFG bit 24, SNPEn for short: SEV-SNP is on. Only a reset clears it, or the firmware by SNP_SHUTDOWN_EX.",
    "APM vol. 2, 15.36.2; AMD-ASPFW",
  ],
  [
    "VMPLEn",
    "SYSCFG bit 25: VMPLs are on. Without it SNP_INIT refuses, so every SNP guest has VMPLs.",
    "APM vol. 2, 15.36.2; ABI revision 1.54, 8.8.2",
  ],
  [
    "AMD-SP",
    "AMD Secure Processor: runs the SEV firmware, which starts guests and alone may touch immutable pages.",
    "ABI",
  ],
  [
    "SNP_INIT",
    "Firmware command that initializes SEV-SNP after checking every core's registers.",
    "ABI revision 1.54, 8.8.2",
  ],
  [
    "SNP_DF_FLUSH",
    "Firmware command that makes dirty ASIDs clean, after WBINVD on every core: an ASID must be clean before a guest gets it.",
    "ABI; AMD-ASPFW",
  ],
  [
    "SNP_LAUNCH_UPDATE",
    "Firmware command that measures a page into the launch digest, encrypts it and makes it Guest-Valid.",
    "ABI",
  ],
  [
    "VMPCK",
    "A key of the guest for messages to the AMD-SP, in its secrets page: VMPCK0 to VMPCK3, one a VMPL. A report for a more privileged VMPL than the key's is refused.",
    "ABI, SNP_GUEST_REQUEST; AMD-ASPFW",
  ],
  [
    "IMI",
    "Incoming migration image: guest code that is launched to receive a migrated guest. Such a guest takes no other pages at launch.",
    "ABI, SNP_LAUNCH_START; AMD-ASPFW",
  ],
  [
    "launch digest",
    "SHA-384 chain over the pages launched, with type, gpa and permissions. The boot VMPL is in it, because the VMSA is.",
    "ABI, SNP_LAUNCH_UPDATE",
  ],
  [
    "Uncovered",
    "Page state: the RMP has no entry for it. The hypervisor's for ever; the ABI calls it Default.",
    "ABI, table 11",
  ],
  ["Hypervisor", "Page state: not assigned. The host may write it.", "ABI, table 11"],
  ["HV-Fixed", "Page state: the hypervisor's and immutable. Set by the firmware, until reset.", "ABI, table 11"],
  ["Firmware", "Page state: lent to the AMD-SP (assigned, ASID 0, immutable).", "ABI, table 11"],
  ["Firmware-IOMMU", "Page state: a firmware page for the IOMMU, told from Metadata by gpa 1.", "ABI, table 11"],
  ["Reclaim", "Page state: assigned to nobody (ASID 0, not immutable), ready to be taken back.", "ABI, table 11"],
  ["Context", "Page state: holds a guest context of the firmware.", "ABI, table 11"],
  ["Metadata", "Page state: describes pages that were swapped out.", "ABI, table 11"],
  [
    "Pre-Guest",
    "Page state: assigned to a guest, immutable, not validated. What SNP_LAUNCH_UPDATE takes.",
    "ABI, table 11",
  ],
  ["Pre-Swap", "Page state: validated and immutable, about to be swapped out or moved.", "ABI, table 11"],
  [
    "Guest-Invalid",
    "Page state: assigned to a guest that has not validated it. A private access raises #VC.",
    "ABI, table 11",
  ],
  ["Guest-Valid", "Page state: assigned and validated. The guest uses it.", "ABI, table 11"],
  [
    "SVSM",
    "Secure VM Service Module: code at VMPL0 that validates pages and makes vCPUs for the OS at a less privileged VMPL.",
    "SVSM specification",
  ],
  [
    "KVM",
    "Linux's hypervisor; the default hypervisor of this page follows it.",
    "Linux 6.11 to 6.18, arch/x86/kvm/svm/sev.c",
  ],
  [
    "NOT_VMPL0",
    "Termination set 1, code 3: Linux probed its VMPL by RMPADJUST and ended the boot rather than take #GP later.",
    "Linux 5.19, enforce_vmpl0()",
  ],
];

export const GLOSSARY: readonly Term[] = ROWS.map(([term, text, cite]) => ({ term, text, cite }));

/** The entry of a term, as it is spelled; undefined when there is none. */
export function term(name: string): Term | undefined {
  return GLOSSARY.find((entry) => entry.term === name);
}
