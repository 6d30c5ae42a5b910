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
  INIT_SNPEN: bit("SecureNestedPagingEn", "SYSCFG bit 24"),
  INIT_VMPLEN: {
    ...bit("VMPLEn", "SYSCFG bit 25"),
    why: "The processor lets SecureNestedPagingEn be set without it; the firmware does not. So every SNP guest has VMPLs.",
  },
  INIT_MEMENC: bit("MemEncryptionModEn", "SYSCFG bit 23"),
  INIT_MFDM: bit("MtrrFixDramModEn", "SYSCFG bit 19"),
  INIT_SMMLOCK: bit("SmmLock", "HWCR bit 0"),
} satisfies Chapter;
