/** The search over every state of a small machine: three ways that must count the same, and what each check is for. */
import { beforeAll, describe, expect, test } from "vitest";
import { coreModule } from "../../cli/build";
import { type BrokenName, type ExploreSetting, explore } from "../../web/core/explore";
import { CHECK_NAMES, type CheckName } from "../../web/scenario/schema";
import { exhaust } from "./model";
import { exhaustWhole } from "./whole";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await coreModule();
});

const SMALL: ExploreSetting = {
  pages: 2,
  gpas: 2,
  asids: 1,
  vmpls: 2,
  masks: [0, 1, 3],
  checksOff: [],
  everybody: false,
};

function found(setting: ExploreSetting) {
  const all = [...explore(module, setting)];
  const { states, transitions, violated } = all.at(-1) as (typeof all)[number];
  return { states, transitions, violated };
}

/** Counted by a search in C that has rules of its own too (bench/explore.c). */
const COUNTS: [Partial<ExploreSetting>, number, number][] = [
  [{}, 1521, 14040],
  [{ pages: 1, asids: 2 }, 100, 696],
  [{ pages: 3, gpas: 2, vmpls: 3 }, 810448, 11893872],
];

test.each(COUNTS)("%j: %i states, %i transitions, nothing broken", (change, states, transitions) => {
  expect(found({ ...SMALL, ...change })).toEqual({ states, transitions, violated: [] });
});

const SETTINGS: [string, Partial<ExploreSetting>][] = [
  ["the example", {}],
  ["one page, two guests", { pages: 1, asids: 2 }],
  ["two guests, one VMPL", { asids: 2, vmpls: 1 }],
  ["one page at three levels", { pages: 1, vmpls: 3, masks: [1, 0x1f] }],
  ["four levels", { pages: 1, gpas: 1, vmpls: 4, masks: [2, 3] }],
  ["no masks", { masks: [], gpas: 3 }],
  ["everybody", { everybody: true, pages: 1 }],
  ["everybody, two guests", { everybody: true, pages: 1, asids: 2, masks: [1] }],
];

describe.each(SETTINGS)("%s", (_, change) => {
  test.each(["all checks on", ...CHECK_NAMES])("%s", (off) => {
    const checksOff = CHECK_NAMES.filter((name) => name === off);
    const setting: ExploreSetting = { ...SMALL, ...change, checksOff };
    const tables = found(setting);
    expect(tables).toEqual(exhaust(setting));
    const { aliased, ...whole } = exhaustWhole(module, setting);
    expect(tables).toMatchObject(whole);
    expect(tables.violated.includes("alias")).toBe(aliased);
    if (checksOff.length === 0) expect(tables.violated).toEqual([]);
  });
});

/** What breaks without each check. Those left out guard what this machine has not: 2M and immutable pages, host writes, VMSAs. */
const LETS_IN: Partial<Record<CheckName, BrokenName[]>> = {
  "guest-owned": ["owner"],
  "reverse-map": ["alias"],
  validated: ["owner"],
  "pvalidate-vmpl0": ["pvalidate"],
  "rmpadjust-target": ["grant"],
  "rmpadjust-subset": ["grant"],
  "rmpupdate-resets-validated": ["reset"],
};

test.each(CHECK_NAMES)("without %s", (name) => {
  const setting: ExploreSetting = {
    ...SMALL,
    asids: 2,
    vmpls: 3,
    masks: [0, 1],
    everybody: true,
    pages: 1,
    checksOff: [name],
  };
  expect(found(setting).violated).toEqual(LETS_IN[name] ?? []);
});

test("goes in slices, and counts up", () => {
  const steps = [...explore(module, { ...SMALL, pages: 3, gpas: 2, vmpls: 3 })];
  expect(steps.length).toBeGreaterThan(10);
  for (const [i, step] of steps.entries()) expect(step.states).toBeGreaterThanOrEqual(steps[i - 1]?.states ?? 1);
});

test("says when a machine is too large", () => {
  const setting = { ...SMALL, pages: 8, gpas: 8, vmpls: 4 };
  expect(() => [...explore(module, setting)]).toThrow(/more than 4,294,967,296 ways/);
});
