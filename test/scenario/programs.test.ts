/**
 * The gallery's programs and the library against the types that users see in the editor: what we ship must not show a
 * squiggle. The compiler runs twice, as the editor has two worlds of globals.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { galleryOf } from "../../web/scenario/gallery-shelves";
import { shippedFiles } from "./disk";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TSC = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace("package.json", "bin/tsc");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "snplay-programs-"));
  symlinkSync(join(ROOT, "web"), join(folder, "web"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of these programs, each a module of its own; "" when it is content. */
function complaints(world: "guest" | "hypervisor", programs: Record<string, string>): string {
  mkdirSync(join(folder, world), { recursive: true });
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, world, `${name}.ts`), text);
  const library = ["linux", "ovmf", "svsm"].map((name) => [name, [`./web/library/${name}.ts`]] as const);
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: "ES2023",
      lib: ["ES2023"],
      types: [],
      module: "ESNext",
      moduleResolution: "bundler",
      skipLibCheck: false,
      ...(world === "guest" ? { paths: Object.fromEntries(library) } : {}),
    },
    files: [`./web/runtime/api/${world}.d.ts`, ...Object.keys(programs).map((name) => `./${world}/${name}.ts`)].concat(
      world === "guest" ? library.map(([, [path = ""]]) => path) : [],
    ),
  };
  const project = join(folder, `${world}.json`);
  writeFileSync(project, JSON.stringify(config));
  try {
    execFileSync(process.execPath, [TSC, "-p", project, "--pretty", "false"], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const scenarios = [...galleryOf(shippedFiles()).scenarios];

test("guest programs and library", () => {
  expect(complaints("guest", Object.fromEntries(scenarios.map(([id, { guest }]) => [id, guest])))).toBe("");
});

test("hypervisor programs", () => {
  const programs = scenarios.flatMap(([id, { hypervisor }]) => (hypervisor === undefined ? [] : [[id, hypervisor]]));
  expect(complaints("hypervisor", Object.fromEntries(programs) as Record<string, string>)).toBe("");
});

test("a mistake in a program would be seen", () => {
  const wrong = complaints("guest", {
    wrong: 'export function boot() {\n  pvalidate("a", 0, true);\n  fetch("x");\n}\n',
  });
  expect(wrong).toMatch(/wrong\.ts\(2,13\): error TS2345/);
  expect(wrong).toMatch(/wrong\.ts\(3,3\): error TS2304: Cannot find name 'fetch'/);
});
