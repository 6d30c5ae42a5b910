/**
 * Programs that mean no good, or were written late at night: each ends as the kind that is promised, and the
 * next run is as good as new.
 */
import { describe, expect, test } from "vitest";
import { runEnd, run as runScenario, type Watch } from "../../web/runtime/run";
import { type Given, ops, ran, ranText, scenario, theParts } from "./programs";

/** As the page and the commands run programs: with a clock. */
const watch: Watch = { now: () => performance.now(), alive: () => {} };

const TOO_LARGE = "The program needs more memory than it has";
const TOO_DEEP = "The program calls itself too deeply";
const instructions = { end: "fuel", limit: "instructions" };

/** Runs `body` in the guest's boot(), in the guest's module, in each of the hypervisor's functions, and in its module. */
const PLACES: [string, (body: string) => Promise<{ end: object; log: string[]; dropped: number }>][] = [
  ["boot()", (body) => ran(body, {}, { watch })],
  ["the guest's module", (body) => ranText(`${body}\nexport function boot() {}`, {}, { watch })],
  ...["launch", "vmgexit", "npf", "between"].map((name): (typeof PLACES)[number] => [
    `${name}()`,
    (body) =>
      ran(
        "wrmsr(MSR_AMD64_SEV_ES_GHCB, 2);\nvmgexit();",
        { hypervisor: `export function ${name}(hv) {\n${body}\n}` },
        { watch },
      ),
  ]),
  ["the hypervisor's module", (body) => ran("", { hypervisor: body }, { watch })],
];

/** Loops that act on the machine: what bounds them is the number of events. */
describe("an endless loop that touches the machine", () => {
  const linux = 'import { set_page_private, set_page_shared } from "linux";';
  test.each([
    ["validates", "for (;;) pvalidate(RAM_START, 0, 1);"],
    ["reads", "for (;;) read8(0x8000);"],
    ["catches exceptions", "for (;;) try { read8(RAM_START); } catch {}"],
    ["catches faults", "for (;;) try { write8(0, 1); } catch {}"],
    ["asks the hypervisor", "for (;;) { wrmsr(MSR_AMD64_SEV_ES_GHCB, 2); vmgexit(); }"],
    ["changes its page table", "for (let i = 0; ; i++) map_page(0x8000, 0x8000, { w: i % 2 });"],
    // each time the page's contents are lost, and what was there is kept for stepping back
    ["changes a page's side", "for (;;) { set_page_shared(0x8000); set_page_private(0x8000); }", "changes"],
  ])("%s", async (_what, body, limit = "steps") => {
    const program = scenario(`${linux}\nexport function boot() {\n${body}\n}`);
    const trace = await runScenario(program, await theParts(), { watch });
    expect(trace.end).toEqual({ end: "fuel", limit });
    trace.release();
    expect((await runEnd(program, await theParts(), { watch })).end).toEqual({ end: "fuel", limit });
  });
});

describe.each(PLACES)("in %s", (_where, run) => {
  test.each([
    ["an endless loop", "for (;;);", instructions],
    ["an endless loop of calls", "const f = () => {}; for (;;) f();", instructions],
    ["an endless loop that catches everything", "for (;;) try { throw 1; } catch {}", instructions],
    ["an endless generator", "function* g() { for (;;) yield 1; } for (const _ of g());", instructions],
    ["endless backtracking", '/(a*)*b/.test("a".repeat(64));', instructions],
    ["endless recursion", "(function f() { f(); })();", { end: "error", message: TOO_DEEP }],
    ["endless recursion through built-ins", "const f = () => [1].map(f); f();", { end: "error", message: TOO_DEEP }],
    [
      "endless recursion through getters",
      "const f = () => JSON.stringify({ toJSON: f }); f();",
      { end: "error", message: TOO_DEEP },
    ],
    [
      "endless recursion of a Proxy",
      "const p = new Proxy({}, { get: (t, k) => p[k] }); p.x;",
      { end: "error", message: TOO_DEEP },
    ],
    ["a deep text to parse", 'JSON.parse("[".repeat(1e5));', { end: "error", message: TOO_DEEP }],
    [
      "a memory bomb of arrays",
      "const a = []; for (;;) a.push(new Array(1000).fill(1));",
      { end: "error", message: TOO_LARGE },
    ],
    [
      "a memory bomb of buffers",
      "const a = []; for (;;) a.push(new Uint8Array(1 << 20));",
      { end: "error", message: TOO_LARGE },
    ],
    ["a memory bomb of text", 'let s = "x"; for (;;) s += s;', { end: "error", message: TOO_LARGE }],
    ["a memory bomb of bigints", "let n = 3n; for (;;) n = n * n;", { end: "error" }],
    ["a throw", 'throw new Error("no");', { end: "error", message: "Error: no" }],
    ["a throw of nothing", "throw undefined;", { end: "error", message: "The program threw undefined" }],
    ["an error with a getter", "throw { get message() { for (;;); } };", { end: "error" }],
    [
      "an error that is a Proxy",
      "throw new Proxy({}, { getPrototypeOf() { throw 1; }, getOwnPropertyDescriptor() { throw 1; } });",
      { end: "error" },
    ],
  ])("%s", async (_what, body, end) => {
    expect((await run(body)).end).toMatchObject(end);
    expect((await ran("")).end).toEqual({ end: "completed" });
  });

  test("a megabyte of log lines: 64 KiB kept, and it says what it dropped", async () => {
    const { end, log, dropped } = await run('for (let i = 0; i < 16384; i++) log("x".repeat(63));');
    expect(end).toEqual({ end: "completed" });
    expect(log.length).toBe(1024);
    expect(dropped % 64).toBe(0);
    expect(dropped).toBeGreaterThanOrEqual((16384 - 1024) * 64);
  });

  test("one line of five megabytes", async () => {
    const { log } = await run('log("é".repeat(5e6));');
    expect(log[0]).toBe("é".repeat(32767));
  });
});

