/**
 * SNP_SHUTDOWN and SNP_SHUTDOWN_EX: the platform is UNINIT again; the RMP stays, and what it protects. A host cannot do it under a
 * guest: every ASID has to be clean, so no guest may have one, and SNP_DF_FLUSH must have come after the last that was RUNNING.
 * SNP_DF_FLUSH makes them so.
 *
 * Source: AMD-ASPFW sev_mcmd.c, snp_mcmd_shutdown_common, mcmd_df_flush_common. With IOMMU_SNP_SHUTDOWN the RMP has to be built anew,
 * and the IOMMU's pages are given back as Reclaim; with X86_SNP_SHUTDOWN SNPEn is cleared on every core too. Not modelled: LENGTH.
 */
import { Cell, FirmwareState, FwStatus, Op, Rule, ShutdownFlag, SyscfgBit } from "../abi";
import { initialized } from "./context";
import { reclaimIommu } from "./rmp";
import { coreCount, coresUnflushed } from "../host/platform";
import { readCell, writeCell } from "../memory/registers";
import { cleanAsids, firstUncleanAsid } from "../state/asid";
import { begin, finish } from "../step/event";
import { firmware } from "../step/outcome";
import { rung } from "../step/rung";

/** `flags` ShutdownFlag. */
export function snpShutdown(flags: u32): u32 {
  if (begin(Op.SNP_SHUTDOWN, flags, 0, 0, 0) && snpShutdownLadder(flags)) shutDown(flags);
  return finish();
}

export function snpShutdownLadder(flags: u32): bool {
  // nothing to do: not an error
  if (!initialized()) return firmware(FwStatus.SUCCESS);
  const unclean = firstUncleanAsid();
  if (!rung(Rule.FW_ASIDS_CLEAN, unclean == 0, unclean, 0)) return firmware(FwStatus.DF_FLUSH_REQUIRED);
  const x86 = (flags & ShutdownFlag.X86) != 0;
  const iommu = (flags & ShutdownFlag.IOMMU) != 0;
  if (!rung(Rule.SHUTDOWN_IOMMU, iommu || !x86, iommu ? 1 : 0, x86 ? 1 : 0)) return firmware(FwStatus.INVALID_PARAM);
  return true;
}

function shutDown(flags: u32): void {
  writeCell(Cell.FW_STATE, FirmwareState.UNINIT);
  if ((flags & ShutdownFlag.IOMMU) == 0) return;
  writeCell(Cell.RMP_READY, 0);
  reclaimIommu();
  if ((flags & ShutdownFlag.X86) == 0) return;
  for (let core: u32 = 0; core < coreCount(); core++) {
    writeCell(Cell.SYSCFG + core, readCell(Cell.SYSCFG + core) & ~(<u64>1 << SyscfgBit.SNPEN));
  }
}

/** SNP_DF_FLUSH: dirty ASIDs are clean. Simplified: one flag a core; the firmware goes by core complexes, and flushes those done. */
export function snpDfFlush(): u32 {
  if (begin(Op.SNP_DF_FLUSH, 0, 0, 0, 0) && snpDfFlushLadder()) cleanAsids();
  return finish();
}

export function snpDfFlushLadder(): bool {
  const missing = coresUnflushed();
  return rung(Rule.FW_WBINVD, missing == 0, missing, 0) || firmware(FwStatus.WBINVD_REQUIRED);
}
