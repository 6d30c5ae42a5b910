/**
 * What a view of a step tells equals what a look at every page and entry tells, whatever is in sight; and an answer has at most
 * 64 KiB, whatever a program does.
 */
import { serialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Actor, PageState, Size, Tile } from "../../assembly/abi";
import type { ChangeSpan, EntryView } from "../../web/core/event";
import { Machine } from "../../web/core/machine";
import { stepView } from "../../web/runtime/step-view";
import { type EntryRow, unpackRows } from "../../web/view/rows";
import { missing, REGION, tileAt, together } from "../../web/view/tiles";
import { core } from "../core/core-module";

const LIMIT = 64 * 1024;

function machineOf(pages: number, covered = pages, eventRoom = 4096): Machine {
  const machine = Machine.create(core, {
    pages,
    covered,
    vmpls: 4,
    sss: true,
    contents: false,
    snp: true,
    eventRoom,
    journalRoom: 65_536,
  });
  machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
  return machine;
}

const viewOf = (machine: Machine, step: number, wanted: number[] = [], spa: number | null = 0) =>
  stepView(machine, step, machine.events, step === 0 ? null : machine.event(step), spa, () => [], wanted);

/** Rows of the table, from one look at every page. */
function linearRows(machine: Machine, spans: ChangeSpan[]): EntryRow[] {
  const tiles = machine.tiles();
  const rows: EntryRow[] = [];
  let last: EntryRow | null = null;
  for (let pfn = 0; pfn < tiles.length; ) {
    const tile = tiles[pfn] ?? 0;
    const state = tile & Tile.STATE;
    const spa = pfn * 4096;
    const changed = spans.find((span) => spa >= span.spa && spa < span.spa + span.pages * 4096)?.fields ?? [];
    if ((state === PageState.HYPERVISOR || state === PageState.UNCOVERED) && changed.length === 0) {
      last = null;
      pfn++;
      continue;
    }
    const entry = machine.ownEntry(spa);
    const pages = tile & Tile.HEAD ? 512 : 1;
    if (last && last.changed.join() === changed.join() && isNext(last, entry)) last.pages += pages;
    else {
      last = { first: entry, pages, changed };
      rows.push(last);
    }
    pfn += pages;
  }
  return rows;
}

function isNext({ first, pages }: EntryRow, entry: EntryView): boolean {
  const gpa = first.gpa === 0 ? 0 : first.gpa + pages * 4096;
  return JSON.stringify({ ...first, spa: entry.spa, gpa }) === JSON.stringify(entry);
}

function holds(machine: Machine, step: number, wanted: number[]): void {
  const view = viewOf(machine, step, wanted);
  expect(serialize(view).length).toBeLessThanOrEqual(LIMIT);
  const tiles = machine.tiles();
  // every page, by the tiles that came and those asked for after
  let sight = view.tiles;
  for (let left = missing(view, [...view.regions.keys()]); left.length > 0; ) {
    const more = viewOf(machine, step, left).tiles;
    sight = together(more, sight);
    left = missing({ regions: view.regions, tiles: sight }, left);
  }
  for (const [pfn, tile] of tiles.entries()) {
    const known = tileAt({ regions: view.regions, tiles: sight }, pfn);
    if (known !== (tile & ~Tile.HEAD)) expect([pfn, known]).toEqual([pfn, tile]);
  }
  const states = new Array<number>(16).fill(0);
  for (const tile of tiles) states[tile & Tile.STATE] = (states[tile & Tile.STATE] ?? 0) + 1;
  expect(view.counts.states).toEqual(states);
  const { spans } = step === 0 ? { spans: [] } : machine.changes(step);
  expect(unpackRows(view.rows, view.platform.covered)).toEqual(linearRows(machine, spans));
  expect(view.pagesLeft).toBe(0);
}

const PAGES = 2048;
const act = fc.record({
  do: fc.constantFrom("assign", "unassign", "smash", "validate", "vmsa"),
  page: fc.oneof(fc.nat(PAGES - 1), fc.constantFrom(0, 511, 512, 1023, 1024, 1025)),
  gpa: fc.constantFrom(0, 0x1000, 0x2000, 0x40_0000),
  large: fc.boolean(),
});

describe("the view of a step", () => {
  test("equals a look at every page, in every window", () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 24 }),
        fc.constantFrom(512, PAGES),
        fc.array(fc.nat(3)),
        (acts, covered, wanted) => {
          const machine = machineOf(PAGES, covered);
          for (const { do: what, page, gpa, large } of acts) {
            const size = large ? Size.S2M : Size.S4K;
            const spa = (large ? page - (page % REGION) : page) * 4096;
            machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
            if (what === "assign") machine.rmpupdate(spa, large ? gpa & ~0x1f_ffff : gpa, 1, true, false, size);
            else if (what === "unassign") machine.rmpupdate(spa, 0, 0, false, false, size);
            else if (what === "smash") machine.psmash((page - (page % REGION)) * 4096);
            else {
              machine.nptMap(1, page * 4096, page * 4096, Size.S4K, true, true);
              machine.as(Actor.GUEST, 0, 1, 0, 0);
              if (what === "validate") machine.pvalidate(page * 4096, Size.S4K, 1);
              else machine.rmpadjust(page * 4096, Size.S4K, 1, 0xf, 1);
            }
          }
          for (let step = 0; step <= machine.events; step++) holds(machine, step, wanted);
        },
      ),
      { numRuns: 40 },
    );
  });

  const GIB_64 = 1 << 24;
  const windows = [[], [0], Array.from({ length: 200 }, (_, i) => i * 3), [32_767, 1e9, -1]];

  test.each([
    [
      "a page in every other place",
      (m: Machine) => each(2000, (i) => m.rmpupdate(i * 2 * 4096, 0x1000, 1, true, false, Size.S4K)),
    ],
    [
      "a page in every region",
      (m: Machine) => each(3000, (i) => m.rmpupdate(i * 513 * 4096, i * 4096, 1, true, false, Size.S4K)),
    ],
    [
      "2M entries, smashed",
      (m: Machine) =>
        each(1000, (i) => {
          m.rmpupdate(i * 0x40_0000, i * 0x40_0000, 1, true, false, Size.S2M);
          m.psmash(i * 0x40_0000);
        }),
    ],
  ] as const)("has at most 64 KiB at 64 GiB: %s", (_, does) => {
    const machine = machineOf(GIB_64);
    does(machine);
    const { events } = machine;
    for (const step of [0, 1, 2, Math.floor(events / 2), events - 1, events]) {
      for (const wanted of windows) {
        expect(serialize(viewOf(machine, step, wanted)).length).toBeLessThanOrEqual(LIMIT);
      }
    }
    // what is not listed is counted
    const { rows, pagesLeft, counts } = viewOf(machine, events);
    const listed = unpackRows(rows, GIB_64 * 4096).reduce((sum, row) => sum + row.pages, 0);
    expect(listed + pagesLeft).toBe(GIB_64 - (counts.states[PageState.HYPERVISOR] ?? 0));
  });

  test("tells what changed though it lies behind the last row", () => {
    const machine = machineOf(4096);
    each(600, (i) => machine.rmpupdate(i * 2 * 4096, 0x1000, 1, true, false, Size.S4K));
    const rows = unpackRows(viewOf(machine, machine.events).rows, 4096 * 4096);
    expect(rows.at(-1)).toMatchObject({ first: { spa: 599 * 2 * 4096 }, pages: 1 });
    expect(rows.at(-1)?.changed).toContain("assigned");
  });
});

function each(count: number, act: (i: number) => unknown): void {
  for (let i = 0; i < count; i++) act(i);
}
