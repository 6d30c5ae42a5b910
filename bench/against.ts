/**
 * The core of this tree against that of another commit: both builds in one process, taking turns at every piece. A pair is a fresh
 * compilation and a fresh machine of each, the order changing from pair to pair; a row's figure is the median of the pairs' ratios.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { corePath, ensureBuilt } from "../cli/build";
import { root } from "../cli/sources";
import { median, table } from "./measure";
import { compare, MACHINES, titles } from "./sweeps";
import { wasmSide } from "./wasm";

const run = promisify(execFile);

/** `revision`: anything that git names a commit by. Rounds over machines of 1 M and of 16 M pages; 0 leaves these out. */
export async function benchAgainst(
  revision: string,
  pairs: number,
  rounds: { small: number; large: number },
): Promise<string> {
  const { stdout } = await run("git", ["rev-parse", "--short", `${revision}^{commit}`], { cwd: root });
  const theirs = await buildOf(stdout.trim());
  await ensureBuilt();
  const ours = await readFile(corePath);
  const rows: { title: string; ratios: number[] }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    let row = 0;
    for (const machine of MACHINES) {
      const count = machine.pages === MACHINES[0]?.pages ? rounds.small : rounds.large;
      if (count === 0) continue;
      const ratios = await ratiosOf(ours, theirs, machine, count, pair % 2 === 1);
      for (const [i, title] of titles(machine).entries()) {
        rows[row] ??= { title, ratios: [] };
        rows[row]?.ratios.push(ratios[i] ?? Number.NaN);
        row++;
      }
    }
  }
  const cells = rows.map(({ title, ratios }) => [
    title,
    median(ratios).toFixed(3),
    Math.min(...ratios).toFixed(3),
    Math.max(...ratios).toFixed(3),
  ]);
  return [
    `The core here : the core at ${stdout.trim()}, time an entry; ${pairs} pairs`,
    table(["sweep", "median", "least", "most"], cells),
  ].join("\n");
}

async function ratiosOf(
  ours: Buffer,
  theirs: Buffer,
  machine: (typeof MACHINES)[number],
  rounds: number,
  swapped: boolean,
): Promise<number[]> {
  const { pages, room } = machine;
  const sides = [];
  for (const bytes of swapped ? [theirs, ours] : [ours, theirs]) {
    sides.push(wasmSide(await WebAssembly.compile(new Uint8Array(bytes)), pages, room));
  }
  const [first, second] = sides;
  if (!first || !second) throw new Error("two sides");
  const samples = await compare(first, second, machine, rounds);
  return samples.map((sample) => {
    const ratio = median(sample.ours) / median(sample.theirs);
    return swapped ? 1 / ratio : ratio;
  });
}

/** The core as built from another commit, in a work tree of its own that is gone afterwards. */
async function buildOf(commit: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "snplay-bench-"));
  const tree = join(folder, "tree");
  try {
    await run("git", ["worktree", "add", "--detach", tree, commit], { cwd: root });
    await symlink(join(root, "node_modules"), join(tree, "node_modules"));
    await run(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), "cli/build.ts"], { cwd: tree });
    return await readFile(join(tree, "build", "core.wasm"));
  } finally {
    await run("git", ["worktree", "remove", "--force", tree], { cwd: root }).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}
