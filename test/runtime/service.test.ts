/** The worker's side of the protocol, and the thread in Node that can be ended from outside. */
import { describe, expect, test } from "vitest";
import { runInThread } from "../../cli/thread";
import type { FromWorker, ToWorker } from "../../web/runtime/protocol";
import { answerer } from "../../web/runtime/service";
import { MODEL } from "../../web/runtime/trace";
import { scenario, theParts } from "./programs";

type Told = Extract<FromWorker, { type: "ran" }>;

/** A service, and what it said. */
async function service(load = true, now = () => performance.now()) {
  const said: FromWorker[] = [];
  const transferred: number[] = [];
  const { core, quickjs, sources } = await theParts();
  const answer = answerer(
    sources,
    (message, transfer = []) => {
      said.push(message);
      transferred.push(transfer.length);
    },
    now,
  );
  const ask = async (question: ToWorker) => {
    await answer(question);
    return said.at(-1) as FromWorker;
  };
  if (load) await ask({ type: "load", core, quickjs });
  return { ask, said, transferred };
}

const BOOT = scenario("export function boot() {\n  pvalidate(RAM_START, 0, 1);\n  log('done');\n}");

describe("the worker", () => {
  test("load, run, at, trace", async () => {
    const { ask, said, transferred } = await service();
    expect(said).toEqual([{ type: "loaded" }]);

    const { result, id } = (await ask({ type: "run", id: 7, scenario: BOOT })) as Told;
    expect(id).toBe(7);
    expect(result).toMatchObject({ end: { end: "completed" }, model: MODEL, logDropped: 0 });
    expect(result.log).toEqual([{ step: result.events, actor: "guest", vcpu: 0, vmpl: 0, text: "done" }]);
    expect(result.strip.length).toBe(result.events * 4);
    expect(result.places.length).toBe(result.events * 2);
    expect(transferred.at(-1)).toBe(2);
    // the last event is boot()'s PVALIDATE: op 1, guest, done, VMPL0; its line in the guest's text
    expect([...result.strip.slice(-4)]).toEqual([1, 0, 0, 0]);
    const [file = 0, line] = result.places.slice(-2);
    expect([result.files[file], line]).toEqual(["guest", 2]);

    const answer = await ask({ type: "at", id: 8, step: result.events, spa: 0x801000 });
    if (answer.type !== "at") throw new Error(answer.type);
    const { view } = answer;
    // the same, had it been asked for with the run
    const look = { step: Number.POSITIVE_INFINITY, spa: 0x801000 };
    const both = (await ask({ type: "run", id: 9, scenario: BOOT, look })) as Told;
    expect(both.result.view).toEqual(view);
    expect(transferred.at(-1)).toBe(6);
    expect(view).toMatchObject({ step: result.events, events: result.events, pagesLeft: 0, syscfg: "0x3880000" });
    expect(view.event).toMatchObject({ op: "pvalidate", at: { file: "guest", line: 2 } });
    expect(view.reasons.map(({ outcome }) => outcome)).not.toContain("failed");
    expect(view.reasons.length).toBeGreaterThan(8);
    expect(view.changed).toEqual([{ spa: view.event?.spa, field: "validated", from: 0, to: 1 }]);
    expect(view.changes).toEqual({
      pages: 1,
      fields: 1,
      spans: [{ spa: Number(view.event?.spa), pages: 1, fields: ["validated"] }],
    });
    expect(view.selected?.covering).toMatchObject({ spa: 0x801000, gpa: 0x1000, assigned: true, validated: true });
    expect(view.selected?.mappings).toEqual([{ asid: 1, gpa: 0x1000, spa: 0x801000, size: "4K", w: true, x: true }]);

    const trace = await ask({ type: "trace", id: 9 });
    if (trace.type !== "trace") throw new Error(trace.type);
    const lines = trace.text.trimEnd().split("\n");
    // each event, the line of the log, the end
    expect(lines.length).toBe(result.events + 2);
    expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ end: "completed", events: result.events, model: MODEL });
    expect(JSON.parse(lines.at(-3) ?? "")).toEqual(view.event);
  });

  test("step 0 is the machine before the first event; steps outside are moved in", async () => {
    const { ask } = await service();
    await ask({ type: "run", id: 1, scenario: BOOT });
    for (const step of [0, -5, Number.NaN]) {
      const answer = await ask({ type: "at", id: 2, step, spa: null });
      expect(answer).toMatchObject({
        view: { step: 0, event: null, reasons: [], rows: new Uint8Array(0), changed: [], selected: null },
      });
    }
    const end = await ask({ type: "at", id: 3, step: 1e9, spa: 2 ** 45 });
    expect(end).toMatchObject({ view: { selected: null } });
    if (end.type === "at") expect(end.view.step).toBe(end.view.events);
  });

  test("the end only: the trace that is shown stays", async () => {
    const { ask } = await service();
    const shown = (await ask({ type: "run", id: 1, scenario: BOOT })) as Told;
    const other = scenario("export function boot() { rdmsr(1); }");
    const { result } = (await ask({ type: "run", id: 2, scenario: other, endsOnly: true })) as Told;
    expect(result).toMatchObject({ end: { end: "shutdown", vector: 13 }, log: [], files: [] });
    expect(result.events).toBeGreaterThan(0);
    const view = await ask({ type: "at", id: 3, step: shown.result.events, spa: null });
    expect(view).toMatchObject({ view: { events: shown.result.events, event: { op: "pvalidate" } } });
  });

  test("an error of the program has a trace too: an empty one, or up to where it came", async () => {
    const { ask } = await service();
    const syntax = (await ask({ type: "run", id: 1, scenario: scenario("export function boot( {}") })) as Told;
    expect(syntax.result).toMatchObject({ end: { end: "error", line: 1 }, events: 0 });
    expect(await ask({ type: "at", id: 2, step: 0, spa: 0 })).toMatchObject({ view: { events: 0 } });
    await ask({ type: "run", id: 3, scenario: BOOT });
    const again = (await ask({ type: "run", id: 4, scenario: scenario("export function boot( {}") })) as Told;
    expect(again.result.events).toBe(0);
    expect(await ask({ type: "at", id: 5, step: 5, spa: 0 })).toMatchObject({ view: { step: 0, events: 0 } });
  });

  test("a long run says that it is alive", async () => {
    // a slow machine, whatever this one is
    let time = 0;
    const { ask, said } = await service(true, () => (time += 10));
    await ask({ type: "run", id: 5, scenario: scenario("export function boot() { for (;;) read8(0x8000); }") });
    const alive = said.filter((message) => message.type === "alive");
    expect(alive.length).toBeGreaterThan(10);
    expect(alive.every(({ id }) => id === 5)).toBe(true);
  });

  test("a defect of ours is said once, and nothing after it", async () => {
    const { ask, said } = await service(false);
    expect(await ask({ type: "run", id: 1, scenario: BOOT })).toMatchObject({ type: "broken" });
    await ask({ type: "run", id: 2, scenario: BOOT });
    expect(said.length).toBe(1);
  });

  test("a core that traps is a defect", async () => {
    const { quickjs, sources } = await theParts();
    const said: FromWorker[] = [];
    const answer = answerer(
      sources,
      (message) => said.push(message),
      () => 0,
    );
    // (module) without any export: the first use of it throws
    await answer({
      type: "load",
      core: new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
      quickjs,
    });
    expect(said).toMatchObject([{ type: "broken" }]);
  });
});

describe("the thread", () => {
  test("runs like the worker", async () => {
    const { text, end } = await runInThread(BOOT, await theParts());
    expect(end).toMatchObject({ end: "completed", model: MODEL });
    // each event, the line of the log, the end
    expect(text.trimEnd().split("\n").length).toBe(end.events + 2);
  });

  test("a native call that never returns is ended from outside", async () => {
    const never = scenario('export function boot() { new Array(2 ** 31).join(""); }');
    const { end, text } = await runInThread(never, await theParts());
    expect(end).toMatchObject({ end: "fuel", limit: "time" });
    expect(JSON.parse(text)).toEqual(end);
  });

  test("in the hypervisor too", async () => {
    const hypervisor = 'export function launch() { new Array(2 ** 31).join(""); }';
    const { end } = await runInThread(scenario("export function boot() {}", { hypervisor }), await theParts());
    expect(end).toMatchObject({ end: "fuel", limit: "time" });
  });
});
