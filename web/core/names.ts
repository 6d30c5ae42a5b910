/** Names of what abi.ts numbers: as Linux and the manuals spell them. Those of operations are in trace/operations.ts. */
import { Actor, Eax, FwStatus, Rule } from "../../assembly/abi";

export const ACTOR_NAMES: Readonly<Record<Actor, "guest" | "hypervisor" | "firmware">> = {
  [Actor.GUEST]: "guest",
  [Actor.HYPERVISOR]: "hypervisor",
  [Actor.FIRMWARE]: "firmware",
};

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
