/** Why a VMRUN gave VMEXIT_INVALID or VMEXIT_BUSY, for who reads only the end: the check that failed, and the command that failed before it. */
import { Rule } from "../../assembly/abi";
import type { Machine } from "../core/machine";

/** By the name of the check, what the page is or lacks. */
const REASONS: Record<string, string> = {
  VMRUN_SNP: "SNP is not enabled",
  VMRUN_COVERED: "the RMP does not cover the page",
  VMRUN_ASSIGNED: "the page is assigned to no guest",
  VMRUN_ASID: "the page is not this guest's",
  VMRUN_MUTABLE: "the page is immutable",
  VMRUN_VMSA: "the page is no VMSA page",
  VMRUN_SVME: "EFER.SVME is clear in it",
  VMRUN_IN_USE: "another vCPU runs it",
  VMRUN_BUSY: "it is marked busy",
};

/** After the VMRUN. `failure`: the event of the firmware command that failed last, null for none. */
export function vmrunRefused(machine: Machine, page: number, failure: number | null): string {
  const name = Rule[machine.rule] ?? "";
  const reason = REASONS[name];
  const why = reason === undefined ? name : `${reason} (${name})`;
  const exit = machine.rule === Rule.VMRUN_BUSY ? "VMEXIT_BUSY" : "VMEXIT_INVALID";
  const text = `VMRUN of 0x${page.toString(16)} gives ${exit}: ${why}`;
  if (failure === null) return text;
  const { op, status } = machine.event(failure);
  return `${text}. The command that failed last: ${op.toUpperCase()}, ${status}`;
}