describe("calls that never return are ended from outside, or by the clock as soon as they do", () => {
  test("built-ins that take long and catch: the clock", async () => {
    // a clock of its own, so that a fast machine ends it as a slow one does
    let time = 0;
    const slow: Watch = { now: () => (time += 100), alive: () => {} };
    const { end } = await ran('let s = "x"; for (;;) try { s += s; } catch {}', {}, { watch: slow });
    expect(end).toEqual({ end: "fuel", limit: "time" });
  });
});

describe("tampering with the language breaks nothing but the program that does it", () => {
  const POISON = `
    const boom = () => { throw new Error("poisoned"); };
    const { defineProperty, getPrototypeOf } = Object, { ownKeys } = Reflect;
    const classes = [Array, String, Number, BigInt, Map, Set, WeakMap, Uint8Array, Float64Array, BigUint64Array, RegExp, Error, Promise, ArrayBuffer];
    const targets = [JSON, Math, Reflect, Object, Array, BigInt, Number, String, Function.prototype, getPrototypeOf(Uint8Array.prototype)];
    for (const C of classes) targets[targets.length] = C.prototype;
    const works = [];
    for (const target of targets) for (const key of ownKeys(target)) if (key !== "constructor" && key !== "prototype") works[works.length] = [target, key];
    const names = ["eax", "cf", "c", "w", "u", "x", "p", "size", "vmpl", "cpl", "entry", "spa", "type", "gpa", "asid", "vector", "then", "toJSON", "value", "writable", "get", "set"];
    for (let i = 0; i < works.length; i++) try { defineProperty(works[i][0], works[i][1], { value: boom }); } catch {}
    for (let i = 0; i < names.length; i++) defineProperty(Object.prototype, names[i], { __proto__: null, get: () => undefined, set: boom });
  `;

  test("a guest", async () => {
    const { end, events, log } = await ran(`${POISON}
      const a = pvalidate(RAM_START, RMP_PG_SIZE_4K, true).cf + rmpadjust(RAM_START, 0, 1);
      write64(RAM_START, 5n);
      clear_page(RAM_START);
      copy_page(0x8000, RAM_START);
      map_page(0x5000, 0x6000, { w: false });
      set_page_decrypted(BOOT_GHCB_PAGE);
      ghcb.sw_exit_code = 1;
      ghcb.usage = ghcb.protocol_version + 1;
      create_vmsa(RAM_START, { vmpl: 2, entry() {} });
      wrmsr(MSR_AMD64_SEV_ES_GHCB, 2);
      vmgexit();
      let caught;
      try { rdmsr(1); } catch (e) { caught = e; }
      log(a, 5n, null, undefined, Symbol.iterator, () => 1, caught, true);`);
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual(["0 0x5 null undefined Symbol(Symbol.iterator) [function] #GP(0x0) true"]);
    expect(events.filter(({ actor, fault }) => actor === "guest" && fault === undefined).length).toBeGreaterThan(12);
  });

  test("a hypervisor", async () => {
    const { end, log } = await ran("rdmsr(MSR_AMD64_SEV);", {
      hypervisor: `export function between(hv) {
      ${POISON}
      const spa = hv.alloc();
      const eax = hv.rmpupdate(spa, { assigned: true, gpa: 0x300000, asid: 1 });
      const entry = hv.rmpread(spa);
      hv.npt.map(0x300000, spa, { size: "4K" });
      const bytes = hv.read_page(spa);
      let caught;
      try { hv.write_page(spa, bytes); } catch (e) { caught = e; }
      hv.npt.unmap(0x300000);
      log(eax, entry.gpa, hv.syscfg, hv.vmrun(0x801000), caught, hv.psp.snp_init());
    }`,
    });
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual(["0 3145728 0x3880000 VMEXIT_INVALID #PF(0x80000003), CR2 0x811000 INVALID_PLATFORM_STATE"]);
  });

  test("the default hypervisor shares a realm with the program: what that breaks is the program's error", async () => {
    const hypervisor = "Map.prototype.get = () => { throw new Error('mine'); };";
    expect((await ran("", { hypervisor })).end).toMatchObject({
      end: "error",
      message: "Error: mine",
      file: "hypervisor",
      line: 1,
    });
  });

  test("guest and hypervisor share nothing", async () => {
    const { log, end } = await ran(
      "globalThis.left = 1; Object.prototype.left = 1; log(typeof hv, typeof globalThis.note); rdmsr(MSR_AMD64_SEV);",
      {
        hypervisor:
          "globalThis.note = 1; export function between() { log(typeof globalThis.left, typeof pvalidate, typeof {}.left); }",
      },
    );
    expect([end, log]).toEqual([{ end: "completed" }, ["undefined undefined", "undefined undefined undefined"]]);
  });

  test("nothing of a run is left for the next one", async () => {
    await ran(`${POISON}\nglobalThis.left = 1;`, { hypervisor: "globalThis.left = 1; Object.prototype.left = 1;" });
    const { log } = await ran(
      "log(typeof globalThis.left, typeof {}.left, [1].map(String).join()); rdmsr(MSR_AMD64_SEV);",
      {
        hypervisor: "export function between() { log(typeof globalThis.left, typeof {}.left); }",
      },
    );
    expect(log).toEqual(["undefined undefined 1", "undefined undefined"]);
  });
});

