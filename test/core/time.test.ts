/** Undo and redo: every step of a run is the state that was there the first time, in every byte. */
import { describe, expect, it } from "vitest";
import { CoreMachine } from "../../cli/core-machine";
import type { EntryView } from "../../web/core/event";
import type { Machine } from "../../web/core/machine";
import { core as module } from "./core-module";
import { type RandomCase, randomCase } from "./generator";
import { differsFrom, type Snapshot, snapshot } from "./memory";
import { Random } from "./random";

const SEED = Number(process.env.SNPLAY_SEED ?? 15_36);
const CASES = 40;
const PAGE = 4096;

interface Past {
  step: number;
  state: Snapshot;
  tiles: Uint8Array;
  entries: EntryView[];
}

/** Pages looked at one by one; the bytes of all of them are compared as well. */
function pagesOf({ config }: RandomCase): number[] {
  return [0, 1, 511, 512, 513, config.covered - 1, config.covered, config.pages - 1]
    .filter((page) => page >= 0 && page < config.pages)
    .map((page) => page * PAGE);
}

function remember(machine: Machine, pages: number[]): Past {
  const entries = pages.flatMap((spa) => [machine.entry(spa), machine.ownEntry(spa)]);
  return { step: machine.step, state: snapshot(machine), tiles: machine.tiles(), entries };
}

function expectPast(machine: Machine, past: Past, pages: number[]): void {
  const entries = pages.flatMap((spa) => [machine.entry(spa), machine.ownEntry(spa)]);
  expect(machine.step).toBe(past.step);
  expect(differsFrom(machine, past.state)).toBeUndefined();
  expect(entries).toEqual(past.entries);
  expect(Buffer.compare(machine.tiles(), past.tiles)).toBe(0);
}

/** A random run with the state remembered before it, after it, and at some steps between. */
function run(module: WebAssembly.Module, random: Random) {
  const played = randomCase(random);
  const core = new CoreMachine(module, played.config, [...played.operations, ...played.operations]);
  const pages = pagesOf(played);
  const pasts = [remember(core.machine, pages)];
  const results = played.operations.map((operation) => {
    const result = core.apply(operation);
    if (random.chance(0.06)) pasts.push(remember(core.machine, pages));
    return { step: core.machine.step, result };
  });
  pasts.push(remember(core.machine, pages));
  return { ...played, core, pages, pasts, results };
}

describe(`time, seed ${SEED}`, () => {
  it("any step can be gone back to, and forward again", () => {
    const random = new Random(SEED);
    for (let i = 0; i < CASES; i++) {
      const { core, pages, pasts } = run(module, random);
      for (let jump = 0; jump < 8; jump++) {
        const past = random.pick(pasts);
        core.machine.seek(past.step);
        expectPast(core.machine, past, pages);
      }
      const last = pasts.at(-1) as Past;
      core.machine.seek(last.step);
      expectPast(core.machine, last, pages);
    }
  });

  it("what was undone can be done again, with the same results and the same end", () => {
    const random = new Random(SEED + 1);
    for (let i = 0; i < CASES; i++) {
      const { core, pages, pasts, operations, results } = run(module, random);
      core.machine.seek(0);
      // who is in guest mode is no state of the machine
      core.apply({ op: "in-use", vcpus: 0 });
      for (const [n, operation] of operations.entries()) expect(core.apply(operation)).toEqual(results[n]?.result);
      expectPast(core.machine, pasts.at(-1) as Past, pages);
    }
  });

  it("another operation in the past forgets the future, and only that", () => {
    const random = new Random(SEED + 2);
    for (let i = 0; i < CASES; i++) {
      const { core, pages, pasts } = run(module, random);
      const past = random.pick(pasts);
      core.machine.seek(past.step);
      core.apply({ op: "rmpread", spa: 0 });
      expect(core.machine.events).toBe(past.step + 1);
      expect(differsFrom(core.machine, past.state)).toBeUndefined();
      core.machine.seek(past.step);
      expectPast(core.machine, past, pages);
      core.machine.seek(0);
      expectPast(core.machine, pasts[0] as Past, pages);
    }
  });

  it("the changes of a step are the entries that differ before and after it", () => {
    const random = new Random(SEED + 3);
    for (let i = 0; i < CASES / 2; i++) {
      const { core, config } = run(module, random);
      const { machine } = core;
      const all = Array.from({ length: config.covered }, (_, page) => page * PAGE);
      for (let n = 0; n < 3; n++) {
        const step = 1 + random.below(machine.events);
        machine.seek(step - 1);
        const before = all.map((spa) => machine.ownEntry(spa));
        machine.seek(step);
        const changed = all.filter((spa, page) => {
          return JSON.stringify(machine.ownEntry(spa)) !== JSON.stringify(before[page]);
        });
        const { pages, fields } = machine.changes(step);
        expect([...pages].sort((a, b) => a - b)).toEqual(changed);
        expect(new Set(fields.map((field) => Number(field.spa)))).toEqual(new Set(changed));
        expect(machine.step).toBe(step);
      }
    }
  });

  it("refuses a step that is not there", () => {
    const core = new CoreMachine(module, { pages: 512, covered: 512, vmpls: 4, sss: true }, []);
    for (const step of [-1, 1, 0.5, Number.NaN]) expect(() => core.machine.seek(step)).toThrow(RangeError);
  });
});
