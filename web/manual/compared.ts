/** The two values a rung compared, as a reader wants them: "target VMPL1, current VMPL1". */
import { Flag, GuestState, PageState, PageType } from "../../assembly/abi";
import type { Reason } from "../core/event";
import { hex, permissions, size, small, type Value, whole } from "./format";
import { ruleText, type Show } from "./rules";

const STATES: Record<PageState, string> = {
  [PageState.UNCOVERED]: "Uncovered",
  [PageState.HYPERVISOR]: "Hypervisor",
  [PageState.HV_FIXED]: "HV-Fixed",
  [PageState.FIRMWARE]: "Firmware",
  [PageState.FIRMWARE_IOMMU]: "Firmware-IOMMU",
  [PageState.RECLAIM]: "Reclaim",
  [PageState.CONTEXT]: "Context",
  [PageState.METADATA]: "Metadata",
  [PageState.PRE_GUEST]: "Pre-Guest",
  [PageState.PRE_SWAP]: "Pre-Swap",
  [PageState.GUEST_INVALID]: "Guest-Invalid",
  [PageState.GUEST_VALID]: "Guest-Valid",
};

/** A page state by the firmware's name for it: ABI 56860, table 11. The ABI calls an uncovered page Default. */
export function stateName(state: PageState): string {
  return STATES[state] ?? `state ${state}`;
}

function one(show: Show, value: Value): string {
  const n = small(value);
  switch (show) {
    case "flag":
    case "number":
      return String(whole(value) ?? value);
    case "mask":
      return permissions(value);
    case "vmpl":
      return `VMPL${n}`;
    case "size":
      return size(value);
    // what largeEnough of the core found: bit 0 the RMP entry is 2M, bit 1 the nested leaf is
    case "sizes":
      return `RMP entry ${size(n & 1)}, nested mapping ${size(n >> 1)}`;
    case "entry":
      return `${n & Flag.ASSIGNED ? "assigned" : "not assigned"} ${size(n & Flag.LARGE ? 1 : 0)}`;
    case "state":
      return stateName(n);
    case "guest":
      return GuestState[n] ?? String(n);
    case "type":
      return PageType[n] ?? String(n);
    // a mask of host cores
    case "cores":
      return n === 0
        ? "none"
        : [...n.toString(2)]
            .reverse()
            .flatMap((bit, core) => (bit === "1" ? [core] : []))
            .join(" ");
    default:
      return hex(value);
  }
}

/** The values of one rung in words, "" when it was not reached or its name is no rule. */
export function compared(reason: Reason): string {
  const text = ruleText(reason.rule);
  if (!text || reason.left === undefined) return "";
  const [found, wanted] = text.sides ?? ["found", "wanted"];
  const left = `${found} ${one(text.show, reason.left)}`.trim();
  if (wanted === "" || reason.right === undefined) return left;
  return `${left}, ${wanted} ${one(text.show, reason.right)}`;
}
