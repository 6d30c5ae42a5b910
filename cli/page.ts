/**
 * Builds the page into dist/ when it is stale. As a script (`npm run build`) it always builds and shows Vite's output.
 * The new page is made beside the old one and swapped in whole, so a server or a test never sees half of one.
 */
import { spawn } from "node:child_process";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./build";
import { hashSources, root } from "./sources";

/** Where the built page lies, absolute. */
export const pageDirectory = join(root, "dist");

const STAMP = join(root, "build", "page.stamp");
const SOURCES = [
  "cli/page.ts",
  "index.html",
  "web",
  "public",
  "assembly",
  "asconfig.json",
  "vite.config.ts",
  "cli/notices.ts",
  "cli/embedded.ts",
  "package-lock.json",
];

/**
 * Builds dist/ if anything it is made of changed; calls `begin` first if it has to. Prints nothing; throws with Vite's
 * output when Vite fails.
 */
export async function ensurePage(begin?: () => void): Promise<void> {
  const [built, stamp] = await Promise.all([readFile(STAMP, "utf8").catch(() => ""), hashSources(SOURCES)]);
  const index = await readFile(join(pageDirectory, "index.html")).catch(() => null);
  if (built === stamp && index) return;
  begin?.();
  await buildPage(stamp, false);
}

async function buildPage(stamp: string, show: boolean): Promise<void> {
  await ensureBuilt();
  const draft = `build/page.${process.pid}`;
  const old = join(root, `build/page.${process.pid}.old`);
  try {
    await vite(["build", "--outDir", draft, "--emptyOutDir"], show);
    await rename(pageDirectory, old).catch(() => {});
    await rename(join(root, draft), pageDirectory);
    await writeFile(STAMP, stamp);
  } finally {
    for (const leftover of [old, join(root, draft)]) await rm(leftover, { recursive: true, force: true });
  }
}

/** Vite in plain node, as its own command does it. */
function vite(args: string[], show: boolean): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), ...args], {
      cwd: root,
      // A test runner sets NODE_ENV to "test", and Vite would build the page for development.
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
    });
    let output = "";
    child.stdout?.on("data", (text) => (output += text));
    child.stderr?.on("data", (text) => (output += text));
    child.on("error", fail);
    child.on("close", (code) => (code === 0 ? done() : fail(new Error(`The page does not build.\n${output}`))));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildPage(await hashSources(SOURCES), true);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
