/** Runs of gallery scenarios in Node, for tests and cli/author.ts. */
import { readParts } from "../../cli/programs";
import type { TraceEvent } from "../../web/core/event";
import type { End, LogLine } from "../../web/runtime/protocol";
import { type Parts, run } from "../../web/runtime/run";
import type { Scenario } from "../../web/scenario/schema";

export interface Ran {
  end: End;
  events: TraceEvent[];
  log: LogLine[];
}

let parts: Promise<Parts> | null = null;

export async function runScenario(scenario: Scenario): Promise<Ran> {
  parts ??= readParts();
  const trace = await run(scenario, await parts);
  const events = Array.from({ length: trace.events }, (_, i) => trace.event(i + 1));
  const ran = { end: trace.end, events, log: [...trace.log.lines] };
  trace.release();
  return ran;
}
