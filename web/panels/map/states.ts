/**
 * How each page state looks: the firmware ABI's name (56860, table 11), its fill and its texture. The texture tells the
 * states apart in grey and to every kind of eye.
 */
import { PageState } from "../../../assembly/abi";
import { stateName } from "../../manual/compared";

export type Texture = "plain" | "solid" | "hatch" | "dots" | "cross" | "empty";

export interface StateLook {
  state: PageState;
  name: string;
  /** names the custom properties --tile-<colour> and --tile-<colour>-ink of tokens.css */
  colour: "hypervisor" | "fixed" | "invalid" | "valid" | "pre" | "firmware" | "uncovered";
  texture: Texture;
  /** what the state means, in one sentence */
  means: string;
}

const look = (state: PageState, colour: StateLook["colour"], texture: Texture, means: string): StateLook => ({
  state,
  name: stateName(state),
  colour,
  texture,
  means,
});

/** In the order in which a page passes through them. */
export const STATES: readonly StateLook[] = [
  look(PageState.UNCOVERED, "uncovered", "empty", "Beyond the RMP: the hypervisor's for ever."),
  look(PageState.HYPERVISOR, "hypervisor", "plain", "Not assigned: the host may write it."),
  look(PageState.HV_FIXED, "fixed", "solid", "The host's, and no longer to be assigned."),
  look(PageState.PRE_GUEST, "pre", "dots", "Assigned and immutable: waits for the firmware."),
  look(PageState.PRE_SWAP, "pre", "dots", "Validated and immutable: about to be swapped out."),
  look(PageState.GUEST_INVALID, "invalid", "hatch", "Assigned to a guest that has not validated it."),
  look(PageState.GUEST_VALID, "valid", "solid", "Assigned to a guest and validated by it."),
  look(PageState.CONTEXT, "firmware", "cross", "Holds a guest's context, for the firmware only."),
  look(PageState.FIRMWARE, "firmware", "cross", "Belongs to the firmware."),
  look(PageState.FIRMWARE_IOMMU, "firmware", "cross", "Belongs to the firmware and the IOMMU."),
  look(PageState.METADATA, "firmware", "cross", "Holds what the firmware keeps about swapped pages."),
  look(PageState.RECLAIM, "firmware", "cross", "Given back by the firmware, not yet by the host."),
];

const BY_STATE = new Map(STATES.map((entry) => [entry.state, entry]));
const UNKNOWN: StateLook = { ...look(PageState.UNCOVERED, "uncovered", "empty", "No state."), name: "Unknown" };

export function lookOf(state: number): StateLook {
  return BY_STATE.get(state) ?? UNKNOWN;
}
