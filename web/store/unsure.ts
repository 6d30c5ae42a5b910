/**
 * The list of what we are not sure of has an address of its own, #unsure, so that it can be linked to. It lies over the
 * scenario that is open: going back closes it and leaves the scenario as it stands.
 */
import { create } from "zustand";
import { fragment, goBack, pushFragment } from "./address";
import { closeDialog, openDialog, ui } from "./ui";

export const UNSURE = "unsure";

/** What the list is searched for when it opens. */
export const unsureSearch = create<{ words: string }>()(() => ({ words: "" }));

/** The address under the list. */
let below: string | null = null;

export function showUnsure(words = ""): void {
  unsureSearch.setState({ words });
  if (fragment() !== UNSURE) {
    below = fragment();
    pushFragment(UNSURE);
  }
  openDialog("unsure");
}

/** The list was closed: back to the address under it. */
export function leaveUnsure(): void {
  if (fragment() === UNSURE && below !== null) goBack();
}

/** True when the address only came back from under the list, so that there is nothing to open. */
export function cameBack(): boolean {
  if (below === null || fragment() !== below) return false;
  below = null;
  if (ui.getState().dialog === "unsure") closeDialog();
  return true;
}
