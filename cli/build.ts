/**
 * Builds build/core.wasm from assembly/ when it is stale. As a script: `tsx cli/build.ts` (npm's `prepare`).
 *
 * The hash of all that goes into the module stands in a custom section at the end of the module itself, so one rename
 * replaces module and hash together, and several processes may build at once.
 */
import { execFile } from "node:child_process";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hashSources, root } from "./sources";

const run = promisify(execFile);
const ascRoot = dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json"));

/** Absolute path of the compiled core. */
export const corePath = join(root, "build", "core.wasm");

const STAMP_NAME = "snplay.sources";
const STAMP_HEX = 64;

/** asc refused the sources. `message` is what asc said: each error with file, line and column. */
export class CoreBuildError extends Error {
  override name = "CoreBuildError";
  constructor(diagnostics: string) {
    super(diagnostics);
    this.stack = diagnostics;
  }
}

/** Builds the core if sources, asconfig.json or asc changed since the last build. Throws CoreBuildError. Prints nothing. */
export async function ensureBuilt(): Promise<void> {
  const stamp = await hashSources(["assembly", "asconfig.json", join(ascRoot, "package.json")]);
  if ((await readStamp()) !== stamp) await build(stamp);
}

/** The core, built if stale, compiled by this engine. */
export async function coreModule(): Promise<WebAssembly.Module> {
  await ensureBuilt();
  return WebAssembly.compile(await readFile(corePath));
}

/** Compiles assembly/ and throws the result away: asc as type checker. Returns asc's warnings; throws CoreBuildError. */
export async function checkAssembly(): Promise<string> {
  return asc(["--noEmit"]);
}

async function build(stamp: string): Promise<void> {
  await mkdir(join(root, "build"), { recursive: true });
  const draft = `build/core.${process.pid}.${Date.now()}.wasm`;
  try {
    await asc(["--outFile", draft]);
    const module = await readFile(join(root, draft));
    await writeFile(join(root, draft), Buffer.concat([module, stampSection(stamp)]));
    await rename(join(root, draft), corePath);
  } finally {
    await rm(join(root, draft), { force: true });
  }
}

/** How the optimizer came to its end: no fault of the text. */
const CONVERGED = /^Last converge was suboptimal\.$/m;

/** A process of its own: tsx, which runs this file, takes 13 s to load the compiler; plain node takes 1 s. */
async function asc(options: string[]): Promise<string> {
  const compiler = join(ascRoot, "bin", "asc.js");
  const args = ["--enable-source-maps", compiler, "--baseDir", root, "--target", "release", ...options];
  try {
    const { stdout, stderr } = await run(process.execPath, args, { cwd: root });
    return `${stdout}${stderr}`.replace(CONVERGED, "").trim();
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new CoreBuildError(`assembly/ does not compile.\n\n${(stdout + stderr).trim() || String(error)}`);
  }
}

/** The hash at the end of the built module; null when there is no module. */
async function readStamp(): Promise<string | null> {
  const file = await open(corePath).catch(() => null);
  if (!file) return null;
  try {
    const { size } = await file.stat();
    if (size < STAMP_HEX) return null;
    const tail = Buffer.alloc(STAMP_HEX);
    await file.read(tail, 0, STAMP_HEX, size - STAMP_HEX);
    return tail.toString("latin1");
  } finally {
    await file.close();
  }
}

/** A custom section (id 0), which engines ignore. WebAssembly core specification, 5.5.3. */
function stampSection(stamp: string): Buffer {
  const body = Buffer.from(STAMP_NAME + stamp, "latin1");
  return Buffer.from([0, body.length + 1, STAMP_NAME.length, ...body]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensureBuilt();
  } catch (error) {
    if (!(error instanceof CoreBuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
