/** Keys of the page. What has the focus goes first: fields, tabs, the map and the editor keep their own keys. */

import { commandOf, perform } from "../store/commands";
import { settings } from "../store/settings";
import { ui } from "../store/ui";

/** These take arrows, Home, End and letters themselves. */
const TAKES_KEYS =
  "input, select, textarea, [contenteditable], [role=grid], [role=tablist], [role=separator], .monaco-editor";

function isMeant(event: KeyboardEvent, element: Element): boolean {
  // Space presses the button that has the focus.
  if (event.key === " " && element.closest("button, summary, a")) return false;
  // The picker's levels stand one above the other: up and down are theirs, left and right step as everywhere.
  const picker = element instanceof HTMLInputElement && element.type === "radio" && !/^Arrow(Up|Down)$/.test(event.key);
  return picker || !element.closest(TAKES_KEYS);
}

function onKeyDown(event: KeyboardEvent): void {
  const { target } = event;
  const { dialog, byHand } = ui.getState();
  if (event.defaultPrevented || event.isComposing || dialog !== null || byHand !== null) return;
  const pressed = commandOf(event);
  if (pressed === null) return;
  const element = target instanceof Element ? target : document.body;
  if (pressed.reach !== "everywhere" && !isMeant(event, element)) return;
  if (pressed.reach === "single" && !settings.getState().letters) return;
  event.preventDefault();
  perform(pressed.id);
}

/** Listens until the returned function is called. */
export function listenToKeys(): () => void {
  // Capture: Monaco stops F10 and Ctrl+Enter before they bubble.
  addEventListener("keydown", onKeyDown, { capture: true });
  return () => removeEventListener("keydown", onKeyDown, { capture: true });
}
