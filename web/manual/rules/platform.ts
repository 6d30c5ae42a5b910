/**
 * The rungs before any guest exists: registers that freeze with SecureNestedPagingEn (APM vol. 2, 15.36.2) and the
 * checks of SNP_INIT (ABI 56860, 8.6; AMD-ASPFW sev_mcmd.c, snp_mcmd_init_common).
 */
import type { Chapter } from "../rules";

const INIT = "ABI 56860, 8.6; AMD-ASPFW sev_mcmd.c, snp_mcmd_init_common";

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

const STATUS = {
  note: "The check is in AMD's source; that its status is INVALID_CONFIG is ours.",
  settle: "The page of SNP_INIT in ABI 56860.",
} as const;

export const PLATFORM = {
  SYSCFG_OPEN: {
    asks: "Is SYSCFG still open (SecureNestedPagingEn = 0)?",
    because: "SecureNestedPagingEn is set and SYSCFG is frozen",
    why: "The write is ignored without a fault. Only a reset opens the register.",
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
  INIT_RMP_EQUAL: { ...equal("the RMP range (RMP_BASE, RMP_END)"), sure: "reconstructed", ...STATUS },
  INIT_RMP_PLACED: {
    asks: "Does the RMP start at a multiple of 1 MiB, with room for its bookkeeping, inside memory?",
    because: "RMP_BASE and RMP_END do not describe a table inside memory that starts at a multiple of 1 MiB",
    cite: INIT,
    sure: "reconstructed",
    ...STATUS,
    show: "hex",
    sides: ["RMP_BASE", "RMP_END"],
    fix: "Write RMP_BASE and RMP_END before SecureNestedPagingEn is set.",
  },
  INIT_HSAVE: {
    asks: "Is VM_HSAVE_PA zero on every core (asked when the RMP is built)?",
    because: "VM_HSAVE_PA is set on some core, and its page could become another's",
    cite: INIT,
    sure: "reconstructed",
    ...STATUS,
    show: "cores",
    sides: ["cores with it:", ""],
    fix: "Write 0 to VM_HSAVE_PA on every core.",
  },
} satisfies Chapter;
