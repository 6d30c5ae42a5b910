/** Files of attackers that once did what they tried: cases/. What each must do now. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../web/core/event";
import type { End } from "../../web/runtime/protocol";
import { run, type Watch } from "../../web/runtime/run";
import { parseScenario } from "../../web/scenario/parse";
import { theParts } from "../runtime/programs";

interface Left {
  end: End;
  events: TraceEvent[];
  log: string[];
  text: string;
}

async function left(name: string, watch?: Watch): Promise<Left> {
  const parsed = parseScenario(readFileSync(new URL(`cases/${name}.json`, import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error(parsed.message);
  const trace = await run(parsed.scenario, await theParts(), watch ? { watch } : {});
  const events = Array.from({ length: trace.events }, (_, i) => trace.event(i + 1));
  const log = trace.log.lines.map(({ text }) => text);
  const { end } = trace;
  trace.release();
  return { end, events, log, text: JSON.stringify([end, events, log]) };
}

/** Columns and lines that the last read of the guest is shown at. */
const lastRead = ({ events }: Left) => events.filter(({ op, actor }) => op === "read" && actor === "guest").at(-1)?.at;

describe("each twice, and the same", () => {
  test.each<[name: string, end: object, log: string[] | null]>([
    // the array was never asked for its constructor, so there is nothing to take a buffer from
    ["species-steals-io-buffer", { end: "error", file: "hypervisor", line: 6 }, []],
    ["determinism-eval-deep", { end: "completed" }, ["SyntaxError: stack overflow"]],
    ["determinism-json-stringify-deep", { end: "completed" }, ["InternalError: stack overflow"]],
    ["determinism-log-deep-object", { end: "completed" }, ["[object]", "after"]],
    ["forged-line-by-function-name", { end: "completed" }, []],
    ["host-memory-function-names", { end: "completed" }, []],
    ["huge-end-freezes-page", { end: "refused" }, []],
    ["interrupt-swallowed-by-promise", { end: "fuel", limit: "instructions" }, []],
    ["near-oom-two-runs-differ", { end: "completed" }, null],
    ["columns-quadratic", { end: "completed" }, []],
  ])("%s", async (name, end, log) => {
    const first = await left(name);
    expect(first.end).toMatchObject(end);
    if (log) expect(first.log).toEqual(log);
    expect((await left(name)).text === first.text).toBe(true);
  });

  test("run-of-minutes: ends by the clock, a time that the caller's clock counts", async () => {
    let time = 0;
    // 20 ms an event, as where each of them has a long call before it
    const { end, events } = await left("run-of-minutes", { now: () => (time += 20), alive: () => {} });
    expect(end).toEqual({ end: "fuel", limit: "time" });
    expect(events.length).toBeLessThan(1_600);
  });
});

test("the line that an event shows is the one that acts, whatever a function calls itself", async () => {
  const { events } = await left("forged-line-by-function-name");
  const reads = events.filter(({ op, actor, fault }) => op === "read" && actor === "guest" && fault === undefined);
  expect(reads.map(({ at, caller }) => [at?.line, at?.column, caller?.line])).toEqual([
    [2, 21, 2],
    [2, 36, 2],
  ]);
});

test("where memory has run out, no event loses its place", async () => {
  const { events } = await left("near-oom-two-runs-differ");
  const guests = events.filter(({ actor, op }) => actor === "guest" && op !== "execute");
  expect(guests.filter(({ at }) => at === undefined)).toEqual([]);
});

test("a text of an end has at most a thousand characters, and says that it was cut", async () => {
  const { end } = await left("huge-end-freezes-page");
  if (end.end !== "refused") throw new Error();
  expect(end.status.length).toBe(1_000);
  expect(end.status).toMatch(/^r r .* \.\.\. \(cut here: this text has [0-9]+ characters\)$/);
});

test("a place in a long line is the line's", async () => {
  expect(lastRead(await left("columns-quadratic"))).toMatchObject({ file: "guest", line: 1, column: 1 });
});
