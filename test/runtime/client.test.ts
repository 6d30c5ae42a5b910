import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClient, type MachineClient } from "../../web/runtime/client";
import type { End, FromWorker, RunResult, StepView, ToWorker } from "../../web/runtime/protocol";
import type { WorkerLike } from "../../web/runtime/seat";
import type { Scenario } from "../../web/scenario/schema";

/** A worker whose answers the test gives by hand. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  onmessageerror: WorkerLike["onmessageerror"] = null;
  heard: ToWorker[] = [];
  ended = false;
  postMessage(message: ToWorker): void {
    if (this.ended) throw new Error("a message to a worker that was ended");
    this.heard.push(structuredClone({ ...message, core: undefined, quickjs: undefined }) as unknown as ToWorker);
    if (message.type === "load" && !stuckAtLoad) queueMicrotask(() => this.say({ type: "loaded" }));
  }
  terminate(): void {
    this.ended = true;
  }
  say(message: FromWorker): void {
    this.onmessage?.({ data: message });
  }
  /** the newest question of a kind that this worker was asked */
  asked<T extends ToWorker["type"]>(type: T): Extract<ToWorker, { type: T }> {
    const found = this.heard.filter((m) => m.type === type).at(-1);
    if (!found) throw new Error(`this worker was never asked "${type}"`);
    return found as Extract<ToWorker, { type: T }>;
  }
  ran(events: number, end: End = { end: "completed" }): void {
    this.say({ type: "ran", id: this.asked("run").id, result: { ...result(events), end } });
  }
}

let workers: FakeWorker[] = [];
let stuckAtLoad = false;
let fetched = 0;
let client: MachineClient;

const WRONG = { message: "no", file: "guest", line: 1, column: 1 };
const scenario = (guest: string) => ({ guest, vmpl: 0 }) as unknown as Scenario;
const result = (events: number) => ({ end: { end: "completed" }, events }) as unknown as RunResult;
const worker = (i: number): FakeWorker => {
  const found = workers[i];
  if (!found) throw new Error(`worker ${i} was never made`);
  return found;
};
const settled = async <T>(promise: Promise<T>): Promise<T | "pending"> => {
  await vi.advanceTimersByTimeAsync(0);
  return Promise.race([promise, Promise.resolve("pending" as const)]);
};
const turn = () => vi.advanceTimersByTimeAsync(0);

