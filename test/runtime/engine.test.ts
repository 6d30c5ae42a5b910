/** What is relied on of QuickJS's raw exports: nothing promises them, so a new version has to pass here first. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type CallSite, CallSites } from "../../web/runtime/call-sites";
import { Engine, OutOfMemory } from "../../web/runtime/engine";
import { instantiate } from "../../web/runtime/quickjs";
import { theParts } from "./programs";

let quickjs: WebAssembly.Module;
beforeAll(async () => {
  quickjs = (await theParts()).quickjs;
});

/** Evaluates a module and gives the text of its export `out`. */
function out(engine: Engine, code: string, name = "m"): string {
  const answer = engine.evaluate(name, `export const out = String((() => { ${code} })());`);
  if (answer.threw) return `threw ${engine.textOf(engine.property(answer.value, "message"))}`;
  return engine.textOf(engine.property(answer.value, "out"));
}

describe("an engine", () => {
  test("evaluates modules, calls functions, hands over operands", async () => {
    const engine = await Engine.create(quickjs);
    const seen: string[] = [];
    engine.callbacks.native = (id, argc, argv) => {
      seen.push(`${id} ${argc} ${engine.textOf(engine.operand(argv, 0))}`);
      return engine.string("back");
    };
    engine.setProperty(engine.globalObject(), "native", engine.nativeFunction("native", 1, 42));
    expect(out(engine, 'return native("there") + typeof native;')).toBe("backfunction");
    expect(seen).toEqual(["42 1 there"]);
    const { value } = engine.evaluate("f", "export const f = (x) => { if (x) throw new Error(x); };");
    const f = engine.property(value, "f");
    expect(engine.call(f).threw).toBe(false);
    const threw = engine.call(f, engine.string("why"));
    expect([threw.threw, engine.textOf(engine.property(threw.value, "message"))]).toEqual([true, "why"]);
  });

  test("shares memory with the host", async () => {
    const engine = await Engine.create(quickjs);
    const { value, memory, at } = engine.sharedBuffer(64);
    engine.setProperty(engine.globalObject(), "shared", value);
    out(engine, "new Float64Array(shared)[1] = 1.5; new BigUint64Array(shared)[2] = 2n ** 64n - 1n;");
    expect(new Float64Array(memory, at, 8)[1]).toBe(1.5);
    expect(new BigUint64Array(memory, at, 8)[2]).toBe(2n ** 64n - 1n);
    new Float64Array(memory, at, 8)[0] = 7;
    expect(out(engine, "return new Float64Array(shared)[0];", "n")).toBe("7");
  });

  test("names and loads modules through the host, which may refuse", async () => {
    const engine = await Engine.create(quickjs);
    engine.callbacks.resolve = (base, name) => (name === "a" ? `${base}/${name}` : null);
    engine.callbacks.source = (name) => (name === "m/a" ? "export const a = 5;" : null);
    const good = engine.evaluate("m", 'import { a } from "a"; export const out = String(a);');
    expect(engine.textOf(engine.property(good.value, "out"))).toBe("5");
    expect(engine.evaluate("k", 'import { a } from "b";').threw).toBe(true);
  });

  test("a restored snapshot is the state as it was, values included", async () => {
    const engine = await Engine.create(quickjs);
    const { value } = engine.evaluate("m", "let n = 0; export const next = () => { n++; if (n > 1) throw n; };");
    const next = engine.property(value, "next");
    const snapshot = engine.snapshot();
    expect(snapshot.heap.length).toBeLessThan(1 << 20);
    for (let round = 0; round < 3; round++) {
      expect([engine.call(next).threw, engine.call(next).threw]).toEqual([false, true]);
      out(engine, "globalThis.big = new Array(1e6).fill({});", `big${round}`);
      engine.restore(snapshot);
      expect(out(engine, "return typeof globalThis.big;", `seen${round}`)).toBe("undefined");
    }
    // what a run used is not part of a later snapshot
    expect(engine.snapshot().heap.length).toBeLessThan(2 << 20);
  });

  test("never takes more memory than it has, and goes on after a restore", async () => {
    const engine = await Engine.create(quickjs);
    const snapshot = engine.snapshot();
    expect(out(engine, "const a = []; for (;;) a.push(new Uint8Array(1 << 20));")).toBe("threw out of memory");
    expect(() => engine.string("x".repeat(64 << 20))).toThrow(OutOfMemory);
    engine.restore(snapshot);
    expect(out(engine, "return 1 + 1;")).toBe("2");
  });

  test("asks every 10,000 turns whether to go on, and what it is told cannot be caught", async () => {
    const engine = await Engine.create(quickjs);
    let asked = 0;
    engine.callbacks.interrupt = () => ++asked > 3;
    expect(out(engine, "for (;;) try { for (;;); } catch {}")).toBe("threw interrupted");
    expect(asked).toBe(4);
  });

  test("tells by its calls where it stands, before and after its state was put back", async () => {
    const engine = await Engine.create(quickjs);
    const sites = new CallSites<string>();
    const seen: (CallSite<string> | null)[] = [];
    engine.callbacks.native = () => {
      seen.push(engine.callSite(sites));
      return 0;
    };
    engine.setProperty(engine.globalObject(), "native", engine.nativeFunction("native", 0, 1));
    const f = "const f = (n) => { if (n > 0) f(n - 1); else native(); };";
    const { value } = engine.evaluate("m", `${f} export const run = () => { f(0); f(0); f(2); native(); };`);
    const run = engine.property(value, "run");
    const snapshot = engine.snapshot();
    engine.call(run);
    expect(new Set(seen).size).toBe(4);
    engine.restore(snapshot);
    engine.call(run);
    expect(seen.slice(4)).toEqual(seen.slice(0, 4));
    expect(seen.slice(4).every((site, i) => site === seen[i])).toBe(true);
    // nothing of how the calls were looked for is left
    expect(out(engine, "return typeof probe;", "n")).toBe("undefined");
  });

  test("remembers a bounded number of places", () => {
    const { innermost, budget } = new CallSites<string>();
    const first = innermost.around(1, budget);
    for (let call = 2; call < 40_000; call++) innermost.around(call, budget);
    expect(innermost.around(1, budget)).toBe(first);
    expect(innermost.around(39_999, budget)).not.toBe(innermost.around(39_999, budget));
  });

  test("reads its own records of its calls, file, line and column; asks nothing of the engine for it", async () => {
    const engine = await Engine.create(quickjs);
    const seen: string[][] = [];
    engine.callbacks.native = () => {
      const before = engine.snapshot();
      const places = [...engine.callPlaces(new CallSites(), (file) => file === "m")];
      seen.push(places.map(({ file, line, column }) => `${file}:${line}:${column}`));
      expect(engine.snapshot()).toEqual(before);
      return 0;
    };
    engine.setProperty(engine.globalObject(), "native", engine.nativeFunction("native", 0, 1));
    const text =
      "const f = () => {\n  native();\n};\nObject.defineProperty(f, 'name', { value: 'x (m:9:9)\\n' });\n[1].map(f);";
    expect(engine.evaluate("m", text).threw).toBe(false);
    expect(seen).toEqual([["m:2:9", "m:5:8"]]);
  });

  test("goes on from a snapshot when the host throws through it", async () => {
    const engine = await Engine.create(quickjs);
    engine.callbacks.native = () => {
      throw new Error("through");
    };
    engine.setProperty(engine.globalObject(), "native", engine.nativeFunction("native", 0, 1));
    const { value } = engine.evaluate("f", "export const f = (n) => (n > 0 ? f(n - 1) : native());");
    const f = engine.property(value, "f");
    const snapshot = engine.snapshot();
    // far more often than the stack is deep: what was left of it is given back
    for (let i = 0; i < 1_000; i++) {
      expect(() => engine.call(f, engine.string("100"))).toThrow("through");
      expect(engine.overflowed).toBe(false);
      engine.restore(snapshot);
    }
    expect(out(engine, "return 1 + 1;")).toBe("2");
  });

  test("knows a promise, and what a value is", async () => {
    const engine = await Engine.create(quickjs);
    const { value } = engine.evaluate("m", "export const p = Promise.resolve(1), f = () => {}, n = 1;");
    expect(engine.isPromise(engine.property(value, "p"))).toBe(true);
    expect(engine.isPromise(engine.property(value, "f"))).toBe(false);
    expect(["p", "f", "n", "none"].map((name) => engine.typeOf(engine.property(value, name)))).toEqual([
      "object",
      "function",
      "number",
      "undefined",
    ]);
    expect(engine.isPromise(engine.evaluate("k", "await new Promise(() => {});").value)).toBe(true);
  });
});

test("nothing around an engine shows in its memory: not the process, the browser's language, or the time", async () => {
  const started = async () => {
    const { exports, memory } = await instantiate(quickjs, 400);
    exports.QTS_NewContext(exports.QTS_NewRuntime(), 0xffff);
    return Buffer.from(memory.buffer.slice(0));
  };
  const here = await started();
  const [program = ""] = process.argv.slice(1);
  try {
    process.argv[1] = "/a/program/with/a/much/longer/path/than/before/it.js";
    vi.stubGlobal("navigator", { language: "de-AT-u-co-phonebk" });
    vi.spyOn(Date, "now").mockReturnValue(12345);
    expect((await started()).equals(here)).toBe(true);
  } finally {
    process.argv[1] = program;
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
});
