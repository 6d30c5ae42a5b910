/** The core's build, in a project of its own: a folder with the real cli/ and a three-line assembly/. */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../cli/sources";

let project: string;
const core = () => join(project, "build", "core.wasm");
const source = (body: string) => writeFile(join(project, "assembly", "index.ts"), body);

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "snplay-build-"));
  await mkdir(join(project, "assembly"));
  for (const path of ["package.json", "asconfig.json", "cli", "web/runtime/limits.ts"]) {
    await cp(join(root, path), join(project, path), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
});

afterAll(() => rm(project, { recursive: true }));

function build(): Promise<{ status: number | null; output: string }> {
  return new Promise((done) => {
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    const child = spawn(process.execPath, [tsx, "cli/build.ts"], { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.on("close", (status) => done({ status, output }));
  });
}

async function answer(): Promise<number> {
  const { instance } = await WebAssembly.instantiate(await readFile(core()));
  return (instance.exports.answer as () => number)();
}

test("builds in silence, also when several do at once, and leaves one file of each", async () => {
  await source("export function answer(): i32 {\n  return 1;\n}\n");
  const results = await Promise.all([build(), build(), build()]);
  expect(results).toEqual(Array(3).fill({ status: 0, output: "" }));
  expect(await readdir(join(project, "build"))).toEqual(["core.wasm", "quickjs.wasm"]);
  expect(await answer()).toBe(1);
});

test("does nothing when nothing changed, and builds when something did", async () => {
  const before = (await stat(core())).mtimeMs;
  expect(await build()).toEqual({ status: 0, output: "" });
  expect((await stat(core())).mtimeMs).toBe(before);
  await source("export function answer(): i32 {\n  return 2;\n}\n");
  await build();
  expect(await answer()).toBe(2);
});

test("says file, line and column of an error, fails, and keeps the last good core", async () => {
  await source('export function answer(): i32 {\n  return "two";\n}\n');
  const { status, output } = await build();
  expect(status).toBe(1);
  expect(output).toContain("assembly/index.ts(2,10)");
  expect(await answer()).toBe(2);
});
