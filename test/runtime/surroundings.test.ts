/** What programs find around them is what the declarations document, no more and no less. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { terminationName } from "../../web/manual/termination";
import { CONSTANTS } from "../../web/runtime/inside/constants";
import { GHCB_FIELDS } from "../../web/runtime/inside/fields";
import { ran } from "./programs";

const read = (path: string) => readFileSync(new URL(`../../web/runtime/${path}`, import.meta.url), "utf8");
const declared = (file: string) =>
  [...read(`api/${file}.d.ts`).matchAll(/^declare (?:function|const|class) (\w+)/gm)].map(([, name = ""]) => name);

/** ECMAScript's own, as this engine has them, without clock, chance and memory's whims. */
const LANGUAGE =
  "AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error EvalError Float16Array " +
  "Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array InternalError Iterator JSON Map Math NaN " +
  "Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError " +
  "Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI " +
  "encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt undefined unescape";

const globals = "log(Object.getOwnPropertyNames(globalThis).sort().join(' '));";
const sorted = (...lists: string[][]) => [...new Set(lists.flat())].sort().join(" ");

describe("globals", () => {
  test("a guest's: the language and what guest.d.ts and program.d.ts declare", async () => {
    const { log } = await ran(globals);
    expect(log[0]).toBe(sorted(LANGUAGE.split(" "), declared("guest"), declared("program")));
  });

  test("a hypervisor's: the language and what program.d.ts declares", async () => {
    const { log } = await ran("rdmsr(MSR_AMD64_SEV);", { hypervisor: `export function between() { ${globals} }` });
    expect(log[0]).toBe(sorted(LANGUAGE.split(" "), declared("program")));
  });

  test("hv's members are those of the interface", async () => {
    const members = (name: string) => {
      const text = read("api/hypervisor.d.ts");
      const start = text.indexOf(`interface ${name} {`);
      const body = text.slice(start, text.indexOf("\n}", start));
      const found = [...body.matchAll(/^ {2}(?:readonly |get )?(\w+)[(:?]/gm)].map(([, member = ""]) => member);
      return [...new Set(found)].sort();
    };
    const { log } = await ran("rdmsr(MSR_AMD64_SEV);", {
      hypervisor: "export function between(hv) { log(Object.getOwnPropertyNames(hv).sort().join(' ')); }",
    });
    expect(log[0]).toBe(members("Hypervisor").join(" "));
    expect(members("HostGhcb")).toEqual([...GHCB_FIELDS.map(({ field }) => field), "shared_buffer"].sort());
  });

  test("no clock, no chance, nothing whose outcome depends on when memory is collected", async () => {
    const names =
      "Date Intl WeakRef FinalizationRegistry SharedArrayBuffer Atomics performance setTimeout queueMicrotask print std os scriptArgs navigator __boundary";
    const { log } = await ran(
      `log(${names
        .split(" ")
        .map((name) => `typeof ${name}`)
        .join(", ")}, typeof Math.random);`,
    );
    expect(new Set(log[0]?.split(" "))).toEqual(new Set(["undefined"]));
  });

  test("what other ways there are to a clock end there too", async () => {
    const { log } = await ran(`
      const away = (f) => { try { return String(f()); } catch (e) { return e.name; } };
      log(away(() => new Function("return typeof Date")()), away(() => (0, eval)("typeof Date")), away(() => ({}).constructor.constructor("return typeof Math.random")()));
      log(away(() => new Error("x").stack.includes("inside/")));`);
    expect(log).toEqual(["undefined undefined undefined", "false"]);
  });

  test("import() brings nothing: there is nobody to wait for it", async () => {
    const { log, end } = await ran('import("linux").then(() => log("came")); import("fs").catch(() => log("failed"));');
    expect([log, end]).toEqual([[], { end: "completed" }]);
  });

  test.each([
    "pvalidate = 1",
    "globalThis.pvalidate = 1",
    "RAM_START = 0",
    "console = {}",
    "console.log = 1",
    "delete globalThis.log",
  ])("%s is an error", async (change) => {
    expect((await ran(`${change};`)).end).toMatchObject({ end: "error", file: "guest", line: 2 });
  });

  test("a program may use any of these names for its own", async () => {
    const { log, events } = await ran("const pvalidate = (x) => x + 1; log(pvalidate(1));");
    expect([log, events]).toEqual([["2"], []]);
  });
});

describe("constants", () => {
  test("each is a global with its value; RAM_END is half of memory", async () => {
    const names = Object.keys(CONSTANTS);
    const { log } = await ran(`log(JSON.stringify({ ${names.join(", ")}, RAM_END }));`, {
      machine: { memoryMiB: 64, rmpCoversMiB: 64 },
    });
    expect(JSON.parse(log[0] ?? "")).toEqual({ ...CONSTANTS, RAM_END: 32 * 0x10_0000 });
  });

  test("each docstring says the value", () => {
    const text = read("api/program.d.ts");
    for (const [name, value] of Object.entries(CONSTANTS)) {
      const said = new RegExp(`/\\*\\* ([0-9A-F_]+)(h?): [^\\n]*\\*/\\ndeclare const ${name}: number;`).exec(text);
      expect([name, Number.parseInt(said?.[1]?.replaceAll("_", "") ?? "", said?.[2] ? 16 : 10)]).toEqual([name, value]);
    }
  });

  // Linux arch/x86/include/asm/sev-common.h
  test.each([
    [0, 0, "GHCB_SEV_ES_GEN_REQ"],
    [0, 1, "GHCB_SEV_ES_PROT_UNSUPPORTED"],
    [0, 2, "GHCB_SNP_UNSUPPORTED"],
    [1, 0, "GHCB_TERM_REGISTER"],
    [1, 2, "GHCB_TERM_PVALIDATE"],
    [1, 3, "GHCB_TERM_NOT_VMPL0"],
    [1, 9, "GHCB_TERM_SVSM_CAA"],
    [1, 12, "GHCB_TERM_SAVIC_FAIL"],
    [0, 3, "unknown"],
    [2, 0, "unknown"],
  ])("termination %i:%i is %s", (set, code, name) => {
    expect(terminationName(set, code)).toBe(name);
    if (name !== "unknown") expect(CONSTANTS[name as keyof typeof CONSTANTS]).toBe(code);
  });
});

describe("log", () => {
  test("values as one reads them", async () => {
    const { log } = await ran(`
      log("a", 1, -0, 1.5, NaN, 10n, -3n, 0xfeedn, true, null, undefined, Symbol("s"), () => 1);
      log([1, [2n]], { a: 1n, b: "x" }, new TypeError("why"), new Map(), { toJSON() { throw 1; } });
      console.log("same", 2);
      log();
      log("a\\0b", "\\u2028");`);
    expect(log).toEqual([
      "a 1 0 1.5 NaN 0xa -0x3 0xfeed true null undefined Symbol(s) [function]",
      '[1,["0x2"]] {"a":"0x1","b":"x"} TypeError: why {} [object]',
      "same 2",
      "",
      "a\u2400b \u2028",
    ]);
  });

  test("lines of the module come first, at step 0", async () => {
    const { log } = await ran("log('boot');", { hypervisor: "log('host'); export function between() {}" });
    expect(log).toEqual(["host", "boot"]);
  });
});
