/**
 * Builds what is stale: build/core.wasm from assembly/, and build/quickjs.wasm from QuickJS's module with its stack counted
 * (count-stack.ts). As a script: `tsx cli/build.ts` (npm's `prepare`).
 */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { LIMITS } from "../web/runtime/limits";
import { countStack } from "./count-stack";
import { root } from "./sources";
import { ensureModule } from "./stamped";

const run = promisify(execFile);
const { resolve } = createRequire(import.meta.url);
const ascRoot = dirname(resolve("assemblyscript/package.json"));

/** Absolute path of the compiled core. */
export const corePath = join(root, "build", "core.wasm");

/** Absolute path of the engine that programs run in. */
export const enginePath = join(root, "build", "quickjs.wasm");

/** asc refused the sources. `message` is what asc said: each error with file, line and column. */
export class CoreBuildError extends Error {
  override name = "CoreBuildError";
  constructor(diagnostics: string) {
    super(diagnostics);
    this.stack = diagnostics;
  }
}

/** Builds what is stale. Throws CoreBuildError when asc refuses assembly/. Prints nothing. */
export async function ensureBuilt(): Promise<void> {
  await Promise.all([ensureCore(), ensureEngine()]);
}

/** The core, if sources, asconfig.json or asc changed since the last build. */
function ensureCore(): Promise<void> {
  const sources = ["assembly", "asconfig.json", join(ascRoot, "package.json")];
  return ensureModule(corePath, sources, (draft) => asc(["--outFile", draft]));
}

function ensureEngine(): Promise<void> {
  const quickjs = resolve("@jitl/quickjs-wasmfile-release-sync/wasm");
  const sources = [quickjs, "cli/count-stack.ts", "web/runtime/limits.ts"];
  return ensureModule(enginePath, sources, async (draft) => {
    const counted = countStack(await readFile(quickjs), LIMITS.stack + LIMITS.stackReserve);
    await writeFile(join(root, draft), counted);
  });
}

/** The core, built if stale, compiled by this engine. */
export async function coreModule(): Promise<WebAssembly.Module> {
  await ensureCore();
  return WebAssembly.compile(await readFile(corePath));
}

/** The engine that programs run in, likewise. */
export async function engineModule(): Promise<WebAssembly.Module> {
  await ensureEngine();
  return WebAssembly.compile(await readFile(enginePath));
}

/** Compiles assembly/ and throws the result away: asc as type checker. Returns asc's warnings; throws CoreBuildError. */
export async function checkAssembly(): Promise<string> {
  // said of the optimizer, when its last round made the module larger; no warning about the sources
  return (await asc(["--noEmit"])).replace("Last converge was suboptimal.", "").trim();
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensureBuilt();
  } catch (error) {
    if (!(error instanceof CoreBuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
