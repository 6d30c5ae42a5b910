/** Keys as the page writes them. */

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const CAPS: Record<string, string> = {
  ArrowLeft: "\u2190",
  ArrowRight: "\u2192",
  PageUp: "Page Up",
  PageDown: "Page Down",
};
const SAID: Record<string, string> = { ...CAPS, ArrowLeft: "Left arrow", ArrowRight: "Right arrow" };

function spelled(key: string, names: Record<string, string>, joint: string): string {
  const parts = key.split("+").map((part) => (part === "Ctrl" && MAC ? "Cmd" : (names[part] ?? part)));
  return parts.join(joint);
}

/** As on a key's cap: "Shift F10", an arrow. */
export const keyCap = (key: string): string => spelled(key, CAPS, " ");

/** As in a hint: "Shift+F10", "Left arrow". */
export const keyHint = (keys: readonly string[]): string => keys.map((key) => spelled(key, SAID, "+")).join(", ");
