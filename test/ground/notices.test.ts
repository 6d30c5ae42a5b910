/** dist/licenses.txt names everything that dist/ ships, copies inside packages too. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { EMBEDDED } from "../../cli/embedded";
import { namedIn, noticesOf } from "../../cli/notices";
import { ensurePage, pageDirectory } from "../../cli/page";
import { root } from "../../cli/sources";

let shipped = "";
let files: string[] = [];
let notices = "";
beforeAll(async () => {
  await ensurePage();
  const assets = join(pageDirectory, "assets");
  files = readdirSync(assets);
  shipped = files
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => readFileSync(join(assets, name), "utf8"))
    .join("\n");
  notices = readFileSync(join(pageDirectory, "licenses.txt"), "utf8");
}, 120_000);

/** What tells that a part is in the build, though its name and its comments may be gone; and what its notice must say. */
const KNOWN: [part: string, trace: string, says: string[]][] = [
  ["DOMPurify", "SANITIZE_NAMED_PROPS", ["DOMPurify", "Cure53", "Mozilla Public License", "Apache License"]],
  ["marked", "Infinite code loop|Infinite loop on byte", ["Christopher Jeffrey", "Permission is hereby granted"]],
  ["Node's path, in Monaco", "ERR_INVALID_ARG_TYPE", ["Joyent"]],
  ["Monaco", "monaco-editor", ["monaco-editor", "Microsoft Corporation"]],
  ["TypeScript, in Monaco", "typescript", ["typescript version", "Apache License"]],
  ["React", "react\\.transitional\\.element", ["Meta Platforms"]],
  ["micromark", "codeFencedFence", ["Titus Wormer"]],
  ["sucrase", "TypeScript|jsxPragma", ["sucrase", "Permission is hereby granted"]],
  ["zustand", "getInitialState", ["zustand"]],
  ["Emscripten", "HEAPU8|wasmMemory", ["Emscripten authors"]],
  ["Vite's loader", "modulepreload", ["Vite contributors"]],
];

describe("a part that is in the build is named", () => {
  test.each(KNOWN)("%s", (_, trace, says) => {
    expect(shipped).toMatch(new RegExp(trace));
    for (const words of says) expect(notices).toContain(words);
  });

  test.each([
    ["quickjs", /^(?:quickjs|emscripten-module)-.*\.wasm$/, ["Fabrice Bellard", "Rich Felker", "Doug Lea", "LLVM"]],
    ["the core", /^core-.*\.wasm$/, ["AssemblyScript"]],
    ["IBM Plex", /^ibm-plex-/, ["IBM Corp", "SIL OPEN FONT LICENSE"]],
    ["Codicons", /^codicon-.*\.ttf$/, ["Codicons", "Creative Commons Attribution 4.0"]],
  ] as const)("%s", (_, file, says) => {
    expect(files.some((name) => file.test(name))).toBe(true);
    for (const words of says) expect(notices).toContain(words);
  });

  test("no other fonts, and no WebAssembly that this test does not know", () => {
    const others = files.filter(
      (name) => !/\.(js|css)$|^ibm-plex-|^codicon-|^core-.*wasm$|^emscripten-module-|^quickjs-/.test(name),
    );
    expect(others).toEqual([]);
  });

  test("whatever licence comments the build kept", () => {
    const banners = [...shipped.matchAll(/\/\*!([\s\S]{0,2000}?)\*\//g)].map(([, text = ""]) => text);
    const named = [...banners.flatMap((text) => namedIn(text.replace(/^/gm, "* "))), ...namedIn(shipped)];
    const flat = notices.replace(/\s+/g, " ");
    for (const line of new Set(named)) expect(flat).toContain(line.replace(/\s+/g, " ").slice(0, 60));
    expect(named.length).toBeGreaterThan(0);
  });

  test("every listed copy is one: its module is in the build", () => {
    for (const { name } of EMBEDDED) expect(notices).toContain(name);
  });
});

describe("the text for given modules", () => {
  const module = (path: string) => join(root, "node_modules", path);

  test("a copy inside a package has its own licence", () => {
    const without = noticesOf([module("zustand/esm/vanilla.mjs")]);
    expect(without).not.toContain("Cure53");
    const text = noticesOf([module("monaco-editor/esm/vs/base/browser/dompurify/dompurify.js")]);
    expect(text).toContain("DOMPurify 3.4.15, a copy inside monaco-editor");
    expect(text).toContain("Mozilla Public License");
  });

  test("versions of the copies are those of the packages", () => {
    for (const { name, licence } of EMBEDDED) {
      const [version] = /[0-9]+\.[0-9]+\.[0-9]+/.exec(name) ?? [];
      if (version === undefined || "text" in licence) continue;
      const manifest = JSON.parse(readFileSync(module(`${licence.package}/package.json`), "utf8"));
      expect([name, manifest.version]).toEqual([name, version]);
    }
  });

  test("who is named inside a file", () => {
    expect(
      namedIn(" * Copyright Joyent, Inc.\n/*! @license X 1 | (c) Y */\n// Licensed under Z\nconst copyright = 1;\n"),
    ).toEqual(["Copyright Joyent, Inc.", "@license X 1 | (c) Y", "Licensed under Z"]);
  });
});
