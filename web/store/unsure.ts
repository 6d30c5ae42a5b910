/**
 * The list of what we are not sure of has an address of its own, #unsure, so that it can be linked to. It lies over the
 * scenario that is open: going back closes it and leaves the scenario as it stands.
 */
import { create } from "zustand";
import { ui } from "./ui";

export const UNSURE = "unsure";

/** What the list is searched for when it opens. */
export const unsureSearch = create<{ words: string }>()(() => ({ words: "" }));

/** The address under the list. */
let below: string | null = null;

export function showUnsure(words = ""): void {
  unsureSearch.setState({ words });
  if (location.hash !== `#${UNSURE}`) {
    below = location.href;
    history.pushState(null, "", `#${UNSURE}`);
  }
  ui.setState({ dialog: "unsure" });
}

/** The list was closed: back to the address under it. */
export function leaveUnsure(): void {
  if (location.hash === `#${UNSURE}` && below !== null) history.back();
}

/** True when the address only came back from under the list, so that there is nothing to open. */
export function cameBack(): boolean {
  if (below === null || location.href !== below) return false;
  below = null;
  if (ui.getState().dialog === "unsure") ui.setState({ dialog: null });
  return true;
}
