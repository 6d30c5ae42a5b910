/** Each hostile program ends as it must, and an honest one after it runs as if nothing had been. */
import { describe, expect, test } from "vitest";
import { type Parts, run } from "../../web/runtime/run";
import type { Scenario } from "../../web/scenario/schema";
import { theParts } from "../runtime/programs";
import { endOf, meets } from "./ends";
import { HONEST, HOSTILE } from "./rows";

async function outcome(scenario: Scenario, parts: Parts): Promise<{ ended: string; text: string }> {
  const trace = await run(scenario, parts);
  const ended = endOf(trace.end);
  // a run of 65,536 events is 15 MB of text, and says nothing more than its end
  const text = trace.events > 10_000 ? ended : [...trace.lines()].join("\n");
  trace.release();
  return { ended, text };
}

describe("programs that mean harm", () => {
  test("there are 300 of them, each with a name of its own", () => {
    expect(HOSTILE.length).toBeGreaterThanOrEqual(300);
    expect(new Set(HOSTILE.map(({ name }) => name)).size).toBe(HOSTILE.length);
  });

  test.each(HOSTILE)("$name", async ({ scenario, ends }) => {
    const parts = await theParts();
    const { ended } = await outcome(scenario, parts);
    expect(meets(ended, ends)).toBe(ended);
    honest ??= (await outcome(HONEST, { ...parts })).text;
    expect((await outcome(HONEST, parts)).text === honest).toBe(true);
  });
});

/** What the honest program gives in sandboxes that no other program was in. */
let honest: string | undefined;
