/** Why a guest asked to be terminated. Set 0 is the GHCB specification's (56421), set 1 Linux's own (sev-common.h). */

/** By set and code: the name, and what it means where Linux's comments or its use say so. */
const TERMINATIONS: readonly (readonly (readonly [name: string, meaning: string])[])[] = [
  [
    ["GHCB_SEV_ES_GEN_REQ", "a general reason"],
    ["GHCB_SEV_ES_PROT_UNSUPPORTED", "the GHCB protocol versions do not meet"],
    ["GHCB_SNP_UNSUPPORTED", "the hypervisor does not support SNP"],
  ],
  [
    ["GHCB_TERM_REGISTER", "the hypervisor did not register the GHCB page"],
    ["GHCB_TERM_PSC", "the page state change failed"],
    ["GHCB_TERM_PVALIDATE", "PVALIDATE failed or changed nothing"],
    ["GHCB_TERM_NOT_VMPL0", "the kernel does not run at VMPL0"],
    ["GHCB_TERM_CPUID", "CPUID failed"],
    ["GHCB_TERM_CPUID_HV", "the hypervisor's CPUID answer failed"],
    ["GHCB_TERM_SECRETS_PAGE", "there is no secrets page"],
    ["GHCB_TERM_NO_SVSM", "not VMPL0, and no SVSM"],
    ["GHCB_TERM_SVSM_VMPL0", "the SVSM says that the guest runs at VMPL0"],
    ["GHCB_TERM_SVSM_CAA", "the SVSM's calling area is bad"],
    ["GHCB_TERM_SECURE_TSC", ""],
    ["GHCB_TERM_SVSM_CA_REMAP_FAIL", ""],
    ["GHCB_TERM_SAVIC_FAIL", ""],
  ],
];

/** The name of a termination code; "unknown" when neither the GHCB specification nor Linux gives it one. */
export function terminationName(set: number, code: number): string {
  return TERMINATIONS[set]?.[code]?.[0] ?? "unknown";
}

/** What the code means, "" when it is not known. */
export function terminationMeaning(set: number, code: number): string {
  return TERMINATIONS[set]?.[code]?.[1] ?? "";
}
