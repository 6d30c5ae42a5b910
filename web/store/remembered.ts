/** What this page keeps in the browser besides drafts: settings (settings.ts), and what was open last. */
import { browserStorage } from "../scenario/storage";

const store = browserStorage();
const KEY = "snplay.page.";

export function recall(name: string): string | null {
  return store.get(KEY + name);
}

/** Keeps a value; a browser that keeps nothing costs only its survival. */
export function remember(name: string, value: string): void {
  try {
    store.set(KEY + name, value);
  } catch {
    // Storage is full or forbidden: the choice holds until the page closes.
  }
}
