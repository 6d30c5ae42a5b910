/**
 * The rungs before any guest exists: registers that freeze with SecureNestedPagingEn (APM vol. 2, 15.36.2) and the
 * checks of SNP_INIT (ABI 56860 revision 1.54, 8.8.2; AMD-ASPFW sev_mcmd.c, snp_mcmd_init_common).
 */
import type { Chapter } from "../rules";

const INIT = "ABI 56860 revision 1.54, 8.8.2; AMD-ASPFW sev_mcmd.c, snp_mcmd_init_common";

function bit(name: string, at: string) {
  return {
    asks: `Is ${name} (${at}) set on every core, the same on all?`,
    because: `${name} (${at}) is not set on every core`,
    cite: INIT,
    sure: "verified",
    show: "cores",
    sides: ["cores without it:", ""],
    fix: `Set ${name} on every core before SNP_INIT.`,
  } as const;
}

function equal(name: string) {
  return {
    asks: `Is ${name} the same on every core?`,
    because: `${name} differs between cores`,
    cite: INIT,
    sure: "verified",
    show: "cores",
    sides: ["cores unlike core 0:", ""],
    fix: `Set ${name} alike on every core.`,
  } as const;
}

export const PLATFORM = {
  SYSCFG_OPEN: {
    asks: "Is SYSCFG still open (SecureNestedPagingEn = 0)?",
    because: "SecureNestedPagingEn is set and SYSCFG is frozen",
    why: "The write is ignored without a fault. Only a reset opens the register, or the firmware, by SNP_SHUTDOWN_EX with X86_SNP_SHUTDOWN.",
    cite: "APM vol. 2, 15.36.2",
    sure: "verified",
    show: "flag",
    fix: "Write SYSCFG before SecureNestedPagingEn is set.",
  },
  FROZEN_MSR: {
    asks: "Is the register still open (SecureNestedPagingEn = 0)?",
    because: "SecureNestedPagingEn is set and {msr|the register} is frozen",
    cite: "APM vol. 2, 15.36.2",
    sure: "verified",
    show: "flag",
    fix: "Write the register before SecureNestedPagingEn is set.",
  },
  INIT_STATE: {
    asks: "Is the platform in the UNINIT state?",
    because: "the platform is initialized already",
    cite: INIT,
    sure: "verified",
    show: "number",
    fix: "SNP_SHUTDOWN first.",
  },
  INIT_RESERVED: {
    asks: "Are the command's reserved fields zero?",
    because: "a reserved field of the command is not zero",
    cite: INIT,
    sure: "verified",
    show: "flag",
    fix: "Set the reserved fields to zero.",
  },
  INIT_RMP: {
    asks: "Is the RMP built now (INIT_RMP), or was it since reset?",
    because: "the RMP was never initialized since reset and INIT_RMP is 0",
    cite: INIT,
    sure: "verified",
    show: "flag",
    sides: ["built before", "INIT_RMP"],
    fix: "Set INIT_RMP.",
  },
  INIT_LIST: {
    asks: "Are HV-Fixed ranges named only when the RMP is built?",
    because: "HV-Fixed ranges are named and the RMP is not built (INIT_RMP is 0)",
    cite: INIT,
    sure: "verified",
    show: "flag",
    sides: ["ranges named", "RMP built"],
    fix: "Set INIT_RMP, or name no ranges.",
  },
  INIT_MSRS_EQUAL: {
    ...equal("every other frozen register (fixed MTRRs, IORRs, TOP_MEM, TOP_MEM2) and HWCR"),
    because: "a fixed MTRR, an IORR, TOP_MEM, TOP_MEM2 or HWCR differs between cores",
    cite: "AMD-ASPFW sev_hal.c, sev_hal_check_msrs",
    fix: "Set these registers alike on every core.",
  },
  INIT_SNPEN: bit("SecureNestedPagingEn", "SYSCFG bit 24"),
  INIT_VMPLEN: {
    ...bit("VMPLEn", "SYSCFG bit 25"),
    why: "The processor lets SecureNestedPagingEn be set without it; the firmware does not. So every SNP guest has VMPLs.",
  },
  INIT_MEMENC: bit("MemEncryptionModEn", "SYSCFG bit 23"),
  INIT_MFDM: bit("MtrrFixDramModEn", "SYSCFG bit 19"),
  INIT_SYSCFG_EQUAL: equal("SYSCFG"),
  INIT_SMMLOCK: bit("SmmLock", "HWCR bit 0"),
  INIT_SMMLOCK_EQUAL: equal("HWCR.SmmLock"),
  INIT_RMP_EQUAL: equal("the RMP range (RMP_BASE, RMP_END)"),
  INIT_RMP_RANGE: {
    asks: "Does the RMP end behind its start and keep clear of the legacy SMRAM (A_0000h to B_FFFFh)?",
    because: "RMP_BASE and RMP_END are no range that keeps clear of the legacy SMRAM",
    cite: "AMD-ASPFW sev_rmp.c, get_rmp_bounds; x86_copy.c, validate_address_range",
    sure: "verified",
    show: "hex",
    sides: ["RMP_BASE", "RMP_END"],
    fix: "Write RMP_BASE and RMP_END before SecureNestedPagingEn is set.",
  },
  INIT_RMP_PLACED: {
    asks: "Does the RMP lie inside memory and start at a multiple of 1 MiB?",
    because: "RMP_BASE and RMP_END do not describe a table inside memory that starts at a multiple of 1 MiB",
    cite: "ABI 56860 revision 1.54, 8.8.2; AMD-ASPFW sev_rmp.c, get_rmp_bounds, validate_memory_map",
    sure: "verified",
    show: "hex",
    sides: ["RMP_BASE", "RMP_END"],
    fix: "Write RMP_BASE and RMP_END before SecureNestedPagingEn is set.",
  },
  INIT_HSAVE: {
    asks: "The RMP is built: is VM_HSAVE_PA zero on every core?",
    because: "VM_HSAVE_PA is set on some core: a guest may have run already",
    cite: INIT,
    sure: "verified",
    show: "cores",
    sides: ["cores with it:", ""],
    fix: "Write 0 to VM_HSAVE_PA on every core.",
  },
  INIT_RMP_ROOM: {
    asks: "The RMP is built: does it hold entries behind its 16 KiB of bookkeeping?",
    because: "RMP_BASE and RMP_END leave no room for entries",
    cite: "AMD-ASPFW sev_rmp.c, init_ranges, configure_rmp",
    sure: "reconstructed",
    note: "AMD's source wants one entry, and that the RMP covers itself; here coverage goes by whole 2 MiB.",
    settle: "A fuller model.",
    show: "number",
    sides: ["pages covered", ""],
    fix: "Write a higher RMP_END before SecureNestedPagingEn is set.",
  },
} satisfies Chapter;
