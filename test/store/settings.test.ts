import { beforeEach, describe, expect, test, vi } from "vitest";

const kept = new Map<string, string>();
const root = { dataset: {} as Record<string, string> };

/** A page opened anew in the same browser. */
async function open() {
  vi.resetModules();
  const module = await import("../../web/store/settings");
  module.restoreSettings();
  return module;
}

beforeEach(() => {
  kept.clear();
  root.dataset = {};
  vi.stubGlobal("document", { documentElement: root });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
    key: (index: number) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  });
});

/** Another value than at first, for each. */
const OTHER = {
  theme: "dark",
  letters: false,
  speed: 30,
  timelineZoom: 8,
  mapColumns: 64,
  unfold: true,
  "panes.across": [0.3, 0.3, 0.4],
  "panes.down": [1, 180],
} as const;

describe("each setting", () => {
  test("is at first what the table says, and that is a value it may have", async () => {
    const { SETTINGS, settings } = await open();
    const place = { path: "", before: {}, outer: {}, notes: [] };
    for (const [name, { kind, usual }] of Object.entries(SETTINGS)) {
      expect(settings.getState()).toHaveProperty([name], usual);
      expect(kind.read(structuredClone(usual), place)).toEqual(usual);
    }
    expect(Object.keys(OTHER)).toEqual(Object.keys(SETTINGS));
  });

  test.each(Object.entries(OTHER))("%s is remembered", async (name, value) => {
    const { set } = await open();
    set(name as never, value as never);
    const again = await open();
    expect(again.settings.getState()).toHaveProperty([name], value);
  });

  test.each([
    ["theme", '"sepia"'],
    ["theme", "dark"],
    ["letters", '"off"'],
    ["speed", "7"],
    ["speed", "1e999"],
    ["timelineZoom", "0"],
    ["panes.across", "[1,-1]"],
    ["panes.across", "29 31 40"],
    ["unfold", "null"],
  ])("%s kept as %s is as at first", async (name, text) => {
    kept.set(`snplay.page.${name}`, text);
    const { SETTINGS, settings } = await open();
    expect(settings.getState()).toHaveProperty([name], SETTINGS[name as keyof typeof SETTINGS].usual);
  });
});

test("the theme reaches the page, and goes round", async () => {
  const { cycleTheme, settings } = await open();
  const seen = [1, 2, 3].map(() => {
    cycleTheme();
    return [settings.getState().theme, root.dataset.theme];
  });
  expect(seen).toEqual([
    ["light", "light"],
    ["dark", "dark"],
    ["system", undefined],
  ]);
});

test("storage that refuses costs the memory only", async () => {
  const { set, settings } = await open();
  vi.stubGlobal("localStorage", undefined);
  set("speed", 10);
  expect(settings.getState().speed).toBe(10);
});
