/**
 * docs/adding/instruction.md and rule.md say that their lists are whole. So an operation and a check are added to a copy of
 * the project, step by step as the documents say, and what the compiler and the tests name each time is compared with them.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Op, Rule } from "../../assembly/abi";
import { root } from "../../cli/sources";

const run = promisify(execFile);
const PARTS = [
  "assembly",
  "cli",
  "test",
  "web",
  "bench",
  "public",
  "docs",
  "package.json",
  "tsconfig.json",
  "asconfig.json",
];
const CONFIGS = ["vite.config.ts", "vitest.config.ts", "index.html"];

let copy = "";

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "snplay-adding-"));
  for (const part of [...PARTS, ...CONFIGS]) await cp(join(root, part), join(copy, part), { recursive: true });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"), "dir");
}, 60_000);

afterAll(() => rm(copy, { recursive: true, force: true }));

/** Files in the first column of the document's table whose last one says `by`. */
async function listed(document: string, by: string): Promise<string[]> {
  const text = await readFile(join(root, "docs/adding", document), "utf8");
  const rows = [...text.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)];
  return rows.filter(([, , named]) => named === by).map(([, file = ""]) => file);
}

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const path = join(copy, file);
  const text = await readFile(path, "utf8");
  const next = text.replace(from, to);
  if (next === text) throw new Error(`${file}: ${from} is not there`);
  await writeFile(path, next);
}

/** Files that the compiler complains about. */
async function compiler(): Promise<string[]> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const output = await run(process.execPath, [tsc, "--noEmit", "--project", copy], { cwd: copy }).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  return [...new Set([...output.matchAll(/^([^(\s]+)\(\d+,\d+\): error/gm)].map(([, file = ""]) => file))].sort();
}

/** Test files that fail, of those given and whatever lies beside them. */
async function failing(...parts: string[]): Promise<string[]> {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const report = join(copy, "report.json");
  const options = ["run", "--project", "node", "--reporter=json", `--outputFile=${report}`];
  await run(process.execPath, [vitest, ...options, ...parts], { cwd: copy, maxBuffer: 1 << 26 }).catch(() => {});
  const { testResults } = JSON.parse(await readFile(report, "utf8")) as {
    testResults: { name: string; status: string }[];
  };
  const failed = testResults.filter(({ status }) => status === "failed");
  return failed.map(({ name }) => name.slice(name.indexOf("test/"))).sort();
}

test("an operation and a check: what is named is what the documents list, no more and no less", async () => {
  await edit("assembly/abi.ts", `  COUNT = ${Op.COUNT},`, `  RMPDEMO = ${Op.COUNT},\n  COUNT = ${Op.COUNT + 1},`);
  // without its row the names are no type any more, and other files complain for that reason alone
  expect(await compiler()).toContain("web/trace/operations.ts");
  await edit(
    "web/trace/operations.ts",
    "export const OPERATIONS = {",
    'export const OPERATIONS = {\n  [Op.RMPDEMO]: { ...GUEST, name: "rmpdemo", operands: [gva("a")], glyph: "rmp", ladder: [Rule.PVALIDATE_CPL], order: ACCESS },',
  );
  expect(["web/trace/operations.ts", ...(await compiler())].sort()).toEqual(
    (await listed("instruction.md", "the compiler")).sort(),
  );

  await edit(
    "web/manual/sentences.ts",
    "  pvalidate,\n",
    '  pvalidate,\n  rmpdemo: () => "The demonstration went through.",\n',
  );
  await edit(
    "test/model/modelled.ts",
    '  pvalidate: "pvalidate",\n',
    '  pvalidate: "pvalidate",\n  rmpdemo: "pvalidate",\n',
  );
  expect(await compiler()).toEqual([]);
  expect(await failing("test/manual/ladders", "test/manual/sentences", "test/manual/rules", "test/trace")).toEqual(
    (await listed("instruction.md", "a test")).sort(),
  );

  // the check, in a project that is whole again but for it
  await edit("assembly/abi.ts", `  RMPDEMO = ${Op.COUNT},\n  COUNT = ${Op.COUNT + 1},`, `  COUNT = ${Op.COUNT},`);
  await edit("web/trace/operations.ts", /\n {2}\[Op\.RMPDEMO\][^\n]*/, "");
  await edit("web/manual/sentences.ts", /\n {2}rmpdemo[^\n]*/, "");
  await edit("test/model/modelled.ts", /\n {2}rmpdemo[^\n]*/, "");
  await edit(
    "assembly/abi.ts",
    `  COUNT = ${Rule.COUNT},`,
    `  DEMO_ASKED = ${Rule.COUNT},\n  COUNT = ${Rule.COUNT + 1},`,
  );
  expect(await compiler()).toEqual(await listed("rule.md", "the compiler"));
  await edit("web/manual/topics.ts", "  PVALIDATE_CPL:", '  DEMO_ASKED: "asked",\n  PVALIDATE_CPL:');
  await edit(
    "web/manual/rules/guest.ts",
    "export const GUEST = {",
    'export const GUEST = {\n  DEMO_ASKED: { asks: "Is it asked?", because: "it was asked", cite: "APM vol. 2", sure: "verified", show: "number", fix: "Do not ask." },',
  );
  await edit(
    "web/trace/operations.ts",
    "      Rule.PVALIDATE_CPL,\n",
    "      Rule.PVALIDATE_CPL,\n      Rule.DEMO_ASKED,\n",
  );
  expect(await compiler()).toEqual([]);
  expect(
    await failing(
      "test/manual/ladders",
      "test/manual/sentences",
      "test/manual/rules",
      "test/core/fuzz",
      "test/platform/rows",
    ),
  ).toEqual((await listed("rule.md", "a test")).sort());
}, 600_000);
