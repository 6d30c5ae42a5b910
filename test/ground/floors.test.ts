/** The floors of assembly/: the real ones hold, and what is planted in a copy of their shape is refused by name. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { floorProblems } from "../../cli/floors";
import { root } from "../../cli/sources";

test("assembly/ stands on its floors", async () => {
  expect(await floorProblems(join(root, "assembly"))).toBe("");
});

const SOUND: Record<string, string> = {
  abi: "export enum Op { NONE = 0 }",
  "memory/journal": 'import { Op } from "../abi";',
  "state/rmp": 'import { saveEntry } from "../memory/journal";',
  "step/event": 'import { seek } from "../state/rmp";',
  "firmware/init": 'import { syscfg } from "../host/platform";',
  "host/platform": 'import { begin } from "../step/event";',
  index: 'export { snpInit } from "./firmware/init";',
};

const PLANTED: [title: string, file: string, text: string, problem: RegExp][] = [
  [
    "an upward import",
    "memory/journal",
    'import { a } from "../state/rmp";',
    /memory\/journal\.ts: imports state\/rmp/,
  ],
  [
    "across: guest to host",
    "guest/walk",
    'import { a } from "../host/platform";',
    /guest\/walk\.ts: imports host\/platform/,
  ],
  ["a re-export upward", "state/rmp", 'export { a } from "../step/event";', /state\/rmp\.ts: imports step\/event/],
  ["an import of the top", "firmware/init", 'import { a } from "../index";', /firmware\/init\.ts: imports index/],
  [
    "over several lines",
    "state/npt",
    'import {\n  a,\n  b,\n} from "../guest/walk";',
    /state\/npt\.ts: imports guest\/walk/,
  ],
  ["a contract that imports", "abi", 'import { a } from "./memory/journal";', /abi\.ts: imports memory\/journal/],
  ["an unknown floor", "attic/box", "", /"attic" is no floor/],
  [
    "a circle on one floor",
    "memory/journal",
    'import { a } from "./tables";',
    /circle memory\/journal -> memory\/tables -> /,
  ],
];

test.each(PLANTED)("%s is refused", async (_, file, text, problem) => {
  const folder = await mkdtemp(join(tmpdir(), "snplay-floors-"));
  try {
    const files = { ...SOUND, "memory/tables": 'import { b } from "./journal";' };
    const put = async (name: string, content: string) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, `${name}.ts`), content);
    };
    for (const [name, content] of Object.entries(files)) await put(name, content);
    expect(await floorProblems(folder)).toBe("");
    await put(file, text);
    expect(await floorProblems(folder)).toMatch(problem);
  } finally {
    await rm(folder, { recursive: true });
  }
});
