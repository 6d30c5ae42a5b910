/**
 * Core and second model, operation by operation, over platform, firmware, RMPUPDATE and PVALIDATE; then "Why?" and time
 * travel over the same runs. SNPLAY_SEED repeats a run, SNPLAY_CASES makes it longer. A case that fails is shrunk.
 */
import { describe, expect, it } from "vitest";
import { Rule, Rung } from "../../assembly/abi";
import type { AskedRung } from "../../web/core/machine";
import { PLATFORM_RULES } from "../core/instruction-rules";
import { differsFrom, type Snapshot, snapshot } from "../core/memory";
import { Random } from "../core/random";
import { shrink } from "../core/shrink";
import type { CorePlatform } from "./core";
import { type Compared, compareCase, describeCase } from "./differential";
import { type Case, randomBringUp, randomCase } from "./generator";

const SEED = Number(process.env.SNPLAY_SEED ?? (Math.random() * 2 ** 32) >>> 0);
/** Cases that are enough for every check to come out both ways. */
const LEAST = 160;
const CASES = Number(process.env.SNPLAY_CASES ?? LEAST);

function failShrunk({ platform, operations }: Case): never {
  const disagrees = (some: Case["operations"]) => compareCase(platform, some).disagreement;
  const small = [...shrink(operations, (some) => disagrees([...some]) !== undefined)];
  const at = disagrees(small);
  if (at === undefined) throw new Error("the failing case stopped failing");
  throw new Error(`SNPLAY_SEED=${SEED}\n${describeCase(platform, small, at)}`);
}

function play(one: Case, each?: (core: CorePlatform) => void): Compared {
  const compared = compareCase(one.platform, one.operations, each);
  if (compared.disagreement)
    failShrunk({ ...one, operations: one.operations.slice(0, compared.disagreement.index + 1) });
  return compared;
}

/** Every check of the model in its order and with its outcome; what the core asks beyond these does not apply. */
function expectSame(core: AskedRung[], model: readonly { rule: Rule; rung: Rung }[]): void {
  let next = 0;
  for (const { rule, outcome } of core) {
    const wanted = model[next];
    if (wanted !== undefined && wanted.rule === rule && wanted.rung === outcome) next++;
    else expect(`${Rule[rule]} ${Rung[outcome]}`).toBe(`${Rule[rule]} PASSED`);
  }
  expect(model.slice(next).map(({ rule }) => Rule[rule])).toEqual([]);
}

describe(`platform and firmware, SNPLAY_SEED=${SEED}`, () => {
  const seen = new Map<string, number>();
  const count = (name: string) => seen.set(name, (seen.get(name) ?? 0) + 1);

  it(`core and model agree in ${CASES} cases`, { timeout: 600_000 }, () => {
    const random = new Random(SEED);
    for (let i = 0; i < 3 * CASES; i++) {
      const { rungs } = play(i < CASES ? randomCase(random) : randomBringUp(random));
      for (const asked of rungs) for (const { rule, rung } of asked) count(`${Rule[rule]} ${Rung[rung]}`);
    }
  });

  it.skipIf(CASES < LEAST)("and get far: guests run, pages move, every check comes out both ways", () => {
    const rules = PLATFORM_RULES.map((rule) => Rule[rule] ?? "");
    const missing = rules.flatMap((name) => [`${name} PASSED`, `${name} FAILED`]).filter((name) => !seen.has(name));
    // three contexts at most: there is always room for one more
    expect(missing).toEqual(["FW_CONTEXT_FREE FAILED"]);
    expect(seen.get("FW_REPORT_VMPL PASSED") ?? 0).toBeGreaterThan(10);
  });

  it("Why? gives the checks that were made, the one that decided last, and changes nothing", {
    timeout: 300_000,
  }, () => {
    const random = new Random(SEED + 1);
    for (let i = 0; i < 20; i++) {
      const { core, rungs } = play(randomCase(random));
      const { machine } = core;
      machine.seek(random.below(machine.events + 1));
      const before = snapshot(machine);
      for (let step = 1; step <= machine.events; step++) {
        const asked = machine.explain(step);
        expectSame(asked, rungs[step - 1] ?? []);
        const failed = asked.filter(({ outcome }) => outcome === Rung.FAILED).map(({ name }) => name);
        const { rule } = machine.event(step);
        expect(failed).toEqual(rule === undefined ? [] : [rule]);
        if (rule !== undefined) expect(asked.at(-1)?.name).toBe(rule);
      }
      expect(differsFrom(machine, before)).toBeUndefined();
    }
  });

  it("any step can be gone back to, and forward again, SNP_INIT and its coverage too", { timeout: 300_000 }, () => {
    const random = new Random(SEED + 2);
    let inits = 0;
    for (let i = 0; i < 40; i++) {
      const pasts: { step: number; covered: number; state: Snapshot; tiles: Uint8Array }[] = [];
      const remember = ({ machine }: CorePlatform) =>
        pasts.push({ step: machine.step, covered: machine.covered, state: snapshot(machine), tiles: machine.tiles() });
      const { core } = play(randomCase(random), (at) => {
        const { op } = at.machine.event(at.machine.step);
        if (op === "snp_init" || random.chance(0.05)) remember(at);
        if (op === "snp_init") inits++;
      });
      remember(core);
      const { machine } = core;
      for (let jump = 0; jump < 12; jump++) {
        const past = random.pick(pasts);
        machine.seek(past.step);
        expect(machine.covered).toBe(past.covered);
        expect(differsFrom(machine, past.state)).toBeUndefined();
        expect(Buffer.compare(machine.tiles(), past.tiles)).toBe(0);
      }
      machine.seek(0);
      machine.seek(machine.events);
      const last = pasts.at(-1);
      if (last) expect(differsFrom(machine, last.state)).toBeUndefined();
    }
    expect(inits).toBeGreaterThan(40);
  });
});
