/**
 * When a scenario runs. The reader's own text runs on the next frame while runs are short, and after a pause in typing
 * when they are not; text from a link runs only when asked. After the picked level the others run in the background,
 * so that each shows its end beside it.
 */
import type { RunResult } from "../runtime/protocol";
import type { Scenario } from "../scenario/schema";
import { findFailures } from "./failures";
import { machine } from "./machine";
import { LEVELS, type LevelEnd, page } from "./page";
import { follow, look, pause } from "./step";

/** Milliseconds in the worker up to which a run counts as short: below what the client lets a superseded run go on. */
const SHORT = 80;
/** Longest wait for a pause in typing, in milliseconds. */
const LONGEST_WAIT = 1_000;

/** Milliseconds of the last two runs: the better one counts, since the first of a worker pays for its start. */
let paces: number[] = [];
let due: ReturnType<typeof setTimeout> | undefined;
let frame = 0;

/** Takes a changed scenario; runs it when the policy says so. */
export function changed(scenario: Scenario): void {
  page.setState(({ generation }) => ({ scenario, generation: generation + 1, edited: true }));
  if (page.getState().status === "held") return;
  schedule();
}

function schedule(): void {
  clearTimeout(due);
  cancelAnimationFrame(frame);
  const pace = paces.length < 2 ? 0 : Math.min(...paces);
  if (pace <= SHORT) {
    frame = requestAnimationFrame(() => void run());
    return;
  }
  page.setState({ status: "due" });
  due = setTimeout(() => void run(), Math.min(LONGEST_WAIT, 100 + pace));
}

/** Runs on the next frame, for changes that are not typed. Text from a link still waits to be asked for. */
export function runSoon(): void {
  if (page.getState().status === "held") return;
  clearTimeout(due);
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => void run());
}

/** Runs the open scenario now. Also what Run in the banner of a link does. */
export async function run(): Promise<void> {
  clearTimeout(due);
  cancelAnimationFrame(frame);
  const { scenario, generation } = page.getState();
  if (!scenario) return;
  pause();
  page.setState({ status: "running", alive: 0 });
  const onAlive = (events: number) => {
    if (page.getState().generation === generation) page.setState({ alive: events });
  };
  try {
    const result = await machine().run(scenario, { onAlive });
    if (!result || page.getState().generation !== generation) return;
    paces = [...paces.slice(-1), result.ms];
    await arrive(scenario, result, generation);
  } catch (error) {
    page.setState({ status: "broken", notice: { tone: "bad", text: sentenceOf(error) } });
    return;
  }
  // The picture first: the other levels can wait for it to be drawn.
  requestAnimationFrame(() => setTimeout(() => void runOtherLevels(scenario, generation)));
}

/** Stops what runs. The last good trace stays on the page. */
export function stop(): void {
  clearTimeout(due);
  cancelAnimationFrame(frame);
  machine().stop();
  page.setState(({ generation, ends }) => ({
    generation: generation + 1,
    status: "idle",
    ends: ends.map((level) => (level.state === "running" ? { state: "unknown" } : level)),
  }));
}

/** Shows a finished run in one change of state, so that the page is drawn once. */
async function arrive(scenario: Scenario, result: RunResult, generation: number): Promise<void> {
  const before = page.getState();
  const ends = before.ends.map((old, level) => levelAfter(old, level, scenario, result));
  // A run that left no trace (a slip in the syntax, a loop at the top level) keeps the last good one on the page. The
  // machine has moved on, unless the watchdog ended it: the trace is made again when it is next asked for.
  if (result.events === 0 && before.ran && before.result?.events) {
    const lost = !(result.end.end === "fuel" && result.end.limit === "time");
    page.setState({ status: "idle", end: result.end, ends, lost: before.lost || lost });
    return;
  }
  const failures = findFailures(result.strip);
  const step = stepAfter(before.result, before.ran, before.step, scenario, result, failures.steps);
  const view = await machine().at(step, before.spa);
  if (page.getState().generation !== generation) return;
  page.setState({
    status: "idle",
    lost: false,
    result,
    ran: scenario,
    failures,
    end: result.end,
    ends,
    step,
    ...(view ? { view } : {}),
  });
  if (view) void follow(view);
  else void look();
}

/**
 * Where to stand after a run: as its author asked; at the same step of an edited program, or still at its end; in a
 * fresh one where it went wrong, since that is what the reader came for, else at its end.
 */
function stepAfter(
  old: RunResult | null,
  ran: Scenario | null,
  step: number,
  scenario: Scenario,
  result: RunResult,
  failing: Uint32Array,
): number {
  const same = ran !== null && ran.title === scenario.title && ran.vmpl === scenario.vmpl;
  if (old && same) return step >= old.events ? result.events : Math.min(step, result.events);
  if (ran === null && scenario.view?.step !== undefined) return Math.min(scenario.view.step, result.events);
  const lastFailing = failing.at(-1);
  const good = result.end.end === "completed";
  return good || lastFailing === undefined ? result.events : lastFailing;
}

function levelAfter(old: LevelEnd, level: number, scenario: Scenario, result: RunResult): LevelEnd {
  if (level >= scenario.machine.vmpls) return { state: "absent" };
  if (level === scenario.vmpl) return { state: "ended", end: result.end, events: result.events };
  return old.state === "absent" ? { state: "unknown" } : old;
}

async function runOtherLevels(scenario: Scenario, generation: number): Promise<void> {
  for (const level of LEVELS) {
    if (page.getState().generation !== generation) return;
    if (level === scenario.vmpl || level >= scenario.machine.vmpls) continue;
    const result = await machine()
      .ends({ ...scenario, vmpl: level })
      .catch(() => null);
    if (!result || page.getState().generation !== generation) return;
    page.setState(({ ends }) => ({
      ends: ends.map((old, i) => (i === level ? { state: "ended", end: result.end, events: result.events } : old)),
    }));
  }
}

function sentenceOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `The machine could not be started: ${why} Your text is kept. Reload the page to try again.`;
}
