/** Where an event comes from: exact lines and columns, through types, templates, libraries and the default hypervisor. */

import { isDeepStrictEqual } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Calls } from "../../web/runtime/call-sites";
import { Columns } from "../../web/runtime/columns";
import { Places } from "../../web/runtime/places";
import { run } from "../../web/runtime/run";
import { Sandbox } from "../../web/runtime/sandbox";
import { strip } from "../../web/runtime/strip";
import { parseScenario } from "../../web/scenario/parse";
import { shippedFiles } from "../scenario/disk";
import { ran, ranScenario, ranText, scenario, theParts } from "./programs";

describe("a guest's own lines", () => {
  test.each<[string, number, number]>([
    // source behind line 1, then the line and column of the read
    ["  read8(0x8000);", 2, 3],
    ["  const a: number = 1; read8(0x8000);", 2, 24],
    ["  const a = (1 as number as any)!; read8 (0x8000);", 2, 36],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is the guest's
    ["  const t = `${1}${2}`; const b: bigint = 1n; read8(0x8000);", 2, 47],
    ["  const s = '😀é'; const n: string = s; read8(0x8000);", 2, 41],
    ["  log(\n    1,\n    read8(0x8000),\n  );", 4, 5],
    ["  const f = (x: number): number => read8(x); f(0x8000);", 2, 36],
    ["  const g = function <T>(x: T): unknown { return read8(0x8000); }; g<number>(1);", 2, 50],
    ["  const h = () => {\n    return (\n      read8(0x8000)\n    );\n  };\n  h();", 4, 7],
    ["  [0x8000].map((at: number) => read8(at));", 2, 32],
    ["  enum E { A = 1, B }\n  read8(0x8000 + E.A - 1);", 3, 3],
    [
      "  class C { constructor(private readonly at: number) {} get() { return read8(this.at); } }\n  new C(0x8000).get();",
      2,
      72,
    ],
    ["  /* many\n lines */ read8(0x8000);", 3, 11],
    ["  if (true) read8(0x8000); else log(0);", 2, 13],
    ["  ghcb.rax;", 2, 8],
  ])("%j", async (body, line, column) => {
    const { end, events } = await ran(body);
    expect(end).toEqual({ end: "completed" });
    const read = events.find(({ op }) => op === "read");
    const place = { file: "guest", line, column };
    expect(read).toMatchObject({ at: place, caller: place });
  });

  test("carriage returns count for nothing", async () => {
    const { events } = await ranText("export function boot() {\r\n  const a: number = 1;\r\n  read8(0x8000);\r\n}\r\n");
    expect(events[0]?.at).toEqual({ file: "guest", line: 3, column: 3 });
  });
});

describe("who acts for whom", () => {
  test("the library's line, and the guest's that called it", async () => {
    const text = 'import { set_page_shared } from "linux";\nexport function boot() {\n  set_page_shared(0x8000);\n}';
    const { events } = await ranText(text);
    const pvalidate = events.find(({ op }) => op === "pvalidate");
    expect(pvalidate?.at).toMatchObject({ file: "linux" });
    expect(pvalidate?.caller).toEqual({ file: "guest", line: 3, column: 3 });
  });

  test("the default hypervisor acts for the guest's line; at launch, before it has one, for nobody's", async () => {
    const { all, events } = await ran("  log(0);\n  pvalidate(RAM_START, 0, 1);");
    const rmpupdate = events.find(({ op }) => op === "rmpupdate");
    expect(rmpupdate?.at?.file).toBe("kvm/npf");
    expect(rmpupdate?.caller).toEqual({ file: "guest", line: 3, column: 3 });
    expect(all[0]?.at?.file).toBe("kvm/launch");
    const first = all.findIndex(({ op }) => op === "execute");
    expect(first).toBeGreaterThan(10);
    expect(all.slice(0, first).filter(({ caller }) => caller)).toEqual([]);
    expect(all[first]?.caller).toEqual({ file: "guest", line: 1, column: 17 });
  });

  test("a hypervisor program's own line; and the default's, called by it", async () => {
    const hypervisor = "export function npf(hv, fault) {\n  hv.rmpread(0x800000);\n  return hv.honest.npf(fault);\n}";
    const { events } = await ran("  pvalidate(RAM_START, 0, 1);", { hypervisor });
    expect(events.find(({ op }) => op === "rmpread")?.at).toEqual({ file: "hypervisor", line: 2, column: 3 });
    const rmpupdate = events.find(({ op }) => op === "rmpupdate");
    expect(rmpupdate?.at?.file).toBe("kvm/npf");
    expect(rmpupdate?.caller).toEqual({ file: "hypervisor", line: 3, column: 10 });
  });

  test("after #NPF the instruction runs again, with the same line", async () => {
    const { events } = await ran("  pvalidate(RAM_START, 0, 1);");
    const tries = events.filter(({ op }) => op === "pvalidate");
    expect(tries.map(({ fault, at }) => [fault, at?.line])).toEqual([
      ["#NPF", 2],
      [undefined, 2],
    ]);
  });

  test("code that a program makes at run time counts for the line that runs it", async () => {
    const { events } = await ran('  log(0);\n  eval("read8(0x8000)");');
    expect(events.find(({ op }) => op === "read")?.at).toMatchObject({ file: "guest", line: 3 });
  });

  test("a function that calls itself something else fools nobody but its author", async () => {
    const { end, events } = await ran(
      "  const f = () => read8(0x8000);\n  Object.defineProperty(f, 'name', { value: 'x (guest:999999999:1)\\n    at y' });\n  f();",
    );
    expect(end).toEqual({ end: "completed" });
    expect(events.at(-1)?.at).toBeDefined();
  });
});

