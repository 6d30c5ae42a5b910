/**
 * A worker's side of the protocol, without the worker: one question at a time, in order. A defect of ours is answered with
 * `broken`, and nothing after it.
 */
import { SCENARIO_VERSION } from "../scenario/bounds";
import { defaultMachine } from "../scenario/defaults";
import type { Scenario } from "../scenario/schema";
import { Defect } from "./defect";
import { Images } from "./images";
import type { FromWorker, RunResult, StepView, ToWorker } from "./protocol";
import { type Parts, run, runEnd, type Watch } from "./run";
import type { Sources } from "./sources";
import { MODEL, type Trace } from "./trace";

type Say = (message: FromWorker, transfer?: Transferable[]) => void;

/** `now`: milliseconds, monotonic; the run's watchdog and its hint of a duration come from it. */
export function answerer(sources: Sources, say: Say, now: () => number): (question: ToWorker) => Promise<void> {
  let parts: Parts | null = null;
  let trace: Trace | null = null;
  const images = new Images();
  let broken = false;
  let turn: Promise<void> = Promise.resolve();

  async function answer(question: ToWorker): Promise<void> {
    if (question.type === "load") {
      parts = { core: question.core, quickjs: question.quickjs, sources };
      // The sandboxes are made now and not at the first key.
      await runEnd(WARM_UP, parts);
      return say({ type: "loaded" });
    }
    if (!parts) throw new Defect("the worker was asked before it was loaded");
    const { id } = question;
    if (question.type === "run") {
      const watch: Watch = { now, alive: (events) => say({ type: "alive", id, events }) };
      const start = now();
      if (question.launch) {
        const other = await run(question.scenario, parts, { watch });
        const { end, events } = other;
        const launch = other.launch();
        other.release();
        return say({ type: "ran", id, result: { ...EMPTY, end, events, launch, ms: now() - start } });
      }
      if (question.endsOnly) {
        const { end, events } = await runEnd(question.scenario, parts, { watch });
        return say({ type: "ran", id, result: { ...EMPTY, end, events, ms: now() - start } });
      }
      trace?.release();
      trace = await run(question.scenario, parts, { watch });
      const result = trace.result(now() - start);
      const shared = [result.strip.buffer, result.places.buffer];
      const { look } = question;
      if (!look) return say({ type: "ran", id, result }, shared);
      const view = trace.view(look);
      return say({ type: "ran", id, result: { ...result, view } }, [...shared, ...buffersOf(view)]);
    }
    if (question.type === "image") {
      const alive = (events: number) => say({ type: "alive", id, events });
      return say({ type: "image", id, answer: await images.answer(question.question, alive) });
    }
    if (!trace) throw new Defect("the worker was asked for a step before it ran anything");
    if (question.type === "trace") return say({ type: "trace", id, text: [...trace.lines(), ""].join("\n") });
    if (question.type === "launch") return say({ type: "launch", id, launch: trace.launch() });
    const view = trace.view(question);
    say({ type: "at", id, view }, buffersOf(view));
  }

  return (question) => {
    turn = turn.then(async () => {
      if (broken) return;
      try {
        await answer(question);
      } catch (error) {
        broken = true;
        say({ type: "broken", message: messageOf(error) });
      }
    });
    return turn;
  };
}

function buffersOf({ regions, tiles, rows }: StepView): Transferable[] {
  return [regions.buffer, tiles.regions.buffer, tiles.bytes.buffer, rows.buffer];
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error
    ? `${error.message} (${error.cause.stack ?? ""})`
    : (error.stack ?? error.message);
}

const EMPTY: Omit<RunResult, "end" | "events" | "ms"> = {
  strip: new Uint8Array(0),
  places: new Uint32Array(0),
  files: [],
  log: [],
  logDropped: 0,
  touched: { regions: new Uint32Array(0), rows: new Uint32Array(0) },
  model: MODEL,
};

/** The smallest run: it makes the sandboxes and has the engine compile what every run needs. */
const WARM_UP: Scenario = {
  version: SCENARIO_VERSION,
  title: "",
  about: "",
  machine: defaultMachine(),
  vmpl: 0,
  guest: "export function boot() {}",
};
