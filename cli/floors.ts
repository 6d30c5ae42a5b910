/**
 * The floors of assembly/: each folder imports from the ones below it only, and no two files import each other in a circle.
 * `npm run check` holds it (Biome cannot parse AssemblyScript's decorators).
 */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";

/** For each floor, the floors that it may import from beside abi.ts and itself. "" is assembly/ itself. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  memory: [],
  state: ["memory"],
  step: ["memory", "state"],
  guest: ["memory", "state", "step"],
  host: ["memory", "state", "step"],
  firmware: ["memory", "state", "step", "host"],
  explore: ["memory", "state", "step", "guest", "host"],
  "": ["memory", "state", "step", "guest", "host", "firmware", "explore"],
};

const CONTRACT = "abi";

/** Which files a file imports: paths from assembly/ without ".ts". */
type Imports = ReadonlyMap<string, readonly string[]>;

async function readImports(folder: string): Promise<Imports> {
  const imports = new Map<string, string[]>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const path = join(entry.parentPath, entry.name);
    const file = path
      .slice(folder.length + 1)
      .replaceAll("\\", "/")
      .replace(/\.ts$/, "");
    const text = await readFile(path, "utf8");
    const found = [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)";/gm)];
    imports.set(
      file,
      found.map(([, target = ""]) => posix.normalize(posix.join(dirname(file), target))),
    );
  }
  return imports;
}

const floorOf = (file: string) => (file.includes("/") ? file.slice(0, file.indexOf("/")) : "");

function upward(imports: Imports): string[] {
  const problems: string[] = [];
  for (const [file, targets] of imports) {
    const floor = floorOf(file);
    const below = FLOORS[floor];
    if (!below) {
      problems.push(`assembly/${file}.ts: "${floor}" is no floor; cli/floors.ts lists them`);
      continue;
    }
    for (const target of targets) {
      if (file === CONTRACT) problems.push(`assembly/abi.ts: imports ${target}; the contract imports nothing`);
      else if (target === CONTRACT || floorOf(target) === floor || below.includes(floorOf(target))) continue;
      else problems.push(`assembly/${file}.ts: imports ${target}, which is not on a floor below ${floor || "the top"}`);
    }
  }
  return problems;
}

/** Each circle once, as the way around it. */
function circles(imports: Imports): string[] {
  const problems: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    const start = way.indexOf(file);
    if (start >= 0) problems.push(`assembly/: circle ${[...way.slice(start), file].join(" -> ")}`);
    if (start >= 0 || done.has(file)) return;
    way.push(file);
    for (const target of imports.get(file) ?? []) visit(target);
    way.pop();
    done.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return problems;
}

/** What is wrong with the imports in `folder`, a line each; "" when nothing is. */
export async function floorProblems(folder: string): Promise<string> {
  const imports = await readImports(folder);
  return [...upward(imports), ...circles(imports)].join("\n");
}
