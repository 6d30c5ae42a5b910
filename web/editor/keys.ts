/** Keys that belong to the page, not to the editor. */
import { monaco } from "./monaco";

/**
 * Ctrl/Cmd+Enter runs and F10 steps, also while one types; Monaco would insert a line as well. What it does with the
 * others of its keys (Ctrl+M lets Tab leave, F1 lists its commands, F8 goes to the next problem) stays.
 */
export function leaveKeysToPage(): void {
  const { KeyCode, KeyMod } = monaco;
  const keys = [
    KeyMod.CtrlCmd | KeyCode.Enter,
    KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Enter,
    KeyCode.F10,
    KeyMod.Shift | KeyCode.F10,
    KeyCode.F5,
  ];
  monaco.editor.addKeybindingRules(keys.map((keybinding) => ({ keybinding, command: null })));
}

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** What a screen reader says of the editor: which text, and how to get out of it. */
export function labelOf(title: string, readOnly: boolean): string {
  const leave = MAC ? "Control+Shift+M" : "Control+M";
  return readOnly
    ? `${title} program, read only`
    : `${title} program. Tab indents; after ${leave} it leaves the editor`;
}
