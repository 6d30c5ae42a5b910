/** What the size of memory costs: the default scenario on a machine of 64 GiB against one of 256 MiB, made, run and stepped through. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readParts } from "../cli/programs";
import { root } from "../cli/sources";
import { run } from "../web/runtime/run";
import { parseScenario } from "../web/scenario/parse";
import type { Scenario } from "../web/scenario/schema";
import { median, table } from "./measure";

const SIZES = [256, 65_536];

interface Times {
  /** ms: a fresh machine and its run */
  run: number;
  /** ms: a view of every step, in order */
  steps: number;
  events: number;
}

export async function benchMemory(pairs: number): Promise<string> {
  const parsed = parseScenario(await readFile(join(root, "public/scenarios/boot-check.json"), "utf8"));
  if (!parsed.ok) throw new Error("the default scenario does not parse");
  const samples = SIZES.map((): Times[] => []);
  for (let pair = 0; pair <= pairs; pair++) {
    for (const [i, memoryMiB] of SIZES.entries()) {
      const times = await timesOf(parsed.scenario, memoryMiB);
      // the first pair has code compiled
      if (pair > 0) samples[i]?.push(times);
    }
  }
  const of = (i: number, what: (times: Times) => number) => median((samples[i] ?? []).map(what));
  const rows = (
    [
      ["made and run", (t) => t.run],
      ["a step", (t) => t.steps / (t.events + 1)],
      ["made, run and stepped through", (t) => t.run + t.steps],
    ] satisfies [string, (times: Times) => number][]
  ).map(([title, what]) => {
    const [small, large] = [of(0, what), of(1, what)];
    return [title, `${small.toFixed(2)} ms`, `${large.toFixed(2)} ms`, (large / small).toFixed(2)];
  });
  return table([`default scenario, ${pairs} pairs`, "256 MiB", "64 GiB", "ratio"], rows);
}

async function timesOf(scenario: Scenario, memoryMiB: number): Promise<Times> {
  // one machine is kept for the next run, which is of the other size: so each run makes its own
  shared ??= readParts();
  const parts = await shared;
  const machine = { ...scenario.machine, memoryMiB, rmpCoversMiB: memoryMiB };
  const start = performance.now();
  const trace = await run({ ...scenario, machine }, parts);
  const ran = performance.now();
  for (let step = 0; step <= trace.events; step++) trace.view({ step, spa: null });
  const stepped = performance.now();
  const { events } = trace;
  trace.release();
  return { run: ran - start, steps: stepped - ran, events };
}

let shared: ReturnType<typeof readParts> | undefined;
