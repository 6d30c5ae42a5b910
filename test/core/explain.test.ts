/** "Why?": the checks of a step as the core explains them afterwards, against those that the model made at the time. */
import { describe, expect, it } from "vitest";
import { Rule, Rung } from "../../assembly/abi";
import type { AskedRung, Machine } from "../../web/core/machine";
import { core as module } from "./core-module";
import { compareCase } from "./differential";
import { randomCase } from "./generator";
import { differsFrom, snapshot } from "./memory";
import { Random } from "./random";

const SEED = Number(process.env.SNPLAY_SEED ?? 15_36_10);
const CASES = 150;

interface Asked {
  rule: Rule;
  rung: Rung;
}

function show({ rule, rung }: Asked): string {
  return `${Rule[rule]} ${Rung[rung]}`;
}

/**
 * Every check of the model in its order and with its outcome; what the core asks beyond these (whether a 4 KiB page is
 * 2 MiB aligned, say) does not apply, and so must have passed.
 */
function expectSame(core: AskedRung[], model: readonly Asked[]): void {
  let next = 0;
  for (const { rule, outcome } of core) {
    const wanted = model[next];
    if (wanted !== undefined && wanted.rule === rule && wanted.rung === outcome) next++;
    else expect(`${Rule[rule]} ${Rung[outcome]}`).toBe(`${Rule[rule]} PASSED`);
  }
  expect(core.map((asked) => Rule[asked.rule])).toEqual([...new Set(core.map((asked) => Rule[asked.rule]))]);
  expect(model.slice(next).map(show)).toEqual([]);
}

function expectDecided(machine: Machine, step: number, rungs: AskedRung[]): void {
  const failed = rungs.filter((asked) => asked.outcome === Rung.FAILED).map((asked) => asked.name);
  const { rule } = machine.event(step);
  expect(failed).toEqual(rule === undefined ? [] : [rule]);
  if (rule !== undefined) expect(rungs.at(-1)?.name).toBe(rule);
}

describe(`explain, seed ${SEED}`, () => {
  it("gives the checks that were made, the one that failed last, and changes nothing", () => {
    const random = new Random(SEED);
    let explained = 0;
    for (let i = 0; i < CASES; i++) {
      const { config, operations } = randomCase(random);
      const { recorded } = compareCase(module, config, operations);
      const { machine } = recorded.core;
      machine.seek(random.below(machine.events + 1));
      const before = snapshot(machine);
      const here = { step: machine.step, events: machine.events };
      for (let n = 0; n < 20; n++) {
        const step = 1 + random.below(machine.events);
        const rungs = machine.explain(step);
        expectSame(rungs, recorded.rungs[step - 1] ?? []);
        expectDecided(machine, step, rungs);
        expect(machine.explain(step)).toEqual(rungs);
        explained++;
      }
      expect({ step: machine.step, events: machine.events }).toEqual(here);
      expect(differsFrom(machine, before)).toBeUndefined();
    }
    expect(explained).toBe(CASES * 20);
  });
});
