/** The vectors against both machines, and the command that runs them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CoreMachine } from "../../cli/core-machine";
import { describeFailure, parseVectors, runVectors } from "../../cli/vectors";
import { Model } from "../model/model";
import { core as module } from "./core-module";

const ROOT = join(import.meta.dirname, "../..");
const VECTORS = join(ROOT, "test/vectors");
const FILES = readdirSync(VECTORS).filter((file) => file.endsWith(".jsonl"));

describe.each(FILES)("%s", (file) => {
  const cases = parseVectors(readFileSync(join(VECTORS, file), "utf8"), file);
  const steps = cases.reduce((sum, { steps }) => sum + steps.length, 0);

  it("passes on the core", () => {
    const { passed, failures } = runVectors(cases, (config, operations) => new CoreMachine(module, config, operations));
    expect(failures.map(describeFailure)).toEqual([]);
    expect(passed).toBe(steps);
    expect(steps).toBeGreaterThan(0);
  });

  it("passes on the second model", () => {
    const { passed, failures } = runVectors(cases, (config) => new Model(config));
    expect(failures.map(describeFailure)).toEqual([]);
    expect(passed).toBe(steps);
  });
});

describe("npm run conformance", () => {
  const folder = mkdtempSync(join(tmpdir(), "vectors-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(...files: string[]) {
    const args = [join(ROOT, "node_modules/tsx/dist/cli.mjs"), join(ROOT, "cli/conformance.ts"), ...files];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return { status, out: stdout.trimEnd().split("\n"), err: stderr };
  }

  function file(name: string, ...lines: unknown[]): string {
    const path = join(folder, name);
    writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
    return path;
  }

  const start = { case: "x", config: { pages: 512, covered: 512, sss: true, vmpls: 4 } };
  const right = { op: "psmash", spa: "0x0", expect: { eax: 7 } };
  const wrong = { op: "psmash", spa: "0x1000", expect: { eax: 0 } };

  it("exits 0 when all passed", () => {
    const { status, out, err } = run(file("good.jsonl", start, right), join(VECTORS, "claims.jsonl"));
    expect({ status, out, err }).toEqual({ status: 0, out: ["38 passed, 0 failed"], err: "" });
  });

  it("exits 1 and prints what failed", () => {
    const path = file("wrong.jsonl", start, right, wrong);
    const { status, out } = run(path);
    expect(status).toBe(1);
    expect(out).toEqual([
      `${path}:3: {"op":"psmash","spa":"0x1000"} expected {"eax":0} got {"eax":1}`,
      "1 passed, 1 failed",
    ]);
  });

  it("exits 2 with one line when a file is malformed, and runs nothing", () => {
    const path = file("bad.jsonl", start, wrong, { op: "psmash", expect: { eax: 0 } });
    const { status, out, err } = run(file("good.jsonl", start, right), path);
    expect({ status, out }).toEqual({ status: 2, out: [""] });
    expect(err).toBe(`${path}:3: psmash: "spa" is missing\n`);
  });

  it("exits 2 when a file is not there, or none is named", () => {
    const missing = run(join(folder, "nowhere.jsonl"));
    expect(missing.status).toBe(2);
    expect(missing.err).toContain("nowhere.jsonl: cannot be read: ENOENT");
    expect(run().status).toBe(2);
  });
});