describe("errors of a program, where they are", () => {
  test.each<[string, string, number, number]>([
    ["export function boot() {\n  let x = ;\n}", "Syntax error at `;`: unexpected token", 2, 11],
    [
      "export function boot() {\n  const a: number = 1; let a = 2;\n}",
      "SyntaxError: invalid redefinition of lexical identifier",
      2,
      30,
    ],
    ["export function boot() {\n  const t: string = missing;\n}", "ReferenceError: 'missing' is not defined", 2, 21],
    ["export function boot() {\n  throw new Error('why');\n}", "Error: why", 2, 13],
    ["export function boot() {\n  null.x;\n}", "TypeError: cannot read property 'x' of null", 2, 8],
    ["const x: number = 1;\nexport function boot() {\n  throw 7;\n}", "The program threw 7", 2, 17],
    ["export function boot() {\n  throw null;\n}", "The program threw null, or needs more memory than it has", 1, 17],
    ["const boot = 1;", "The program must export a function boot(): `export function boot() { ... }`", 1, 1],
    ["export const boot = 1;", "The program must export a function boot(): `export function boot() { ... }`", 1, 1],
    [
      "let a = 1;\nawait 5;\nexport function boot() {}",
      "The program must not await anything while it loads: nothing would ever arrive",
      2,
      1,
    ],
    [
      "export async function boot() { await 1; }",
      "boot() must not be async: what it waits for would never arrive",
      1,
      23,
    ],
    ["export function* boot() { yield 1; }", "boot() must not be a generator: nothing of it would ever run", 1, 18],
    [
      "export const boot = async function* () {};",
      "boot() must not be a generator: nothing of it would ever run",
      1,
      14,
    ],
    [
      "import fs from 'fs';\nfs();\nexport function boot() {}",
      'There is no module "fs" to import: only "linux", "ovmf" and "svsm"',
      1,
      16,
    ],
    [
      "import {\n  is_vmpl0,\n  nothing,\n} from 'linux';\nnothing();\nexport function boot() {}",
      'Module "linux" has no export `nothing`',
      3,
      3,
    ],
    [
      "log(1);\nread8(0);\nexport function boot() {}",
      "Error: Nothing can be done while the program is loading: a vCPU runs boot()",
      2,
      1,
    ],
  ])("%j", async (text, message, line, column) => {
    const { end } = await ranText(text);
    expect(end).toEqual({ end: "error", message, file: "guest", line, column });
  });

  test("in a library module that the scenario carries", async () => {
    const library = { linux: "export const a = 1;\nexport const b = ;\n" };
    const { end } = await ranText("import { a } from 'linux';\na;\nexport function boot() {}", { library });
    expect(end).toMatchObject({ end: "error", file: "linux", line: 2, column: 18 });
  });

  test("only the library's modules: whatever else a file carries is no module", async () => {
    const library = { linux: "export const a = 1;", extra: 5 } as object;
    const { end } = await ranText("import { b } from 'extra';\nb;\nexport function boot() {}", { library });
    expect(end).toMatchObject({ end: "error", file: "guest", line: 1, column: 19 });
  });

  test("a bracket for every call: too deep to be read", async () => {
    const deep = `export function boot() { return ${"(".repeat(50_000)}1${")".repeat(50_000)}; }`;
    expect((await ranText(deep)).end).toMatchObject({
      end: "error",
      message: "The program is nested too deeply to be read",
    });
  });
});

describe("columns", () => {
  const at = (source: string, find: string) => {
    const stripped = strip(source);
    if (!stripped.ok) throw new Error(stripped.fault.message);
    const column = stripped.text.code.indexOf(find) + 1;
    return new Columns(stripped.text).authorPosition(1, column).column - 1;
  };

  test.each([
    ["const a: Map<string, number> = f(x as string, y!);", "f("],
    ["let q = (z as number)!; pvalidate<number>(x as any, y!);", "pvalidate"],
    ["const f = <T,>(a: T): T => g(a); h(1);", "h("],
    ["abstract class A { private x?: number; m(this: A): void { go(1); } }", "go("],
  ])("%s", (source, find) => {
    expect(at(source, find)).toBe(source.indexOf(find.replace("(", "")));
  });

  test("positions outside the text lead to its start", () => {
    const stripped = strip("let a = 1;");
    if (!stripped.ok) throw new Error();
    expect(new Columns(stripped.text).authorPosition(99, 5)).toEqual({ line: 1, column: 1 });
    expect(new Columns(stripped.text).authorPosition(1, 999)).toEqual({ line: 1, column: 11 });
  });
});

