/**
 * `npm run check`: format, lint, import rules (all Biome), types (tsc; asc for assembly/), the floors of assembly/, exact
 * versions, and no path of somebody's machine in the tree. Prints what failed in full, and one line a check.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkAssembly } from "./build";
import { floorProblems } from "./floors";
import { root } from "./sources";

const run = promisify(execFile);

interface Check {
  name: string;
  /** What is wrong, ready to print; "" when nothing is. */
  problems: () => Promise<string>;
}

const CHECKS: Check[] = [
  { name: "format, lint, import rules (biome)", problems: () => tool("@biomejs/biome/bin/biome", BIOME) },
  { name: "types (tsc)", problems: () => tool("typescript/bin/tsc", ["--project", "."]) },
  { name: "types of assembly/ (asc)", problems: () => checkAssembly().catch((error: Error) => error.message) },
  { name: "floors of assembly/", problems: () => floorProblems(join(root, "assembly")) },
  { name: "exact versions", problems: inexactVersions },
  { name: "no path of a machine", problems: machinePaths },
];

const BIOME = ["check", "--error-on-warnings", "--max-diagnostics=50", "--colors=off"];

/** A command of a package in node_modules, in plain node. What it printed, if it failed. */
async function tool(script: string, args: string[]): Promise<string> {
  try {
    await run(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root, maxBuffer: 1 << 26 });
    return "";
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    return (stdout + stderr).trim() || message;
  }
}

/** Ranges in package.json ("^1.2.3", "latest"): two installs could differ. */
async function inexactVersions(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return ["dependencies", "devDependencies", "optionalDependencies", "overrides"]
    .flatMap((kind) => Object.entries<string>(manifest[kind] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} is "${version}", not an exact version`)
    .join("\n");
}

/** Absolute paths of home and scratch folders: they mean nothing on another machine. */
async function machinePaths(): Promise<string> {
  const machine = /(?<![\w.])(?:\/(?:home|root|tmp|work|Users|var\/folders)\/|[A-Z]:\\Users\\)[\w.-]+/;
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  const problems: string[] = [];
  for (const file of stdout.split("\0").filter(Boolean)) {
    const bytes = await readFile(join(root, file)).catch(() => null);
    if (!bytes || bytes.includes(0)) continue;
    bytes
      .toString("utf8")
      .split("\n")
      .forEach((line, index) => {
        const found = machine.exec(line);
        if (found) problems.push(`${file}:${index + 1}: ${found[0]}`);
      });
  }
  return problems.join("\n");
}

let failed = 0;
const summary: string[] = [];
for (const { name, problems } of CHECKS) {
  const found = await problems();
  if (found) {
    failed++;
    console.error(`${found}\n`);
  }
  summary.push(`${found ? "FAILED" : "ok    "}  ${name}`);
}
console.log(summary.join("\n"));
if (failed > 0) process.exitCode = 1;
