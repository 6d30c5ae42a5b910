/** The reader's preferences of this page, kept in the browser: theme, shortcuts, pane sizes, what was open last. */
import { browserStorage } from "../scenario/storage";
import { page, type Theme } from "./page";

const store = browserStorage();
const KEY = "snplay.page.";

export function recall(name: string): string | null {
  return store.get(KEY + name);
}

/** Keeps a preference; a browser that keeps nothing costs only its survival. */
export function remember(name: string, value: string): void {
  try {
    store.set(KEY + name, value);
  } catch {
    // Storage is full or forbidden: the choice holds until the page closes.
  }
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function restorePrefs(): void {
  const theme = THEMES.find((name) => name === recall("theme")) ?? "system";
  page.setState({ theme, letters: recall("letters") !== "off" });
  applyTheme(theme);
}

export function setTheme(theme: Theme): void {
  remember("theme", theme);
  page.setState({ theme });
  applyTheme(theme);
}

export function cycleTheme(): void {
  const next = THEMES[(THEMES.indexOf(page.getState().theme) + 1) % THEMES.length] ?? "system";
  setTheme(next);
}

export function setLetters(letters: boolean): void {
  remember("letters", letters ? "on" : "off");
  page.setState({ letters });
}

function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