function makeClient(): MachineClient {
  return createClient(async () => {
    fetched++;
    return {
      modules: {} as { core: WebAssembly.Module; quickjs: WebAssembly.Module },
      spawn: () => {
        const made = new FakeWorker();
        workers.push(made);
        return made;
      },
    };
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  workers = [];
  stuckAtLoad = false;
  fetched = 0;
  client = makeClient();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

/** Runs once, so that worker 0 shows a trace and worker 1 is ready. */
async function shown(): Promise<void> {
  const first = client.run(scenario("first"));
  await turn();
  worker(0).ran(7);
  expect(await first).toMatchObject({ events: 7 });
  await turn();
}

describe("taking turns", () => {
  test("the parts are fetched once, whatever happens to the workers", async () => {
    await shown();
    for (let i = 0; i < 3; i++) {
      const run = client.run(scenario("loop"));
      await vi.advanceTimersByTimeAsync(1_500);
      expect(await run).toMatchObject({ end: { end: "fuel", limit: "time" } });
    }
    await turn();
    expect(workers.length).toBe(5);
    expect(fetched).toBe(1);
  });

  test("the worker that finishes shows; the other takes the next run", async () => {
    await shown();
    const second = client.run(scenario("second"));
    await turn();
    expect(worker(1).asked("run").scenario.guest).toBe("second");
    const meanwhile = client.at(3, null);
    await turn();
    worker(0).say({ type: "at", id: worker(0).asked("at").id, view: { step: 3 } as StepView });
    expect(await meanwhile).toMatchObject({ step: 3 });
    worker(1).ran(9);
    expect(await second).toMatchObject({ events: 9 });
    void client.at(4, null);
    await turn();
    expect(worker(1).asked("at").step).toBe(4);
    void client.run(scenario("third"));
    await turn();
    expect(worker(0).asked("run").scenario.guest).toBe("third");
    expect(workers.length).toBe(2);
  });

  test.each([
    ["a run that was cut, of text that keeps what is shown", true, { end: "fuel", limit: "steps" } as const, 0],
    ["an error, of text that keeps what is shown", true, { ...WRONG, end: "error" } as const, 0],
    ["the same, of text that has shown nothing yet", false, { ...WRONG, end: "error" } as const, 1],
    ["a run that came to its end", true, { end: "refused", status: "INVALID_CONFIG" } as const, 1],
  ])("%s", async (_, keepsShown, end, shows) => {
    await shown();
    const run = client.run(scenario("edit"), { keepsShown });
    await turn();
    worker(1).ran(5, end);
    expect(await run).toMatchObject({ events: 5, end });
    void client.at(0, null);
    await turn();
    expect(worker(shows).asked("at").step).toBe(0);
    void client.run(scenario("next"));
    await turn();
    expect(worker(1 - shows).asked("run").scenario.guest).toBe("next");
  });

  test("the step that is asked for goes along with the run", async () => {
    void client.run(scenario("a"), { look: { step: 3, spa: 0x1000 } });
    await turn();
    expect(worker(0).asked("run").look).toEqual({ step: 3, spa: 0x1000 });
  });

  test("a newer run supersedes an older one, and only the newest waits", async () => {
    const first = client.run(scenario("a"));
    await turn();
    const second = client.run(scenario("b"));
    const third = client.run(scenario("c"));
    expect(await first).toBeNull();
    expect(await second).toBeNull();
    worker(0).ran(1);
    await turn();
    expect(
      worker(0)
        .heard.filter((m) => m.type === "run")
        .map((m) => m.scenario.guest),
    ).toEqual(["a", "c"]);
    worker(0).ran(2);
    expect(await third).toMatchObject({ events: 2 });
  });

  test("a superseded run is ended when it goes on for 100 ms", async () => {
    await shown();
    void client.run(scenario("long"));
    await turn();
    const next = client.run(scenario("next"));
    await vi.advanceTimersByTimeAsync(99);
    expect(worker(1).ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(worker(1).ended).toBe(true);
    await turn();
    expect(worker(2).asked("run").scenario.guest).toBe("next");
    worker(2).ran(4);
    expect(await next).toMatchObject({ events: 4 });
  });
});

describe("the watchdog", () => {
  test("1.5 s of silence end the worker; the shown trace stays and is still asked", async () => {
    await shown();
    const run = client.run(scenario("loop"));
    await vi.advanceTimersByTimeAsync(1_499);
    expect(await settled(run)).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(await run).toMatchObject({ end: { end: "fuel", limit: "time" }, events: 0 });
    expect(worker(1).ended).toBe(true);
    expect(worker(0).ended).toBe(false);
    const view = client.at(2, 0x1000);
    await turn();
    expect(worker(0).asked("at")).toMatchObject({ step: 2, spa: 0x1000 });
    worker(0).say({ type: "at", id: worker(0).asked("at").id, view: { step: 2 } as StepView });
    expect(await view).toMatchObject({ step: 2 });
  });

  test("a worker that says it is alive is left alone", async () => {
    const counts: number[] = [];
    const run = client.run(scenario("long"), { onAlive: (events) => counts.push(events) });
    await turn();
    for (let i = 1; i <= 5; i++) {
      await vi.advanceTimersByTimeAsync(1_400);
      worker(0).say({ type: "alive", id: worker(0).asked("run").id, events: i * 1000 });
    }
    expect(counts).toEqual([1000, 2000, 3000, 4000, 5000]);
    worker(0).ran(6000);
    expect(await run).toMatchObject({ events: 6000 });
  });

  test("time in which the page itself got no turn does not count", async () => {
    await shown();
    const run = client.run(scenario("short"));
    await turn();
    await vi.advanceTimersByTimeAsync(100);
    // The clock jumps while no timer and no message is served: a suspended laptop.
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(worker(1).ended).toBe(false);
    worker(1).ran(3);
    expect(await run).toMatchObject({ events: 3 });
  });
});

describe("the picker's other levels", () => {
  test("are queued after the run, keep nothing, and leave the shown trace alone", async () => {
    await shown();
    const levels = [client.ends(scenario("one")), client.ends(scenario("two"))];
    await turn();
    expect(worker(1).asked("run")).toMatchObject({ endsOnly: true, scenario: { guest: "one" } });
    worker(1).ran(1);
    await turn();
    expect(worker(1).asked("run")).toMatchObject({ endsOnly: true, scenario: { guest: "two" } });
    worker(1).ran(2);
    expect(await Promise.all(levels)).toMatchObject([{ events: 1 }, { events: 2 }]);
    void client.at(1, null);
    await turn();
    expect(worker(0).asked("at").step).toBe(1);
  });

  test("give way to a new run", async () => {
    await shown();
    const levels = [client.ends(scenario("one")), client.ends(scenario("two"))];
    await turn();
    const run = client.run(scenario("edit"));
    expect(await Promise.all(levels)).toEqual([null, null]);
    worker(1).ran(1);
    await turn();
    expect(worker(1).asked("run")).not.toHaveProperty("endsOnly");
    expect(worker(1).asked("run").scenario.guest).toBe("edit");
    worker(1).ran(5);
    expect(await run).toMatchObject({ events: 5 });
  });

  test("a level that hangs is told so, and the next one runs", async () => {
    await shown();
    const levels = [client.ends(scenario("hangs")), client.ends(scenario("ends"))];
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await levels[0]).toMatchObject({ end: { end: "fuel", limit: "time" } });
    await turn();
    worker(2).ran(2);
    expect(await levels[1]).toMatchObject({ events: 2 });
    expect(worker(0).ended).toBe(false);
  });
});

describe("looking at a step", () => {
  test("the newest question wins; one that waits is dropped", async () => {
    await shown();
    const first = client.at(1, null);
    await turn();
    const second = client.at(2, null);
    const third = client.at(3, null);
    expect(await second).toBeNull();
    worker(0).say({ type: "at", id: worker(0).asked("at").id, view: { step: 1 } as StepView });
    expect(await first).toMatchObject({ step: 1 });
    await turn();
    expect(
      worker(0)
        .heard.filter((m) => m.type === "at")
        .map((m) => m.step),
    ).toEqual([1, 3]);
    worker(0).say({ type: "at", id: worker(0).asked("at").id, view: { step: 3 } as StepView });
    expect(await third).toMatchObject({ step: 3 });
  });

  test("an answer about a trace that is no longer shown is dropped", async () => {
    await shown();
    const run = client.run(scenario("edit"));
    const old = client.at(5, null);
    await turn();
    worker(1).ran(2);
    await run;
    worker(0).say({ type: "at", id: worker(0).asked("at").id, view: { step: 5 } as StepView });
    expect(await old).toBeNull();
  });

  test("before any run there is nothing to see, and no trace to export", async () => {
    expect(await client.at(0, null)).toBeNull();
    await expect(client.trace()).rejects.toThrow("no trace yet");
  });

  test("the trace is exported as text", async () => {
    await shown();
    const text = client.trace();
    await turn();
    worker(0).say({ type: "trace", id: worker(0).asked("trace").id, text: "{}\n" });
    expect(await text).toBe("{}\n");
  });
});

describe("stop", () => {
  test("ends what runs at once, drops what waits, keeps what is shown", async () => {
    await shown();
    const run = client.run(scenario("loop"));
    const level = client.ends(scenario("loop"));
    await turn();
    client.stop();
    expect(worker(1).ended).toBe(true);
    expect(await run).toBeNull();
    expect(await level).toBeNull();
    expect(worker(0).ended).toBe(false);
    const again = client.run(scenario("again"));
    await turn();
    worker(2).ran(8);
    expect(await again).toMatchObject({ events: 8 });
  });

  test("while the first worker still loads, the run never starts", async () => {
    client.close();
    workers = [];
    stuckAtLoad = true;
    client = makeClient();
    const run = client.run(scenario("a"));
    await turn();
    client.stop();
    expect(await run).toBeNull();
    worker(0).say({ type: "loaded" });
    await turn();
    expect(worker(0).heard.map((m) => m.type)).toEqual(["load"]);
  });
});

describe("a defect of ours", () => {
  test("a broken worker is never used again, and its trace is made anew by a fresh one", async () => {
    await shown();
    const told: string[] = [];
    client.onBroken((message) => told.push(message));
    const lost = client.at(3, null);
    await turn();
    worker(0).say({ type: "broken", message: "unreachable at 0x12" });
    expect(await lost).toBeNull();
    expect(told).toEqual(["unreachable at 0x12"]);
    expect(worker(0).ended).toBe(true);
    const view = client.at(2, null);
    await turn();
    expect(worker(1).asked("run").scenario.guest).toBe("first");
    worker(1).ran(7);
    await turn();
    worker(1).say({ type: "at", id: worker(1).asked("at").id, view: { step: 2 } as StepView });
    expect(await view).toMatchObject({ step: 2 });
  });

  test("a run that breaks its worker ends with null, and the next run has a fresh one", async () => {
    await shown();
    const told: string[] = [];
    client.onBroken((message) => told.push(message));
    const run = client.run(scenario("trap"));
    await turn();
    worker(1).onerror?.({ message: "RuntimeError" });
    expect(await run).toBeNull();
    expect(told).toEqual(["RuntimeError"]);
    const next = client.run(scenario("next"));
    await turn();
    worker(2).ran(1);
    expect(await next).toMatchObject({ events: 1 });
  });

  test("a trace that breaks every worker is given up after one try, not tried for ever", async () => {
    await shown();
    worker(0).say({ type: "broken", message: "again" });
    const view = client.at(1, null);
    await turn();
    worker(1).say({ type: "broken", message: "again" });
    expect(await view).toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers.filter((w) => w.heard.some((m) => m.type === "run")).length).toBe(2);
  });

  test("a lookup that is never answered replaces the worker", async () => {
    await shown();
    const told: string[] = [];
    client.onBroken((message) => told.push(message));
    const view = client.at(1, null);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await view).toBeNull();
    expect(told.length).toBe(1);
    expect(worker(0).ended).toBe(true);
  });

  test("parts that cannot be fetched are a rejection, and the next run tries again", async () => {
    client.close();
    let offline = true;
    client = createClient(async () => {
      if (offline) throw new Error("core.wasm could not be fetched");
      return {
        modules: {} as { core: WebAssembly.Module; quickjs: WebAssembly.Module },
        spawn: () => {
          const made = new FakeWorker();
          workers = [made];
          return made;
        },
      };
    });
    await expect(client.ready).rejects.toThrow("could not be fetched");
    await expect(client.run(scenario("a"))).rejects.toThrow("could not be fetched");
    offline = false;
    const run = client.run(scenario("a"));
    await turn();
    worker(0).ran(1);
    expect(await run).toMatchObject({ events: 1 });
  });
});
