/** Names of what abi.ts numbers: as Linux and the manuals spell them. */
import { Eax, FwStatus, Op, Rule } from "../../assembly/abi";

/** Operation names as programs, traces and links use them; the index is Op. */
export const OP_NAMES: readonly string[] = [
  "none",
  "pvalidate",
  "rmpadjust",
  "rmpquery",
  "rmpupdate",
  "psmash",
  "rmpread",
  "vmrun",
  "read",
  "write",
  "execute",
  "host-read",
  "host-write",
  "npt.map",
  "npt.unmap",
  "gpt.map",
  "wrmsr",
  "rdmsr",
  "cpuid",
  "vmgexit",
  "halt",
  "cpl",
  "host-wrmsr",
  "host-rdmsr",
  "snp_init",
  "snp_gctx_create",
  "snp_launch_start",
  "snp_activate",
  "snp_launch_update",
  "snp_launch_finish",
  "snp_decommission",
  "snp_page_reclaim",
  "snp_page_set_state",
  "snp_page_md_init",
  "snp_guest_status",
  "snp_guest_request",
  "snp_shutdown",
];

export const ACTOR_NAMES = ["guest", "hypervisor", "firmware"] as const;

/** Name of a check, as abi.ts spells it. */
export function ruleName(rule: Rule): string {
  return Rule[rule] ?? `rule ${rule}`;
}

/** "FAIL_PERMISSION": status of an SNP instruction in EAX. */
export function eaxName(eax: number): string {
  return Eax[eax] ?? `status ${eax}`;
}

/** "INVALID_CONFIG": status of a firmware command. */
export function firmwareStatusName(status: number): string {
  return FwStatus[status] ?? `status ${status}`;
}

/** Operations that a firmware command stands for. */
export function isFirmwareOp(op: Op): boolean {
  return op >= Op.SNP_INIT && op < Op.COUNT;
}
