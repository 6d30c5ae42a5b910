/** Keys of the page. What has the focus goes first: fields, tabs, the map and the editor keep their own keys. */

import { cycleTheme } from "../store/prefs";
import { run } from "../store/run";
import { pickLevel } from "../store/scenario";
import { copyLink } from "../store/sharing";
import { back, first, forward, goToFailure, last, playOrPause, stepBy } from "../store/step";
import { LEVELS, type Level, ui } from "../store/ui";

/** These take arrows, Home, End and letters themselves. */
const TAKES_KEYS =
  "input, select, textarea, [contenteditable], [role=grid], [role=tablist], [role=separator], .monaco-editor";

function everywhere(event: KeyboardEvent): boolean {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") void run();
  else if (event.key === "F10") stepBy(event.shiftKey ? back : forward);
  else return false;
  return true;
}

function elsewhere(event: KeyboardEvent, target: Element): boolean {
  switch (event.key) {
    case "ArrowLeft":
    case "PageUp":
      stepBy(back);
      return true;
    case "ArrowRight":
    case "PageDown":
      stepBy(forward);
      return true;
    case "Home":
      stepBy(first);
      return true;
    case "End":
      stepBy(last);
      return true;
    case " ":
      if (target.closest("button, summary, a")) return false;
      playOrPause();
      return true;
    default:
      return false;
  }
}

function letter(event: KeyboardEvent): boolean {
  const level = LEVELS.find((n) => String(n) === event.key);
  if (level !== undefined) pickLevel(level as Level);
  else if (event.key === "n") stepBy(() => goToFailure(1));
  else if (event.key === "N") stepBy(() => goToFailure(-1));
  else if (event.key === "g") ui.setState({ dialog: "gallery" });
  else if (event.key === "l") void copyLink();
  else if (event.key === "t") cycleTheme();
  else if (event.key === "?") ui.setState({ dialog: "help" });
  else return false;
  return true;
}

function onKeyDown(event: KeyboardEvent): void {
  const { target } = event;
  const { dialog, byHand, letters } = ui.getState();
  if (event.defaultPrevented || event.isComposing || dialog !== null || byHand !== null) return;
  const element = target instanceof Element ? target : document.body;
  if (everywhere(event)) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // The picker's levels stand one above the other: up and down are theirs, left and right step as everywhere.
  const picker = element instanceof HTMLInputElement && element.type === "radio" && !/^Arrow(Up|Down)$/.test(event.key);
  if (element.closest(TAKES_KEYS) && !picker) return;
  if (elsewhere(event, element) || (letters && letter(event))) event.preventDefault();
}

/** Listens until the returned function is called. */
export function listenToKeys(): () => void {
  // Capture: Monaco stops F10 and Ctrl+Enter before they bubble.
  addEventListener("keydown", onKeyDown, { capture: true });
  return () => removeEventListener("keydown", onKeyDown, { capture: true });
}
