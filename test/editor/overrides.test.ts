import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { declarationsOf } from "../../web/editor/declarations";
import { copyInto, functionsOf, hooksOf, override, type Written } from "../../web/editor/overrides";

const linux = readFileSync(new URL("../../web/library/linux.ts", import.meta.url), "utf8");
const text = (written: Written): string => {
  if ("refused" in written) throw new Error(written.refused);
  return written.text;
};

describe("what a program declares", () => {
  test.each([
    ["a string that looks like code", 'const s = "export function npf(hv) {";\nfunction a() {}', [["s"], ["a"]]],
    ["a template with braces", "const t = `}$" + "{a}{`;\nfunction b() {}", [["t"], ["b"]]],
    ["a regular expression with a brace", "const r = /[{]/;\nfunction b() {}", [["r"], ["b"]]],
    ["a comment that looks like code", "// export function x() {\n/* { */\nfunction b() {}", [["b"]]],
    ["no semicolons", "const a = 1\nconst b = a\n  + 2\nfunction c() {}", [["a"], ["b"], ["c"]]],
    [
      "patterns",
      "const [a, { b: c }] = f();\nlet d, e = 1;",
      [
        ["a", "c"],
        ["d", "e"],
      ],
    ],
    ["types", "interface A { b: number }\ntype C = A\nenum D { E }", [["A"], ["C"], ["D"]]],
    ["nested functions are not top level", "function a() { function b() {} const c = 1; }", [["a"]]],
    ["a chain over lines", "const a = f()\n  .g()\n  .h();\nconst b = 1;", [["a"], ["b"]]],
    ["an arrow with a block", "const a = () => {\n  return 1;\n};\nconst b = 2;", [["a"], ["b"]]],
  ])("%s", (_, source, names) => {
    expect(declarationsOf(source).map((found) => found.names)).toEqual(names);
  });

  test("the comment that touches it from above comes along, one above a blank line does not", () => {
    const source = "// file\n\n/** doc\n * more */\nfunction a() {} // after\n\n// b's\nfunction b() {}\n";
    const [a, b] = declarationsOf(source);
    expect(source.slice(a?.start, a?.code)).toBe("/** doc\n * more */\n");
    expect(source.slice(b?.start, b?.code)).toBe("// b's\n");
  });

  test("every statement of the library is found with the text it has", () => {
    for (const { code, end, names } of declarationsOf(linux)) {
      expect(linux.slice(code, end)).toMatch(/^(?:export|const|let|function)\b[\s\S]*[;}]$/);
      expect(names.length).toBeGreaterThan(0);
    }
  });
});

describe("override this part", () => {
  test("the first stub is the whole program, the next one comes after it", () => {
    const first = override(undefined, "npf");
    expect(first).toEqual({
      text: "export function npf(hv, fault) {\n  return hv.honest.npf(fault);\n}\n",
      line: 1,
    });
    const second = override(text(first), "between");
    expect(second).toMatchObject({ line: 5 });
    expect(hooksOf(text(second)).map(({ hook, line }) => [hook, line])).toEqual([
      ["npf", 1],
      ["between", 5],
    ]);
  });

  test("what exists is left alone, in every form an export can take", () => {
    for (const program of [
      "// one\nexport function npf(hv, fault) { return true; }",
      "// one\nexport const npf = (hv, fault) => true;",
      "// one\nfunction npf() {}\nexport { npf };",
    ]) {
      expect(override(program, "npf")).toEqual({ text: program, line: 2 });
    }
  });

  test("a hook that is only mentioned, local, or exported under another name does not count", () => {
    for (const program of [
      '// export function npf()\nlog("export function npf() {}");\n',
      "function helper() { function npf() {} }\n",
      "function npf() {}\nexport { npf as mine };\n",
      "function npf() {}\n",
    ]) {
      expect(hooksOf(program)).toEqual([]);
    }
  });

  test("a program with a mistake is refused with the place, not damaged", () => {
    expect(override("export function npf(hv {\n", "launch")).toEqual({
      refused: "The hypervisor program has a mistake at line 1, column 24. Correct it first.",
    });
  });
});

