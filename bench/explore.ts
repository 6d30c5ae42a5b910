/**
 * The search over every state of a small machine (web/core/explore.ts), beside the same dense search in C (explore.c) and
 * Spin on the same machine in Promela (explore-promela.ts). All take turns in one run, ours and C warm; counts must be equal.
 */
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { coreModule } from "../cli/build";
import { root } from "../cli/sources";
import { explore } from "../web/core/explore";
import { promela } from "./explore-promela";
import { median, table } from "./measure";
import { compiler } from "./native";

const run = promisify(execFile);

/** 10,648,000 states, 220,413,600 transitions. */
const MACHINE = { pages: 3, gpas: 3, vmpls: 3, masks: [0, 1, 3] } as const;
const STATES = 10_648_000;

interface Searched {
  states: number;
  /** of Spin to eight digits: it prints no more */
  transitions: number;
  /** states a second */
  rate: number;
}

interface Searcher {
  name: string;
  search: () => Promise<Searched>;
  close: () => Promise<void>;
}

/** `pairs` rounds, in each of which everyone searches once; Spin in the first `spinRounds` of them. */
export async function benchExplore(pairs: number, spinRounds: number): Promise<string> {
  const notes: string[] = [];
  const ours = await core();
  const native = await c(notes);
  const spin = await spinSearcher(notes);
  const rates = new Map<Searcher, number[]>();
  const counts = new Set<string>();
  try {
    for (const warm of [ours, native]) await warm?.search();
    for (let round = 0; round < pairs; round++) {
      for (const searcher of [ours, native, round < spinRounds ? spin : null]) {
        if (!searcher) continue;
        const { states, transitions, rate } = await searcher.search();
        counts.add(`${states} states, ${eightDigits(transitions)} transitions`);
        rates.set(searcher, [...(rates.get(searcher) ?? []), rate]);
      }
    }
  } finally {
    for (const searcher of [ours, native, spin]) await searcher?.close();
  }
  if (counts.size !== 1) throw new Error(`the counts differ: ${[...counts].join("; ")}`);
  const mine = rates.get(ours) ?? [];
  const rows = [...rates].map(([searcher, theirs]) => [
    searcher.name,
    `${(median(theirs) / 1e6).toFixed(2)} M`,
    searcher === ours ? "" : `${median(theirs.map((rate, i) => (mine[i] ?? 0) / rate)).toFixed(2)}x`,
    `${theirs.length}`,
  ]);
  return [[...counts][0], table(["search", "states/s", "core : it", "rounds"], rows), ...notes].join("\n");
}

const eightDigits = (count: number) => Number(count.toPrecision(8));

async function core(): Promise<Searcher> {
  const module = await coreModule();
  const search = async () => {
    const start = performance.now();
    let states = 0;
    let transitions = 0;
    for (const found of explore(module, { ...MACHINE, asids: 1, checksOff: [], everybody: false })) {
      ({ states, transitions } = found);
    }
    return { states, transitions, rate: (states / (performance.now() - start)) * 1000 };
  };
  return { name: "core (WebAssembly)", search, close: async () => {} };
}

async function c(notes: string[]): Promise<Searcher | null> {
  if (!(await compiler())) {
    notes.push("Skipped: the search in C needs gcc, and there is none in PATH.");
    return null;
  }
  const program = join(root, "build", "explore");
  await mkdir(join(root, "build"), { recursive: true });
  await run("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", program, join(root, "bench", "explore.c")]);
  const { pages, gpas, vmpls, masks } = MACHINE;
  const words = [pages, gpas, vmpls, ...masks].map(String);
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const search = async () => {
    child.stdin.write("\n");
    const { value, done } = await lines.next();
    if (done) throw new Error(`bench/explore.c ended (status ${child.exitCode})`);
    const [states = 0, transitions = 0, nanoseconds = 1] = value.split(" ").map(Number);
    return { states, transitions, rate: (states / nanoseconds) * 1e9 };
  };
  return { name: "C, gcc -O2", search, close: async () => void child.kill() };
}

async function spinSearcher(notes: string[]): Promise<Searcher | null> {
  const version = await run("spin", ["-V"]).catch(() => null);
  if (!version || !(await compiler())) {
    notes.push("Skipped: the search by Spin needs spin and gcc in PATH (Debian: apt install spin gcc).");
    return null;
  }
  const folder = await mkdtemp(join(tmpdir(), "snplay-spin-"));
  await writeFile(join(folder, "machine.pml"), promela(MACHINE));
  await run("spin", ["-a", "machine.pml"], { cwd: folder });
  const options = ["-O2", "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=16000", "-w"];
  await run("gcc", [...options, "-o", "pan", "pan.c"], { cwd: folder });
  const search = async () => {
    const start = performance.now();
    const { stdout } = await run(join(folder, "pan"), [`-m${STATES}`, "-w24", "-n"], { cwd: folder });
    const seconds = (performance.now() - start) / 1000;
    const states = Number(/(\d+) states, stored/.exec(stdout)?.[1]);
    // Spin counts the way into the initial state too
    const transitions = Number(/([\d.e+]+) transitions/.exec(stdout)?.[1]) - 1;
    if (/max search depth too small|out of memory/.test(stdout))
      throw new Error(`Spin did not get to the end: ${stdout}`);
    return { states, transitions, rate: states / seconds };
  };
  return { name: version.stdout.trim(), search, close: () => rm(folder, { recursive: true, force: true }) };
}