describe("getters and Proxies as operands", () => {
  test.each([
    "rmpadjust({ valueOf: () => 1, [Symbol.toPrimitive]: () => 1 }, 0, 1)",
    "map_page(0x5000, 0x6000, { get w() { throw new Error('mine'); } })",
    "map_page(0x5000, 0x6000, new Proxy({}, { get() { throw new Error('mine'); } }))",
    "create_vmsa(0x8000, new Proxy({}, { get() { throw new Error('mine'); } }))",
    "log({ toJSON() { throw new Error('mine'); } }); throw new Error('mine')",
    "log(new Proxy(new Error(), { getPrototypeOf() { throw new Error('mine'); } })); throw new Error('mine')",
  ])("%s", async (call) => {
    const { end, events } = await ran(`${call};`);
    expect(end).toMatchObject({ end: "error", file: "guest", line: 2 });
    expect(events).toEqual([]);
  });

  test("a getter that acts for itself does not disturb the call it is an operand of", async () => {
    const { events, end } = await ran(`
      map_page(0x5000, 0x6000, { get w() { read64(0x8000); return 0; }, get u() { write64(0x8000, 7n); return 1; } });
      create_vmsa(0x8000, { get vmpl() { read64(0x8000); return 1; }, get sev_features() { wrmsr(MSR_AMD64_SEV_ES_GHCB, 99); return 0x21; } });`);
    expect(end).toEqual({ end: "completed" });
    expect(ops(events).filter((op) => !op.startsWith("rmp") && !op.startsWith("npt") && !op.endsWith("#NPF"))).toEqual([
      "read",
      "write",
      "gpt.map",
      "read",
      "wrmsr",
      "write",
    ]);
    expect(events.find(({ op }) => op === "gpt.map")?.args).toMatchObject({ gva: "0x5000", gpa: "0x6000", w: 0, u: 1 });
  });
});

describe("stacks within stacks", () => {
  // a guest at the end of its stack still reaches a hypervisor at the end of its own
  const deep = (call: string) => `
    let done = false;
    const f = () => { try { "a".replace(/a/, f); } catch (e) { if (!done) try { ${call}; done = true; } catch {} throw e; } };
    try { f(); } catch (e) { log(done, String(e)); }`;

  test("guest and hypervisor both at the end of theirs", async () => {
    const given: Given = {
      hypervisor: `export function between(hv, n) { if (n > 1) return; ${deep("hv.read64(0)")} }`,
    };
    const { end, log } = await ran(deep("pvalidate(RAM_START, 0, 1)"), given);
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual(["true InternalError: stack overflow", "true InternalError: stack overflow"]);
  });
});