describe("copy into my program", () => {
  const program =
    'import { enforce_vmpl0, sev_enable } from "linux";\n\nexport function boot() {\n  sev_enable();\n}\n';

  test("the function comes with its comment, unexported; what it uses is imported; its own import goes", () => {
    const copy = text(copyInto(program, "enforce_vmpl0", "linux", linux));
    expect(copy).toMatch(/^import \{ sev_enable, is_vmpl0, sev_es_terminate \} from "linux";\n\n\/\*\* Ends the boot/);
    expect(copy).toContain("\nfunction enforce_vmpl0(): void {");
    expect(copy).toMatch(/\}\n\nexport function boot\(\) \{\n {2}sev_enable\(\);\n\}\n$/);
  });

  test("private helpers, constants and types of the module come along, in its order, and theirs too", () => {
    const source = [
      "const LOW = 1n;",
      "/** Unused by it. */\nconst OTHER = 2;",
      "/** What it gives. */\ninterface Answer {\n  version: bigint;\n}",
      "let state = 0n;",
      "const mask = (x: bigint) => x & LOW;",
      "export function call(x: bigint): bigint {\n  return mask(x);\n}",
      "/** Asks. */\nexport function negotiate(): Answer {\n  state = mask(call(1n));\n  const OTHER = 3;\n  return { version: state + BigInt(OTHER) };\n}",
    ].join("\n\n");
    const copy = text(copyInto("export function boot() {}\n", "negotiate", "mine", source));
    expect(copy).toBe(
      [
        'import { call } from "mine";',
        "const LOW = 1n;",
        "/** What it gives. */\ninterface Answer {\n  version: bigint;\n}",
        "let state = 0n;",
        "const mask = (x: bigint) => x & LOW;",
        "/** Asks. */\nfunction negotiate(): Answer {\n  state = mask(call(1n));\n  const OTHER = 3;\n  return { version: state + BigInt(OTHER) };\n}",
        "export function boot() {}\n",
      ].join("\n\n"),
    );
  });

  test("into a program without imports", () => {
    const copy = text(copyInto("export function boot() {\n  is_vmpl0();\n}\n", "is_vmpl0", "linux", linux));
    expect(copy).not.toContain("import");
    expect(copy.startsWith("/**\n * Is this VMPL0?")).toBe(true);
    expect(declarationsOf(copy).flatMap(({ names }) => names)).toEqual(["is_vmpl0", "boot"]);
  });

  test("an import that is left with nothing goes away", () => {
    const copy = text(
      copyInto('import { is_vmpl0 } from "linux";\nexport function boot() {}\n', "is_vmpl0", "linux", linux),
    );
    expect(copy).not.toContain("import");
  });

  test("a name that the program has already is shown, not doubled", () => {
    const own = "export function boot() {}\nfunction is_vmpl0() { return true; }\n";
    expect(copyInto(own, "is_vmpl0", "linux", linux)).toEqual({ text: own, line: 2 });
  });

  test("renamed imports and comments inside the braces are understood", () => {
    const start = 'import { is_vmpl0 as probe, /* a, b */ sev_enable } from "linux";\nprobe();\n';
    const copy = text(copyInto(start, "enforce_vmpl0", "linux", linux));
    expect(copy.split("\n")[0]).toBe(
      'import { is_vmpl0 as probe, sev_enable, is_vmpl0, sev_es_terminate } from "linux";',
    );
  });

  test.each(functionsOf(linux))("a copy of $name can be parsed and declares each name once", ({ name }) => {
    const copy = text(copyInto(program, name, "linux", linux));
    const names = declarationsOf(copy).flatMap((found) => found.names);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(name);
  });

  test("the line is that of the copy", () => {
    const written = copyInto(program, "is_vmpl0", "linux", linux);
    if ("refused" in written) throw new Error(written.refused);
    expect(written.text.split("\n")[written.line - 1]).toBe("function is_vmpl0(): boolean {");
  });
});
