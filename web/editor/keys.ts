/** Keys that belong to the page, not to the editor. */
import { COMMAND_IDS, command, reachOf } from "../store/commands";
import { monaco } from "./monaco";

/** Keys of the browser's own that Monaco would take: F5 loads the page again. */
const BROWSER_KEYS = ["F5"];

/**
 * The page's keys that act everywhere (run, step) act while one types too; Monaco would insert a line as well. What it
 * does with the others of its keys (Ctrl+M lets Tab leave, F1 lists its commands, F8 goes to the next problem) stays.
 */
export function leaveKeysToPage(): void {
  const keys = COMMAND_IDS.flatMap((id) => command(id).keys.filter((key) => reachOf(key) === "everywhere"));
  const shifted = keys.filter((key) => key.startsWith("Ctrl+")).map((key) => key.replace("+", "+Shift+"));
  const all = [...keys, ...shifted, ...BROWSER_KEYS];
  const rules = all.map((key) => ({ keybinding: keybindingOf(key), command: null }));
  monaco.editor.addKeybindingRules(rules);
}

function keybindingOf(key: string): number {
  const parts = key.split("+");
  const code = monaco.KeyCode[parts.at(-1) as keyof typeof monaco.KeyCode];
  const { CtrlCmd, Shift } = monaco.KeyMod;
  return code | (parts.includes("Ctrl") ? CtrlCmd : 0) | (parts.includes("Shift") ? Shift : 0);
}

/**
 * Esc, then Tab or Shift+Tab, leaves the editor as it leaves the plain field before: Monaco does not get that Tab, so
 * the browser moves the focus. Not when the Esc closed something (completion, find): only who has nothing open any more
 * wants out. Any other key, or a click, and Tab indents again.
 */
export function leaveAfterEscape(editor: monaco.editor.ICodeEditor): monaco.IDisposable {
  let last: { esc: KeyboardEvent; selected: boolean } | null = null;
  // Monaco takes the event of an Esc that did something; one that only let go of a selection closed nothing.
  const armed = () => last !== null && (!last.esc.defaultPrevented || (last.selected && !hasSelection(editor)));
  const onKey = (event: KeyboardEvent) => {
    const { key, ctrlKey, altKey, metaKey, shiftKey } = event;
    if (key === "Shift") return;
    const plain = editor.hasTextFocus() && !event.isComposing && !ctrlKey && !altKey && !metaKey;
    if (key === "Tab" && plain && armed()) event.stopPropagation();
    last = key === "Escape" && plain && !shiftKey ? { esc: event, selected: hasSelection(editor) } : null;
  };
  const forget = () => {
    last = null;
  };
  const host = editor.getContainerDomNode();
  host.addEventListener("keydown", onKey, true);
  host.addEventListener("pointerdown", forget, true);
  host.addEventListener("focusout", forget, true);
  return {
    dispose() {
      host.removeEventListener("keydown", onKey, true);
      host.removeEventListener("pointerdown", forget, true);
      host.removeEventListener("focusout", forget, true);
    },
  };
}

function hasSelection(editor: monaco.editor.ICodeEditor): boolean {
  const selections = editor.getSelections() ?? [];
  return selections.length > 1 || selections.some((selection) => !selection.isEmpty());
}

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** What a screen reader says of the editor: which text, and how to get out of it. */
export function labelOf(title: string, readOnly: boolean): string {
  const leave = MAC ? "Control+Shift+M" : "Control+M";
  return readOnly
    ? `${title} program, read only`
    : `${title} program. Tab indents; after Escape, or after ${leave}, it leaves the editor`;
}
