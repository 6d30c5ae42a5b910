/** The digest command as a process: streams, pipes and exit codes. What it prints is tested in command.test.ts. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digestRun } from "./digest-run";
import { buildImage } from "./ovmf-image";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND = ["--import", "tsx", "cli/digest.ts"];
const LAUNCH = ["--vcpus", "2", "--vcpu-sig", "0x800f12", "--features", "0x1"];

let folder: string;
let large: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "snplay-digest-"));
  const path = join(folder, "64-mib.fd");
  await writeFile(path, buildImage({ size: 2 ** 26 }));
  large = ["--ovmf", path, ...LAUNCH];
});
afterAll(() => rm(folder, { recursive: true }));

test("prints, is silent on stderr, exits with 0", async () => {
  const path = join(folder, "small.fd");
  await writeFile(path, buildImage());
  const words = ["--ovmf", path, ...LAUNCH];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...COMMAND, ...words], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`${(await digestRun(words)).lines.join("\n")}\n`);
});

test("complains in one line on stderr, prints nothing, exits with 2", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...COMMAND, "nowhere.json"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect([status, stdout, stderr]).toEqual([2, "", "nowhere.json: cannot be read: ENOENT\n"]);
});

test("prints the lines of 64 MiB to a reader that is slow", async () => {
  const child = spawn(process.execPath, [...COMMAND, ...large], { cwd: ROOT });
  child.stdout.setEncoding("utf8");
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const lines = text.split("\n").slice(0, -1);
  expect(lines).toHaveLength(16384 + 31 + 2 + 1);
  expect(JSON.parse(lines[0] as string)).toMatchObject({ step: 1, type: 1, gpa: "0xfc000000" });
  expect(lines).toEqual((await digestRun(large)).lines);
});

test("ends quietly when nobody reads on", async () => {
  const child = spawn(process.execPath, [...COMMAND, ...large], { cwd: ROOT });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.once("close", resolve));
  expect([status, stderr]).toEqual([0, ""]);
});
