/**
 * Beside the RMP the core counts, for each 2 MiB region, its assigned entries (bits 15:0) and its immutable ones
 * (bits 31:16), so that 2 MiB checks need no sweep. The counts must be what a sweep finds, at every step.
 */
import { expect, it } from "vitest";
import { CoreMachine } from "../../cli/core-machine";
import { core as module } from "./core-module";
import { randomCase } from "./generator";
import { memoryOf } from "./memory";
import { Random } from "./random";

const SEED = Number(process.env.SNPLAY_SEED ?? 15_36_3);
const CASES = 40;

function counted(core: CoreMachine): number[] {
  const { regions } = memoryOf(core.machine);
  const count = core.machine.config.covered / 512;
  return [...new Uint32Array(regions.buffer, regions.byteOffset, count)];
}

function swept({ machine }: CoreMachine): number[] {
  return Array.from({ length: machine.config.covered / 512 }, (_, region) => {
    const pages = Array.from({ length: 512 }, (_, page) => machine.ownEntry((region * 512 + page) * 4096));
    const assigned = pages.filter((page) => page.assigned).length;
    return assigned + pages.filter((page) => page.immutable).length * 0x10000;
  });
}

it(`counts of regions are right at every step, seed ${SEED}`, () => {
  const random = new Random(SEED);
  for (let i = 0; i < CASES; i++) {
    const { config, operations } = randomCase(random);
    const core = new CoreMachine(module, config, operations);
    for (const operation of operations) core.apply(operation);
    expect(counted(core)).toEqual(swept(core));
    for (let n = 0; n < 5; n++) {
      core.machine.seek(random.below(core.machine.events + 1));
      expect(counted(core)).toEqual(swept(core));
    }
  }
});
