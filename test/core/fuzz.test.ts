/**
 * The core against the second model: random cases, compared after every operation. SNPLAY_SEED repeats a run,
 * SNPLAY_OPS makes it longer (at least one case is run). A case that fails is shrunk and printed as a vector.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rule, Rung } from "../../assembly/abi";
import { CoreMachine } from "../../cli/core-machine";
import type { Operation } from "../../cli/operation";
import { parseVectors } from "../../cli/vectors";
import { Machine } from "../../web/core/machine";
import { core as module } from "./core-module";
import { compareCase, describeDisagreement } from "./differential";
import { randomCase } from "./generator";
import { putHvFixed } from "./hv-fixed";
import { INSTRUCTION_RULES } from "./instruction-rules";
import { Random } from "./random";
import { assignLarge, MACHINE } from "./rows";
import { shrink } from "./shrink";

const LEAST = 200_000;
const SEED = Number(process.env.SNPLAY_SEED ?? (Math.random() * 2 ** 32) >>> 0);
const OPERATIONS = Number(process.env.SNPLAY_OPS ?? LEAST);
const VECTORS = join(import.meta.dirname, "../vectors");

/** How often each rule was asked, and came out which way. */
class Coverage {
  private readonly seen = new Set<string>();

  readonly witness = (rule: Rule, rung: Rung): void => {
    this.seen.add(`${rule} ${rung}`);
  };

  missing(): string[] {
    return INSTRUCTION_RULES.flatMap((rule) =>
      [Rung.PASSED, Rung.FAILED]
        .filter((rung) => !this.seen.has(`${rule} ${rung}`))
        .map((rung) => `${Rule[rule]} never ${Rung[rung]}`),
    );
  }
}

describe("core and model", () => {
  const coverage = new Coverage();

  /** Fails with the shortest case found that still makes them disagree. */
  function failShrunk(name: string, config: typeof MACHINE, operations: readonly Operation[]): never {
    const disagrees = (some: readonly Operation[]) => compareCase(module, config, some).disagreement;
    const small = shrink(operations, (some) => disagrees(some) !== undefined);
    const disagreement = disagrees(small);
    if (disagreement === undefined) throw new Error("the failing case stopped failing");
    throw new Error(describeDisagreement(name, config, small, disagreement));
  }

  it(`agree on ${OPERATIONS} random operations, SNPLAY_SEED=${SEED}`, { timeout: 600_000 }, () => {
    console.log(`SNPLAY_SEED=${SEED}`);
    const random = new Random(SEED);
    let done = 0;
    for (let number = 0; done < OPERATIONS; number++) {
      const { config, operations } = randomCase(random);
      const { disagreement } = compareCase(module, config, operations, coverage.witness);
      if (disagreement !== undefined) {
        failShrunk(`fuzz-${SEED}-${number}`, config, operations.slice(0, disagreement.index + 1));
      }
      done += operations.length;
    }
    expect(done).toBeGreaterThanOrEqual(OPERATIONS);
  });

  it("agree on the vectors, entry by entry", () => {
    for (const file of readdirSync(VECTORS)) {
      for (const { name, config, steps } of parseVectors(readFileSync(join(VECTORS, file), "utf8"), file)) {
        const operations = steps.map((step) => step.operation);
        if (compareCase(module, config, operations, coverage.witness).disagreement)
          failShrunk(name, config, operations);
      }
    }
  });

  it("a VMRUN before SNP is enabled", () => {
    const machine = Machine.create(module, { ...MACHINE, contents: false, eventRoom: 8, journalRoom: 8192 });
    machine.vmrun(0);
    expect(Rule[machine.rule]).toBe("VMRUN_SNP");
    coverage.witness(machine.rule, Rung.FAILED);
  });

  it("a 2 MiB RMPUPDATE over an HV-Fixed page", () => {
    const core = new CoreMachine(module, MACHINE, [assignLarge()]);
    putHvFixed(core, 17);
    expect(core.apply(assignLarge())).toEqual({ eax: 2 });
    expect(Rule[core.machine.rule]).toBe("RMPUPDATE_REGION_MUTABLE");
    coverage.witness(core.machine.rule, Rung.FAILED);
  });

  it.skipIf(OPERATIONS < LEAST)("between them every rule of instructions and accesses passed and failed", () => {
    expect(coverage.missing()).toEqual([]);
  });
});
