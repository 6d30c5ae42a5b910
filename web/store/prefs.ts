/** The reader's preferences of this page, kept in the browser: theme, shortcuts, pane sizes, what was open last. */
import { browserStorage } from "../scenario/storage";
import { type Theme, ui } from "./ui";

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
  ui.setState({ theme, letters: recall("letters") !== "off" });
  applyTheme(theme);
}

export function setTheme(theme: Theme): void {
  remember("theme", theme);
  ui.setState({ theme });
  applyTheme(theme);
}

export function cycleTheme(): void {
  const next = THEMES[(THEMES.indexOf(ui.getState().theme) + 1) % THEMES.length] ?? "system";
  setTheme(next);
}

export function setLetters(letters: boolean): void {
  remember("letters", letters ? "on" : "off");
  ui.setState({ letters });
}

function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
