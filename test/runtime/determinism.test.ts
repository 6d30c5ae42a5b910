/** The same scenario, the same bytes: whatever ran before, whoever watches, with places or without. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type Parts, run, runEnd, runner } from "../../web/runtime/run";
import type { Scenario } from "../../web/scenario/schema";
import { ran, ranText, scenario, theParts } from "./programs";

const GUEST = `import { early_setup_ghcb, enforce_vmpl0, snp_accept_memory } from "linux";
const seen = new Map<number, string>();
export function boot() {
  enforce_vmpl0();
  early_setup_ghcb();
  snp_accept_memory(RAM_START, RAM_START + 8 * PAGE_SIZE);
  for (let i = 0; i < 8; i++) {
    const noise = read64(RAM_START + i * PAGE_SIZE);
    seen.set(i, noise.toString(36));
    log(i, noise, Math.sin(i), [...seen.keys()].sort().join());
  }
  try { read64(RAM_END - 8); } catch (e) { log(e); }
}`;
const HYPERVISOR = "export function between(hv, n) { if (n % 7 === 0) log(n, hv.read64(hv.alloc())); }";
const SCENARIO = scenario(GUEST, { hypervisor: HYPERVISOR });

/** The whole trace; compared by digest, so that a difference does not print all of it. */
async function digest(of: Scenario, parts: Parts, options = {}): Promise<string> {
  const trace = await run(of, parts, options);
  const hash = hashOf([...trace.lines(), JSON.stringify(trace.log.lines)]);
  trace.release();
  return hash;
}

const hashOf = (lines: string[]) => createHash("sha256").update(lines.join("\n")).digest("hex");

let parts: Parts;
let first: string;
beforeAll(async () => {
  parts = await theParts();
  first = await digest(SCENARIO, parts);
});

describe("byte for byte", () => {
  test("it did something", async () => {
    const { all, log, end } = await ranText(GUEST, { hypervisor: HYPERVISOR });
    expect(all.length).toBeGreaterThan(100);
    expect(log.length).toBeGreaterThan(15);
    expect(log.at(-1)).toBe("#VC(0x404), CR2 0x7ffff8");
    expect(end).toEqual({ end: "completed" });
  });

  test("again", async () => {
    expect(await digest(SCENARIO, parts)).toBe(first);
  });

  test("after programs that left nothing as it was", async () => {
    await ran("const a = []; for (;;) a.push(new Uint8Array(1 << 20));");
    await ran("(function f() { f(); })();", { hypervisor: "export function launch(hv) { for (;;); }" });
    await ran("for (;;) clear_page(0x8000);", { machine: { checksOff: ["validated", "immutable"] } });
    await ran("", { machine: { syscfg: { snpEn: false, vmplEn: false, memEnc: false, mfdm: false, smmLock: false } } });
    expect(await digest(SCENARIO, parts)).toBe(first);
  });

  test("with somebody watching", async () => {
    expect(await digest(SCENARIO, parts, { watch: { now: () => performance.now(), alive: () => {} } })).toBe(first);
  });

  test("in sandboxes and a machine of its own", async () => {
    const { core, quickjs, sources } = parts;
    expect(await digest(SCENARIO, { core, quickjs, sources })).toBe(first);
  });

  test("while another trace is kept", async () => {
    const kept = await run(SCENARIO, parts);
    const before = [...kept.lines()];
    expect(await digest(SCENARIO, parts)).toBe(first);
    expect(hashOf([...kept.lines()])).toBe(hashOf(before));
    kept.release();
  });

  test("whatever step was looked at", async () => {
    const trace = await run(SCENARIO, parts);
    const lines = [...trace.lines()];
    for (const step of [0, 60, 5, trace.events, 17]) trace.view({ step, spa: 0x801000 });
    expect(hashOf([...trace.lines()])).toBe(hashOf(lines));
    trace.release();
    expect(await digest(SCENARIO, parts)).toBe(first);
  });
});

describe("for the end only", () => {
  const SOME: [string, Scenario][] = [
    ["shutdown", SCENARIO],
    ["completed", scenario("export function boot() {}")],
    ["error", scenario("export function boot() {\n  nothing();\n}")],
    ["error without a line", scenario("export function boot() { throw 1; }")],
    ["syntax", scenario("export function boot( {}")],
    ["npf-loop", scenario("export function boot() {}", { hypervisor: "export function npf() { return true; }" })],
    [
      "host-pf",
      scenario("export function boot() {}", { hypervisor: "export function npf(hv) { hv.write64(0x801000, 1); }" }),
    ],
    [
      "refused",
      scenario("export function boot() {}", { hypervisor: "export function launch(hv) { hv.refuse('why'); }" }),
    ],
    ["hook error", scenario("export function boot() {}", { hypervisor: "export function launch() { return -1; }" })],
    ["steps", scenario("export function boot() { for (;;) read8(0x8000); }")],
    ["instructions", scenario("export function boot() { for (;;); }")],
    ["memory", scenario("export function boot() { const a = []; for (;;) a.push(new Uint8Array(1 << 20)); }")],
  ];

  test.each(SOME)("%s: the same end, the same number of events", async (_kind, of) => {
    const trace = await run(of, parts);
    const whole = { end: trace.end, events: trace.events };
    trace.release();
    expect(await runEnd(of, parts)).toEqual(whole);
    const again = await runner(parts);
    expect([again(of), again(of)]).toEqual([whole, whole]);
  });
});
