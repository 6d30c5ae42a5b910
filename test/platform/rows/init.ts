/** SNP_INIT, SNP_INIT_EX, SNP_SHUTDOWN: every check in its order. AMD-ASPFW sev_mcmd.c, snp_mcmd_init_common. */
import {
  COMPARED,
  HWCR,
  MEMENC,
  MFDM,
  READY,
  RMP_BASE,
  RMP_END,
  SMMLOCK,
  SNPEN,
  SYSCFG,
  VM_HSAVE_PA,
  VMPLEN,
} from "../model/registers";
import type { Operation } from "../operation";
import {
  active,
  FLUSH,
  flushed,
  GCTX,
  INIT,
  initialized,
  LARGE,
  PARTLY,
  type Row,
  ready,
  rmpAt,
  running,
  SUCCESS,
  status,
  wbinvd,
} from "./steps";

const SOURCE = "ABI 56860 revision 1.54, 8.8.2; AMD-ASPFW snp_mcmd_init_common";
const FLUSH_SOURCE = "AMD-ASPFW sev_mcmd.c, mcmd_df_flush_common; sev_guest.c, sev_guest_deactivate";
const SHUTDOWN = "AMD-ASPFW sev_mcmd.c, snp_mcmd_shutdown_common";
const CONFIG = status("INVALID_CONFIG");
const ex = (initRmp: boolean, more: object = {}): Operation => ({ op: "snp_init_ex", initRmp, ...more });

function wrmsr(core: number, msr: number, value: bigint): Operation {
  return { op: "wrmsr", core, msr, value };
}

/** Both cores with these values of SYSCFG and HWCR, after some writes that must come before the freeze. */
function cores(syscfg: [bigint, bigint], hwcr: [bigint, bigint] = [1n, 1n], before: Operation[] = []): Operation[] {
  return [
    ...before,
    ...[0, 1].flatMap((core) => [wrmsr(core, HWCR, hwcr[core] as bigint), wrmsr(core, SYSCFG, syscfg[core] as bigint)]),
  ];
}

const both = (value: bigint): [bigint, bigint] => [value, value];

function refused(title: string, given: Operation[], rule: string, gives = CONFIG, op: Operation = INIT): Row {
  return { title, cite: SOURCE, given, op, gives, rule };
}

