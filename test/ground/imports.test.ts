/** The import rules of the rooms: each planted import is refused, each allowed one is not, and no room goes unruled. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../cli/sources";

interface Refusals {
  room: string;
  refused: string[];
  allowed: string[];
}

const PAGE_ONLY = ["react", "react-dom/client", "zustand", "monaco-editor/editor"];
const OUTSIDE = [
  "../../assembly/state/rmp",
  "../../cli/build",
  "../../test/model/machine",
  "../../bench/main",
  "node:fs",
];

const ROOMS: Refusals[] = [
  {
    room: "web/core",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../runtime/run", "../scenario/parse", "../store/ui", "../panels/Why"],
    allowed: ["../../assembly/abi", "./event", "../scenario/schema"],
  },
  {
    room: "web/trace",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../core/machine", "../manual/rules", "../runtime/run", "../store/ui"],
    allowed: ["../../assembly/abi", "../core/event"],
  },
  {
    room: "web/manual",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../runtime/run", "../store/ui", "../panels/Why"],
    allowed: ["../../assembly/abi", "../core/event"],
  },
  {
    room: "web/scenario",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../runtime/run", "../store/ui", "../panels/Why", "../editor/Editor"],
    allowed: ["../core/event", "./schema"],
  },
  {
    room: "web/runtime",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../store/ui", "../panels/Why", "../editor/Editor"],
    allowed: ["../../assembly/abi", "../core/machine", "../scenario/schema", "sucrase"],
  },
  {
    room: "web/launch",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../runtime/run", "../store/ui", "../panels/Why"],
    allowed: ["../../assembly/abi", "../core/event", "@noble/hashes/sha2.js"],
  },
  {
    room: "web/library",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../../assembly/abi", "../core/machine", "../runtime/run"],
    allowed: ["linux", "./linux"],
  },
  {
    room: "web/store",
    refused: [...OUTSIDE, "monaco-editor/editor", "../core/machine", "../runtime/run", "../panels/Why"],
    allowed: ["zustand", "../core/event", "../runtime/client", "../runtime/protocol"],
  },
  {
    room: "web/view",
    refused: [...OUTSIDE, ...PAGE_ONLY, "../runtime/run", "../runtime/protocol", "../store/ui", "../panels/Why"],
    allowed: ["../../assembly/abi", "../core/event"],
  },
  {
    room: "web/panels",
    refused: [...OUTSIDE, "monaco-editor/editor", "../core/machine", "../runtime/client", "../library/linux"],
    allowed: ["react", "../core/event", "../runtime/protocol", "../store/ui", "../manual/rules"],
  },
  {
    room: "web/editor",
    refused: [...OUTSIDE, "../core/machine", "../runtime/client", "../library/linux", "../panels/Why"],
    allowed: ["monaco-editor/editor", "../store/ui", "../library/linux.ts?raw"],
  },
  { room: "cli", refused: ["../web/panels/Why"], allowed: ["../web/core/machine", "node:fs"] },
  { room: "test/core", refused: ["../../web/panels/Why"], allowed: ["../../web/core/machine"] },
  { room: "bench", refused: ["../web/panels/Why"], allowed: ["../web/core/machine"] },
];

/** Other ways to write an import than `import "x"`. */
const FORMS = [
  'import type { Machine } from "../core/machine";',
  'export * from "../core/machine";',
  'export const load = () => import("../core/machine");',
];

let folder: string;
/** Lines that Biome refused, by file. */
const refusals = new Map<string, Set<number>>();

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "snplay-imports-")));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  for (const { room, refused, allowed } of ROOMS) {
    await plant(`${room}/planted.ts`, [...refused, ...allowed].map(imported));
  }
  await plant("web/panels/forms.tsx", FORMS);
  await plant("web/runtime/deep/planted.ts", [imported("../../panels/Why"), imported("../machine")]);

  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const options = [
    "--only=style/noRestrictedImports",
    "--vcs-enabled=false",
    "--reporter=github",
    "--max-diagnostics=none",
  ];
  const { stdout } = spawnSync(process.execPath, [biome, "lint", ...options], { cwd: folder, encoding: "utf8" });
  for (const [, path = "", line] of stdout.matchAll(/noRestrictedImports,file=([^,]+),line=(\d+)/g)) {
    const file = relative(folder, path);
    refusals.set(file, (refusals.get(file) ?? new Set()).add(Number(line)));
  }
});

afterAll(() => rm(folder, { recursive: true }));

async function plant(file: string, lines: string[]): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), `${lines.join("\n")}\n`);
}

const imported = (name: string) => `import "${name}";`;
const isRefused = (file: string, index: number) => refusals.get(file)?.has(index + 1) ?? false;

describe.each(ROOMS)("$room", ({ room, refused, allowed }) => {
  const file = `${room}/planted.ts`;
  test.each(refused)("refuses %s", (name) => expect(isRefused(file, refused.indexOf(name))).toBe(true));
  test.each(allowed)("allows %s", (name) => {
    expect(isRefused(file, refused.length + allowed.indexOf(name))).toBe(false);
  });
});

test.each(FORMS)("the rules see %s", (form) => {
  expect(isRefused("web/panels/forms.tsx", FORMS.indexOf(form))).toBe(true);
});

test("the rules reach sub-folders, and let them import their own room", () => {
  expect([...(refusals.get("web/runtime/deep/planted.ts") ?? [])]).toEqual([1]);
});

test("every room of web/ that holds code has a rule, and every rule a room", () => {
  const { overrides } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  const ruled = overrides.flatMap((override: { includes: string[] }) => override.includes);
  const rooms = readdirSync(join(root, "web"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .filter(({ name }) => readdirSync(join(root, "web", name)).some((file) => /\.tsx?$/.test(file)))
    .map(({ name }) => `web/${name}/**`);
  expect(rooms.filter((room) => !ruled.includes(room))).toEqual([]);
  expect(ruled.filter((room: string) => room.startsWith("web/") && room !== "web/*" && !rooms.includes(room))).toEqual(
    [],
  );
});
