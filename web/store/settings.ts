/**
 * The reader's settings, one row each: what it may hold, what it is at first, and its words. A setting is remembered in
 * this browser because it is in this table; a value that the table refuses (an older page's, a hand's) is as at first.
 */
import { create } from "zustand";
import { flag, integer, type Kind, list, oneOf, oneOfNumbers, positive, Wrong } from "../scenario/kinds";
import { recall, remember } from "./remembered";

interface Setting<T> {
  kind: Kind<T>;
  usual: T;
  name: string;
  /** one sentence */
  doc: string;
}

const setting = <T>(kind: Kind<T>, usual: T, name: string, doc: string): Setting<T> => ({ kind, usual, name, doc });

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Events a second. */
export const SPEEDS = [1, 2, 4, 10, 30, 120] as const;

export const SETTINGS = {
  theme: setting(oneOf(THEMES), "system", "Theme", "Light, dark, or as the system says."),
  // WCAG 2.1.4: some readers must be able to turn them off.
  letters: setting(flag, true, "Single keys are on", "Letters and digits act without Ctrl, outside text fields."),
  speed: setting(oneOfNumbers(SPEEDS), 4, "Playing speed", "Events a second."),
  timelineZoom: setting(integer(1, 2 ** 20), 1, "Size of the timeline", "1 fits the whole run; 2 is twice as wide."),
  mapColumns: setting(integer(0, 4096), 0, "Tiles in a row of the map", "0 fits them to the room."),
  unfold: setting(flag, false, "Unfold every region", "The map shows every page, also where nothing happened."),
  "panes.across": setting(list(positive), [], "Widths of the bands", "Shares; empty for those of the design."),
  "panes.down": setting(list(positive), [], "Height of the timeline", "A share and CSS pixels; empty as designed."),
};

type Table = typeof SETTINGS;
export type SettingName = keyof Table;
export type Settings = { [K in SettingName]: Table[K]["usual"] };

const NAMES = Object.keys(SETTINGS) as SettingName[];

export const settings = create<Settings>()(
  () => Object.fromEntries(NAMES.map((name) => [name, SETTINGS[name].usual])) as Settings,
);

/** Takes what this browser remembers; before the first picture. */
export function restoreSettings(): void {
  const kept = Object.fromEntries(NAMES.map((name) => [name, read(name)]));
  settings.setState(kept as Partial<Settings>);
  applyTheme(settings.getState().theme);
}

function read(name: SettingName): unknown {
  const { kind, usual } = SETTINGS[name];
  const text = recall(name);
  if (text === null) return usual;
  try {
    return (kind as Kind<unknown>).read(JSON.parse(text), { path: name, before: {}, outer: {}, notes: [] });
  } catch (error) {
    if (error instanceof Wrong || error instanceof SyntaxError) return usual;
    throw error;
  }
}

/** Changes a setting, and remembers it. */
export function set<K extends SettingName>(name: K, value: Settings[K]): void {
  remember(name, JSON.stringify(value));
  settings.setState({ [name]: value } as unknown as Partial<Settings>);
  if (name === "theme") applyTheme(value as Theme);
}

export function cycleTheme(): void {
  const { theme } = settings.getState();
  set("theme", THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system");
}

function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
