/** The native side of the bench: bench/native.c, compiled by `gcc -O2`, as a process that sweeps on request. */
import { execFile, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { root } from "../cli/sources";
import type { Side, Sweep } from "./side";

const run = promisify(execFile);
const COMPILER = ["gcc", "-O2"] as const;

/** Version line of gcc; null when there is none. */
export async function compiler(): Promise<string | null> {
  const { stdout } = await run(COMPILER[0], ["--version"]).catch(() => ({ stdout: "" }));
  return stdout.split("\n")[0] || null;
}

/** Compiles bench/native.c; the path of the program. */
export async function compileNative(): Promise<string> {
  const program = join(root, "build", "native");
  await mkdir(join(root, "build"), { recursive: true });
  await run(COMPILER[0], [COMPILER[1], "-Wall", "-Wextra", "-Werror", "-o", program, join(root, "bench", "native.c")]);
  return program;
}

/** Starts the program with a machine of `pages` and room for `eventRoom` events. */
export function nativeSide(program: string, pages: number, eventRoom: number): Side {
  const child = spawn(program, [String(pages), String(eventRoom)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<number[]> => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`bench/native.c ended at "${line}" (status ${child.exitCode})`);
    return value.split(" ").map(Number);
  };
  return {
    async sweep({ op, from, count, value }: Sweep) {
      const [nanoseconds = 0, done = 0] = await ask(`${op} ${from} ${count} ${value}`);
      return { nanoseconds, done };
    },
    record: async (on) => void (await ask(`record ${on ? 1 : 0}`)),
    forget: async () => void (await ask("forget")),
    hash: async (what) => (await ask(`hash ${what}`))[0] ?? 0,
    close: async () => void child.kill(),
  };
}
