/**
 * A run in a thread of its own, so that a built-in call that never returns can be ended from outside: after 1.5 s of silence,
 * as `fuel` with `limit: "time"`.
 */
import { Worker } from "node:worker_threads";
import type { End, FromWorker, ToWorker } from "../web/runtime/protocol";
import type { Parts } from "../web/runtime/run";
import { MODEL } from "../web/runtime/trace";
import type { Scenario } from "../web/scenario/schema";

/** Milliseconds without a message after which a run counts as hung. */
const PATIENCE = 1_500;

export interface Outcome {
  /** JSON Lines */
  text: string;
  /** the last line */
  end: End & { events: number; model: string };
  /** the lines that were printed */
  log: string[];
}

/** Rejects when something of ours breaks. */
export function runInThread(scenario: Scenario, parts: Parts): Promise<Outcome> {
  const { core, quickjs, sources } = parts;
  const worker = new Worker(new URL("./thread-worker.mjs", import.meta.url), { workerData: sources, execArgv: [] });
  const ask = (question: ToWorker) => worker.postMessage(question);
  let watchdog: NodeJS.Timeout | undefined;
  return new Promise<Outcome>((settle, fail) => {
    worker.on("error", fail);
    worker.on("message", (message: FromWorker) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => settle(hung()), PATIENCE);
      if (message.type === "broken") fail(new Error(message.message));
      if (message.type === "loaded") ask({ type: "run", id: 1, scenario });
      if (message.type === "ran") ask({ type: "trace", id: 2 });
      if (message.type === "trace") settle(outcomeOf(message.text));
    });
    ask({ type: "load", core, quickjs });
  }).finally(() => {
    clearTimeout(watchdog);
    return worker.terminate();
  });
}

function outcomeOf(text: string): Outcome {
  const lines = text.trimEnd().split("\n");
  const log = lines.flatMap((line) => (line.startsWith('{"log":') ? [(JSON.parse(line) as { log: string }).log] : []));
  return { text, end: JSON.parse(lines.at(-1) ?? ""), log };
}

function hung(): Outcome {
  const end = { end: "fuel", limit: "time", events: 0, model: MODEL } as const;
  return { text: `${JSON.stringify(end)}\n`, end, log: [] };
}