describe("a place that is remembered is the one that the stack tells", () => {
  afterEach(() => vi.restoreAllMocks());

  /** Has every place asked for twice. The number of times, and the times on which the two differed. */
  function compare() {
    const counts = { asked: 0, remembered: 0 };
    const differences: unknown[] = [];
    const { where, readStack } = Sandbox.prototype;
    const read = vi.spyOn(Places.prototype, "at");
    vi.spyOn(Sandbox.prototype, "where").mockImplementation(function (this: Sandbox) {
      const reads = read.mock.calls.length;
      const remembered = where.call(this);
      counts.asked++;
      if (read.mock.calls.length === reads) counts.remembered++;
      const told = readStack.call(this);
      if (!isDeepStrictEqual(told, remembered)) differences.push([remembered, told]);
      return remembered;
    });
    return { counts, differences };
  }

  test.each(Object.entries(shippedFiles()))("in %s", async (_, text) => {
    const parsed = parseScenario(text);
    if (!parsed.ok) throw new Error(parsed.message);
    const { counts, differences } = compare();
    await ranScenario(parsed.scenario);
    expect(counts.asked).toBeGreaterThan(0);
    expect(differences).toEqual([]);
  });

  test("an engine whose calls lie elsewhere has its stacks read as text: the same places", async () => {
    const { core, quickjs, sources } = await theParts();
    const known = await run(scenario(TEXT), await theParts());
    const expected = [...known.lines()];
    known.release();
    vi.spyOn(Calls, "find").mockReturnValue(null);
    const read = vi.spyOn(Sandbox.prototype, "readStack");
    const trace = await run(scenario(TEXT), { core, quickjs, sources });
    expect([...trace.lines()]).toEqual(expected);
    expect(read.mock.calls.length).toBeGreaterThan(40);
    trace.release();
  });
  const TEXT = `import { set_page_private } from "linux";
export function boot() {
  const f = (n: number): void => { if (n > 0) f(n - 1); else set_page_private(RAM_START); };
  f(3);
}`;

  const READ = "read8(0x8000)";
  test.each([
    ["one function from many lines", `const f = () => ${READ};\n${"f();\n".repeat(5)}`],
    ["two calls on one line", `const f = () => ${READ}; f(); f();`],
    ["recursion to many depths", `const f = (n) => { if (n > 0) f(n - 1); ${READ}; };\nf(20);`],
    ["closures that come and go", `for (let i = 0; i < 400; i++) (i % 2 ? () => ${READ} : () => { ${READ}; })();`],
    [
      "code from texts",
      `for (let i = 0; i < 200; i++) { eval("${READ} + " + i);\n new Function("${READ}; ".repeat(i % 7))(); }`,
    ],
    [
      "built-in functions in between",
      `[3, 1, 2].sort((a, b) => ${READ} * 0 + a - b);\n[1].map(() => [2].forEach(() => ${READ}));`,
    ],
    [
      "getters, setters, proxies, toString",
      `const o = { get x() { return ${READ}; }, set x(v) { ${READ}; }, toString() { ${READ}; return ""; } };\no.x; o.x = 1; String(o);\nnew Proxy({}, { get: () => ${READ} }).y;`,
    ],
    [
      "generators and iterators",
      `function* g() { ${READ}; yield 1;\n${READ}; yield 2; }\nfor (const _ of g()) for (const _ of g());`,
    ],
    [
      "classes, bound functions, apply",
      `class A { x = ${READ}; constructor() { ${READ}; } static f() { ${READ}; } }\nnew A(); A.f.bind(1)(); Reflect.apply(A.f, 0, []);\nclass B extends A {}\nnew B();`,
    ],
    [
      "functions that are renamed",
      `const f = () => ${READ};\nf(); Object.defineProperty(f, "name", { value: "g (guest:1:1)" }); f();`,
    ],
    [
      "exceptions on the way",
      `const f = () => { try { read8(RAM_START); } catch { ${READ}; } finally { ${READ}; } };\nfor (let i = 0; i < 3; i++) f();`,
    ],
  ])("with %s", async (_, body) => {
    const { counts, differences } = compare();
    // twice: the second run meets what the first one remembers
    for (let i = 0; i < 2; i++) expect((await ran(body)).end).toEqual({ end: "completed" });
    expect(differences).toEqual([]);
    expect(counts.remembered).toBeGreaterThan(counts.asked / 4);
  });
});
