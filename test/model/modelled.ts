/**
 * Which operation of the second model stands for each operation of the core; null for what is only recorded, without checks
 * or effects of its own. Total: an operation that the second model does not know does not compile.
 */
import type { OperationName } from "../../cli/operation";
import type { OpName } from "../../web/trace/operations";
import type { OperationName as PlatformOperationName } from "../platform/operation";

export const MODELLED: Readonly<Record<OpName, OperationName | PlatformOperationName | null>> = {
  pvalidate: "pvalidate",
  rmpadjust: "rmpadjust",
  rmpquery: "rmpquery",
  rmpupdate: "rmpupdate",
  psmash: "psmash",
  rmpread: "rmpread",
  vmrun: "vmrun",
  read: "guest-read",
  write: "guest-write",
  execute: "guest-fetch",
  "host-read": "host-read",
  "host-write": "host-write",
  "npt.map": "npt-map",
  "npt.unmap": "npt-unmap",
  "gpt.map": "gpt-map",
  wrmsr: null,
  rdmsr: null,
  cpuid: null,
  vmgexit: null,
  halt: null,
  cpl: null,
  "host-wrmsr": "wrmsr",
  "host-rdmsr": "rdmsr",
  snp_init: "snp_init",
  snp_gctx_create: "gctx_create",
  snp_launch_start: "launch_start",
  snp_activate: "activate",
  snp_launch_update: "launch_update",
  snp_launch_finish: "launch_finish",
  snp_decommission: "decommission",
  snp_page_reclaim: "page_reclaim",
  snp_page_set_state: "page_set_state",
  snp_page_md_init: "page_md_init",
  snp_guest_status: "guest_status",
  snp_guest_request: "guest_request",
  snp_shutdown: "snp_shutdown",
  snp_df_flush: "df_flush",
  wbinvd: "wbinvd",
};
