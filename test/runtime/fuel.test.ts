import { describe, expect, test } from "vitest";
import { Fuel, type Watch } from "../../web/runtime/fuel";
import { LIMITS } from "../../web/runtime/limits";
import { run, runEnd } from "../../web/runtime/run";
import { scenario, theParts } from "./programs";

function clock() {
  const said: number[] = [];
  let time = 0;
  const watch: Watch = { now: () => time, alive: (events) => said.push(events) };
  return { said, watch, pass: (ms: number) => (time += ms) };
}

describe("counted", () => {
  test("interrupts without an event", () => {
    const fuel = new Fuel();
    for (let i = 0; i < LIMITS.interruptsWithoutEvent; i++) expect(fuel.interrupt()).toBeNull();
    expect(fuel.interrupt()).toBe("instructions");
  });

  test("an event starts the count again, up to the whole", () => {
    const fuel = new Fuel();
    let interrupts = 0;
    for (let events = 1; fuel.interrupt() === null; events++, interrupts++) fuel.event(events);
    expect(interrupts).toBe(LIMITS.interrupts);
  });

  const endOf = async (body: string) => runEnd(scenario(`export function boot() { ${body} }`), await theParts());

  test("too many steps", async () => {
    expect(await endOf("for (;;) read8(0x8000);")).toEqual({
      end: { end: "fuel", limit: "steps" },
      events: LIMITS.events,
    });
  });

  test("too many changes", async () => {
    const { end, events } = await endOf("for (;;) clear_page(0x8000);");
    expect(end).toEqual({ end: "fuel", limit: "changes" });
    expect(events).toBeLessThan(LIMITS.events);
  });
});

describe("timed, where a clock is lent", () => {
  test("silence ends the run; an event is none", () => {
    const { watch, pass } = clock();
    const fuel = new Fuel(watch);
    pass(LIMITS.silence);
    expect(fuel.interrupt()).toBeNull();
    fuel.event(64);
    pass(LIMITS.silence);
    expect(fuel.interrupt()).toBeNull();
    pass(1);
    expect(fuel.interrupt()).toBe("time");
  });

  test("a run that goes on ends too, with events or without; a machine that sleeps takes no time", () => {
    const { watch, pass } = clock();
    const fuel = new Fuel(watch);
    let events = 0;
    for (let ms = 0; ms < LIMITS.time; ms += 1_000) {
      expect(fuel.event(++events)).toBeNull();
      pass(1_000);
    }
    expect(fuel.event(++events)).toBeNull();
    pass(1);
    expect(fuel.interrupt()).toBe("time");
    const other = clock();
    const asleep = new Fuel(other.watch);
    other.pass(10 * LIMITS.time);
    expect(asleep.event(1)).toBeNull();
  });

  test("a run of minutes ends as time, wherever it stands", async () => {
    let time = 0;
    // each event takes 20 ms
    const watch: Watch = { now: () => (time += 20), alive: () => {} };
    const program = scenario("export function boot() { for (;;) read8(0x8000); }");
    const { end, events } = await runEnd(program, await theParts(), { watch });
    expect(end).toEqual({ end: "fuel", limit: "time" });
    expect(events).toBeGreaterThan(1_000);
    expect(events).toBeLessThan(1_501);
  });

  test("signs of life, in events and in interrupts, not more often than asked", () => {
    const { watch, pass, said } = clock();
    const fuel = new Fuel(watch);
    for (let i = 1; i <= 1000; i++) {
      pass(LIMITS.alive / 10);
      if (i % 2) fuel.event(i * 64);
      else fuel.interrupt();
    }
    expect(said.length).toBe(100);
  });

  test("a long run says again and again that it is alive", async () => {
    const seen: number[] = [];
    let events = 0;
    // a slow machine, whatever this one is: every look at the clock finds 0.4 ms gone
    let time = 0;
    const watch: Watch = {
      now: () => (time += 0.4),
      alive: (count) => {
        seen.push(time);
        expect(count).toBeGreaterThanOrEqual(events);
        events = count;
      },
    };
    const program = scenario("export function boot() { for (;;) read8(0x8000); }");
    const trace = await run(program, await theParts(), { watch });
    expect(trace.end).toEqual({ end: "fuel", limit: "steps" });
    trace.release();
    const gaps = [0, ...seen].map((at, i) => (seen[i] ?? at) - at);
    expect(seen.length).toBeGreaterThan(10);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(LIMITS.alive + 1);
  });
});
