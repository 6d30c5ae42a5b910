/** What the core tells of regions, runs and counts equals what a linear look at every page tells, at every step of a trace. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Actor, PageState, Region, Size, Tile } from "../../assembly/abi";
import { Machine } from "../../web/core/machine";
import { core } from "./core-module";

const PAGES = 2048;

function machineOf(pages = PAGES, covered = PAGES): Machine {
  return Machine.create(core, {
    pages,
    covered,
    vmpls: 4,
    sss: true,
    contents: true,
    snp: true,
    eventRoom: 1024,
    journalRoom: 65_536,
  });
}

/** Pages by state, VMSA pages, and a byte a region, from one look at all pages. */
function linear(machine: Machine) {
  const tiles = machine.tiles();
  const states = new Array<number>(16).fill(0);
  let vmsas = 0;
  for (const tile of tiles) {
    states[tile & Tile.STATE] = (states[tile & Tile.STATE] ?? 0) + 1;
    if (tile & Tile.VMSA) vmsas++;
  }
  const regions = Array.from({ length: tiles.length / 512 }, (_, region) => {
    const own = new Set([...tiles.subarray(region * 512, region * 512 + 512)].map((tile) => tile & ~Tile.HEAD));
    return own.size === 1 ? [...own][0] : Region.MIXED;
  });
  return { counts: { states, vmsas }, regions };
}

/** Runs from one look at every entry. */
function linearRuns(machine: Machine) {
  const out: { pfn: number; pages: number }[] = [];
  const tiles = machine.tiles();
  let last: { pfn: number; pages: number } | null = null;
  for (let pfn = 0; pfn < tiles.length; ) {
    const tile = tiles[pfn] ?? 0;
    const pages = tile & Tile.HEAD ? 512 : 1;
    const state = tile & Tile.STATE;
    if (state === PageState.HYPERVISOR || state === PageState.UNCOVERED) {
      last = null;
      pfn++;
      continue;
    }
    if (last && isNext(machine, last, pfn)) last.pages += pages;
    else {
      last = { pfn, pages };
      out.push(last);
    }
    pfn += pages;
  }
  return out;
}

function isNext(machine: Machine, { pfn: first }: { pfn: number }, pfn: number): boolean {
  const { spa: _, gpa: from, ...a } = machine.ownEntry(first * 4096);
  const { spa: __, gpa, ...b } = machine.ownEntry(pfn * 4096);
  return JSON.stringify(a) === JSON.stringify(b) && gpa === (from === 0 ? 0 : from + (pfn - first) * 4096);
}

function holds(machine: Machine): void {
  const { counts, regions } = machine.overview();
  expect({ counts, regions: [...regions] }).toEqual(linear(machine));
  expect(machine.runs(0, machine.config.pages, 10_000).map(({ pfn, pages }) => ({ pfn, pages }))).toEqual(
    linearRuns(machine),
  );
}

type Act = { do: string; page: number; gpa: number; count: number; large: boolean };

const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom("assign", "unassign", "smash", "validate", "vmsa", "back", "seek"),
  page: fc.oneof(fc.nat(PAGES - 1), fc.constantFrom(0, 511, 512, 1023, 1024)),
  gpa: fc.constantFrom(0, 0x1000, 0x40_0000),
  count: fc.nat(40),
  large: fc.boolean(),
});

function perform(machine: Machine, { do: what, page, gpa, count, large }: Act): void {
  const start = large ? page - (page % 512) : page;
  const size = large ? Size.S2M : Size.S4K;
  machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
  if (what === "assign" && large) machine.rmpupdate(start * 4096, gpa - (gpa % 0x20_0000), 1, true, false, size);
  else if (what === "assign")
    for (let i = 0; i < count && start + i < PAGES; i++)
      machine.rmpupdate((start + i) * 4096, gpa + i * 4096, 1, true, false, size);
  else if (what === "unassign") machine.rmpupdate(start * 4096, 0, 0, false, false, size);
  else if (what === "smash") machine.psmash((page - (page % 512)) * 4096);
  else if (what === "back") machine.seek(Math.max(0, machine.step - count));
  else if (what === "seek") machine.seek(Math.floor((machine.events * page) / PAGES));
  else {
    machine.nptMap(1, page * 4096, page * 4096, Size.S4K, true, true);
    machine.as(Actor.GUEST, 0, 1, 0, 0);
    if (what === "validate") machine.pvalidate(page * 4096, Size.S4K, 1);
    else machine.rmpadjust(page * 4096, Size.S4K, 1, 0xf, 1);
  }
}

describe("what the view is made of", () => {
  test("equals a look at every page, whatever is done and wherever time goes", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), fc.constantFrom(512, 1536, PAGES), (acts, covered) => {
        const machine = machineOf(PAGES, covered);
        for (const one of acts) {
          perform(machine, one);
          if (one.large) holds(machine);
        }
        holds(machine);
        for (const step of [0, machine.events >> 1, machine.events]) {
          machine.seek(step);
          holds(machine);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("runs stop at what was asked for, and go on from there", () => {
    const machine = machineOf();
    machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
    for (let i = 0; i < 40; i++) machine.rmpupdate(i * 3 * 4096, 0x1000, 1, true, false, Size.S4K);
    const some = machine.runs(0, PAGES, 8);
    expect(some.map(({ pfn }) => pfn)).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
    expect(machine.runs(22, PAGES, 100)).toHaveLength(32);
  });

  test("entries written without a trace count too", () => {
    const machine = machineOf();
    holds(machine);
    machine.recording(false);
    machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
    for (let i = 0; i < 700; i++) machine.rmpupdate(i * 4096, i * 4096, 1, true, false, Size.S4K);
    holds(machine);
    machine.recording(true);
    holds(machine);
  });

  test("which entries were ever written is told by 16 pages, and whole regions as such", () => {
    const machine = machineOf();
    machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
    machine.rmpupdate(17 * 4096, 0x1000, 1, true, false, Size.S4K);
    machine.rmpupdate(512 * 4096, 0x20_0000, 1, true, false, Size.S2M);
    machine.rmpupdate(2047 * 4096, 0x1000, 1, true, false, Size.S4K);
    const all = [2, 0xffff_ffff, 0, 0x8000_0000];
    expect([...machine.touched()]).toEqual(all);
    machine.seek(0);
    expect([...machine.touched()]).toEqual(all);
  });
});
