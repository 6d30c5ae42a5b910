/**
 * `npm run -s fuzz -- --minutes N [--seed N] [--target NAME]`: random input at every door (cli/fuzz/targets.ts), in rounds,
 * until the time is over. Prints the seed of each round. The first failure is shrunk, saved to build/fuzz/ and printed
 * with what brings it back; exit 1 then, 0 when there was none, 2 when the command line is wrong.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plain } from "../web/scenario/quoted";
import type { Target } from "./fuzz/target";
import { TARGETS } from "./fuzz/targets";
import { type Found, tryTarget } from "./fuzz/try";
import { root } from "./sources";

const NAMES = TARGETS.map(({ name }) => name).join(", ");
const USAGE = `usage: npm run -s fuzz -- --minutes N [--seed N] [--target NAME]; targets: ${NAMES}`;

class Unusable extends Error {}

interface Asked {
  minutes: number;
  seed: number;
  targets: readonly Target[];
}

function readArguments(): Asked {
  let values: { minutes?: string; seed?: string; target?: string };
  try {
    ({ values } = parseArgs({
      options: { minutes: { type: "string" }, seed: { type: "string" }, target: { type: "string" } },
    }));
  } catch (error) {
    throw new Unusable(`${plain((error as Error).message)}; ${USAGE}`);
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 1440)) throw new Unusable(`--minutes must be a number up to 1440; ${USAGE}`);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31)
    throw new Unusable(`--seed must be from 0 to 2^31 - 1; ${USAGE}`);
  const targets = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
  if (targets.length === 0) throw new Unusable(`no such target: ${plain(values.target ?? "", 40)}; ${USAGE}`);
  return { minutes, seed, targets };
}

async function fuzz({ minutes, seed, targets }: Asked): Promise<number> {
  const until = Date.now() + minutes * 60_000;
  const tried = new Map<string, number>();
  for (let round = 0; ; round++) {
    const now = (seed + round) % 2 ** 31;
    console.log(`seed ${now}`);
    for (const target of targets) {
      if (Date.now() >= until) {
        for (const [name, cases] of tried) console.log(`${name}: ${cases} cases, none failed`);
        return 0;
      }
      const found = await tryTarget(target, now, target.cases);
      if (found !== null) return report(target, found);
      tried.set(target.name, (tried.get(target.name) ?? 0) + target.cases);
    }
  }
}

function report(target: Target, { input, why, seed }: Found): number {
  const { ending, content } = target.file(input);
  const folder = join(root, "build/fuzz");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${target.name}-${seed}.${ending}`);
  writeFileSync(file, content);
  console.log(
    `${target.name}: ${target.puts}: this does not hold:\n${why
      .split("\n")
      .map((line) => plain(line))
      .join("\n")}`,
  );
  console.log(`saved as ${file}`);
  console.log(`again: npm run -s fuzz -- --minutes 1 --seed ${seed} --target ${target.name}`);
  return 1;
}

try {
  process.exitCode = await fuzz(readArguments());
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