export const INITIALIZATION: Row[] = [
  { title: "SNP_INIT", cite: SOURCE, given: ready(), op: INIT, gives: SUCCESS },
  { title: "SNP_INIT_EX that builds the RMP", cite: SOURCE, given: ready(), op: ex(true), gives: SUCCESS },
  {
    title: "SNP_INIT_EX with ranges",
    cite: SOURCE,
    given: ready(),
    op: ex(true, { fixed: [{ spa: LARGE, pages: 3 }] }),
    gives: SUCCESS,
  },
  refused("reserved field", ready(), "INIT_RESERVED", status("INVALID_PARAM"), ex(true, { reserved: true })),
  refused("initialized already", initialized(), "INIT_STATE", status("INVALID_PLATFORM_STATE")),
  refused("never built", ready(), "INIT_RMP", status("RMP_INIT_REQUIRED"), ex(false)),
  refused(
    "ranges for an RMP that is not built",
    [...initialized(), { op: "snp_shutdown" }],
    "INIT_LIST",
    status("INVALID_PARAM"),
    ex(false, { fixed: [{ spa: LARGE, pages: 1 }] }),
  ),
  ...[0, 1].flatMap((core) => {
    const without = (bit: bigint): [bigint, bigint] => (core === 0 ? [READY & ~bit, READY] : [READY, READY & ~bit]);
    return [
      refused(`core ${core}: no MemEncryptionModEn`, cores(without(MEMENC)), "INIT_MEMENC"),
      refused(`core ${core}: no SecureNestedPagingEn`, cores(without(SNPEN)), "INIT_SNPEN"),
      refused(`core ${core}: no VMPLEn`, cores(without(VMPLEN)), "INIT_VMPLEN"),
      refused(`core ${core}: no MtrrFixDramModEn, and so SYSCFG differs`, cores(without(MFDM)), "INIT_SYSCFG_EQUAL"),
      refused(
        `core ${core}: SmmLock differs`,
        cores(both(READY), core === 0 ? [0n, 1n] : [1n, 0n]),
        "INIT_SMMLOCK_EQUAL",
      ),
    ];
  }),
  refused(
    "VMPLEn on no core: VMPLs are not optional (ABI revision 1.54, 8.8.2)",
    cores(both(READY & ~VMPLEN)),
    "INIT_VMPLEN",
  ),
  refused("MtrrFixDramModEn on no core", cores(both(READY & ~MFDM)), "INIT_MFDM"),
  refused("SmmLock on no core", cores(both(READY), both(0n)), "INIT_SMMLOCK"),
  refused("another bit of SYSCFG differs", cores([READY, READY | 1n]), "INIT_SYSCFG_EQUAL"),
  refused("another bit of HWCR differs", cores(both(READY), [SMMLOCK, SMMLOCK | 2n]), "INIT_MSRS_EQUAL"),
  ...COMPARED.map((msr) =>
    refused(`0x${msr.toString(16)} differs`, cores(both(READY), both(1n), [wrmsr(1, msr, 0x1000n)]), "INIT_MSRS_EQUAL"),
  ),
  refused("RMP_BASE differs", cores(both(READY), both(1n), [wrmsr(1, RMP_BASE, 0x60_0000n)]), "INIT_RMP_EQUAL"),
  refused("RMP_END differs", cores(both(READY), both(1n), [wrmsr(1, RMP_END, 0x7f_ffffn)]), "INIT_RMP_EQUAL"),
  refused("RMP_END before RMP_BASE", rmpAt(0x70_0000, 0x6f_ffff), "INIT_RMP_RANGE", status("INVALID_ADDRESS")),
  refused("RMP over the legacy SMRAM", rmpAt(0, 0xa_ffff), "INIT_RMP_RANGE", status("INVALID_ADDRESS")),
  refused(
    "RMP that ends in the legacy SMRAM's first byte",
    rmpAt(0, 0xa_0000),
    "INIT_RMP_RANGE",
    status("INVALID_ADDRESS"),
  ),
  { title: "RMP just below the legacy SMRAM", cite: SOURCE, given: rmpAt(0, 0x9_ffff), op: INIT, gives: SUCCESS },
  refused("RMP_BASE at a multiple of 8 KiB only", rmpAt(0x70_2000, 0x70_dfff), "INIT_RMP_PLACED"),
  refused("RMP behind the end of memory", rmpAt(0x70_0000, 0x80_0000), "INIT_RMP_PLACED"),
  refused("VM_HSAVE_PA set on a core", cores(both(READY), both(1n), [wrmsr(1, VM_HSAVE_PA, 0x5000n)]), "INIT_HSAVE"),
  {
    title: "VM_HSAVE_PA does not matter when the RMP is not built",
    cite: SOURCE,
    given: [...initialized(), { op: "snp_shutdown" }, wrmsr(1, VM_HSAVE_PA, 0x5000n)],
    op: ex(false),
    gives: SUCCESS,
  },
  refused(
    "RMP with room for its bookkeeping only",
    rmpAt(0x70_0000, 0x70_3fff),
    "INIT_RMP_ROOM",
    status("RMP_INITIALIZATION_FAILED"),
  ),
  refused(
    "RMP with 511 entries (Simplified: coverage goes by 2 MiB)",
    rmpAt(0x70_0000, 0x70_5fef),
    "INIT_RMP_ROOM",
    status("RMP_INITIALIZATION_FAILED"),
  ),
  { title: "RMP with 512 entries", cite: SOURCE, given: rmpAt(0x70_0000, 0x70_5fff), op: INIT, gives: SUCCESS },
  {
    title: "an RMP that does not cover itself",
    cite: "Simplified",
    given: ready(),
    op: INIT,
    gives: SUCCESS,
    platform: PARTLY,
  },
  {
    title: "the order: a core without VMPLEn and without SmmLock lacks VMPLEn first",
    cite: SOURCE,
    given: cores(both(READY & ~VMPLEN), both(0n)),
    op: INIT,
    gives: CONFIG,
    rule: "INIT_VMPLEN",
  },
  {
    title: "SNP_DF_FLUSH",
    cite: FLUSH_SOURCE,
    given: [...ready(), INIT, ...wbinvd()],
    op: FLUSH,
    gives: SUCCESS,
  },
  refused(
    "SNP_DF_FLUSH while a core has not done WBINVD since SNP_INIT",
    [...ready(), ...wbinvd(), INIT, { op: "wbinvd", core: 0 }],
    "FW_WBINVD",
    status("WBINVD_REQUIRED"),
    FLUSH,
  ),
  refused(
    "SNP_DF_FLUSH after a guest that was RUNNING, without WBINVD",
    [...running(), { op: "decommission", gctx: GCTX }],
    "FW_WBINVD",
    status("WBINVD_REQUIRED"),
    FLUSH,
  ),
  {
    title: "after a guest that never was RUNNING no WBINVD is asked for",
    cite: FLUSH_SOURCE,
    given: [...active(), { op: "decommission", gctx: GCTX }],
    op: FLUSH,
    gives: SUCCESS,
  },
  refused("SNP_SHUTDOWN before SNP_DF_FLUSH", [...ready(), INIT], "FW_ASIDS_CLEAN", status("DF_FLUSH_REQUIRED"), {
    op: "snp_shutdown",
  }),
  refused("SNP_SHUTDOWN under a guest", active(), "FW_ASIDS_CLEAN", status("DF_FLUSH_REQUIRED"), {
    op: "snp_shutdown",
  }),
  refused(
    "SNP_SHUTDOWN_EX under a guest that is RUNNING; the order: before the operands are looked at",
    running(),
    "FW_ASIDS_CLEAN",
    status("DF_FLUSH_REQUIRED"),
    { op: "snp_shutdown_ex", iommu: false, x86: true },
  ),
  {
    title: "SNP_SHUTDOWN after the guest is gone and the caches are flushed",
    cite: SHUTDOWN,
    given: [...running(), { op: "decommission", gctx: GCTX }, ...flushed()],
    op: { op: "snp_shutdown" },
    gives: SUCCESS,
  },
  refused("X86_SNP_SHUTDOWN without IOMMU_SNP_SHUTDOWN", initialized(), "SHUTDOWN_IOMMU", status("INVALID_PARAM"), {
    op: "snp_shutdown_ex",
    iommu: false,
    x86: true,
  }),
  refused(
    "X86_SNP_SHUTDOWN clears SNPEn: SNP_INIT lacks it then",
    [...initialized(), { op: "snp_shutdown_ex", iommu: true, x86: true }],
    "INIT_SNPEN",
    CONFIG,
  ),
  { title: "SNP_SHUTDOWN", cite: SHUTDOWN, given: initialized(), op: { op: "snp_shutdown" }, gives: SUCCESS },
  {
    title: "SNP_SHUTDOWN of a platform that is not initialized succeeds, and does nothing",
    cite: SHUTDOWN,
    given: ready(),
    op: { op: "snp_shutdown" },
    gives: SUCCESS,
    rule: "FW_INITIALIZED",
  },
  {
    title: "after SNP_SHUTDOWN the RMP need not be built again",
    cite: SHUTDOWN,
    given: [...initialized(), { op: "snp_shutdown" }],
    op: ex(false),
    gives: SUCCESS,
  },
  {
    title: "after SNP_SHUTDOWN_EX without IOMMU_SNP_SHUTDOWN neither",
    cite: SHUTDOWN,
    given: [...initialized(), { op: "snp_shutdown_ex", iommu: false }],
    op: ex(false),
    gives: SUCCESS,
  },
  refused(
    "after SNP_SHUTDOWN_EX with IOMMU_SNP_SHUTDOWN it must",
    [...initialized(), { op: "snp_shutdown_ex", iommu: true }],
    "INIT_RMP",
    status("RMP_INIT_REQUIRED"),
    ex(false),
  ),
];
