/**
 * When a scenario runs. The reader's own text runs at once while runs are short, so that one of the next frames shows
 * what it does, and after a pause in typing when they are not; text from a link runs only when asked. After the picked
 * level the others run in the background, so that each shows its end beside it.
 */
import { isCut, type RunResult } from "../runtime/protocol";
import type { Scenario } from "../scenario/schema";
import { findFailures } from "./failures";
import { machine } from "./machine";
import { follow, look, pause, sight } from "./step";
import { keep } from "./structural-sharing";
import { LEVELS, type LevelEnd, type Ui, ui } from "./ui";

/** Milliseconds in the worker up to which a run counts as short: below what the client lets a superseded run go on. */
const SHORT = 80;
/** The end of a run, however many steps it takes. */
const END = Number.POSITIVE_INFINITY;
/** Longest wait for a pause in typing, in milliseconds. */
const LONGEST_WAIT = 1_000;

/** Milliseconds of the last two runs: the better one counts, since the first of a worker pays for its start. */
let paces: number[] = [];
let due: ReturnType<typeof setTimeout> | undefined;

/**
 * Takes a changed scenario; runs it when the policy says so. `typed` waits for a pause where runs take longer; nobody
 * types a level or a machine: what was `chosen` runs at once.
 */
export function changed(scenario: Scenario, how: "typed" | "chosen" = "typed"): void {
  ui.setState(({ generation }) => ({ scenario, generation: generation + 1, edited: true }));
  if (ui.getState().status === "held") return;
  if (how === "chosen") runSoon();
  else schedule();
}

function schedule(): void {
  const pace = paces.length < 2 ? 0 : Math.min(...paces);
  if (pace <= SHORT) return runSoon();
  clearTimeout(due);
  ui.setState({ status: "due" });
  due = setTimeout(() => void run(), Math.min(LONGEST_WAIT, 100 + pace));
}

/**
 * Runs as soon as the present event is dealt with, whose changes are one: the machine works while the editor draws. Text
 * from a link still waits to be asked for.
 */
function runSoon(): void {
  const { status, generation } = ui.getState();
  if (status === "held") return;
  clearTimeout(due);
  queueMicrotask(() => {
    if (ui.getState().generation === generation) void run();
  });
}

/**
 * Runs the open scenario now. Also what Run in the banner of a link does. `showsCut`: the trace is shown even of a run that
 * was cut; else that leaves the last good one on the page.
 */
export async function run(showsCut = false): Promise<void> {
  clearTimeout(due);
  const before = ui.getState();
  const { scenario, generation } = before;
  if (!scenario) return;
  pause();
  ui.setState({ status: "running", alive: 0 });
  const keepsShown = !showsCut && hasTrace(before);
  const look = { step: standsAtEnd(before) ? END : before.step, spa: before.spa, wanted: sight() };
  const onAlive = (events: number) => {
    if (ui.getState().generation === generation) ui.setState({ alive: events });
  };
  try {
    const result = await machine().run(machinePart(scenario), { look, keepsShown, onAlive });
    if (!result || ui.getState().generation !== generation) return;
    paces = [...paces.slice(-1), result.ms];
    if (keepsShown && isCut(result.end)) leave(scenario, result);
    else await arrive(scenario, result, generation);
  } catch (error) {
    ui.setState({ status: "broken", notice: { tone: "bad", text: sentenceOf(error) } });
    return;
  }
  // The picture first: the other levels can wait for it to be drawn.
  requestAnimationFrame(() => setTimeout(() => void runOtherLevels(scenario, generation)));
}

/** What the machine needs of a scenario: not its texts and lists, which may be large and would be copied to the worker. */
export function machinePart({ rest, kept, expect, tags, sources, stage, ...needed }: Scenario): Scenario {
  return { ...needed, about: "" };
}

/** Stops what runs. The last good trace stays on the page. */
export function stop(): void {
  clearTimeout(due);
  machine().stop();
  ui.setState(({ generation, ends }) => ({
    generation: generation + 1,
    status: "idle",
    ends: ends.map((level) => (level.state === "running" ? { state: "unknown" } : level)),
  }));
}

/** Shows a finished run in one change of state, so that the page is drawn once. */
async function arrive(scenario: Scenario, result: RunResult, generation: number): Promise<void> {
  const before = ui.getState();
  const { view: brought, ...rest } = result;
  const shown = { ...keep(before.result, rest) };
  const failures = shown.strip === before.result?.strip ? before.failures : findFailures(shown.strip);
  const step = stepAfter(before, scenario, shown, failures.steps);
  const view = brought?.step === step ? brought : await machine().at(step, before.spa, sight());
  if (ui.getState().generation !== generation) return;
  ui.setState(({ view: old }) => ({
    status: "idle",
    result: shown,
    ran: scenario,
    failures,
    cut: null,
    end: shown.end,
    ends: endsAfter(before.ends, scenario, result),
    step,
    ...(view ? { view: keep(old, view) } : {}),
  }));
  if (view) void follow(view);
  else void look();
}

/** A run that was cut takes nothing away: how it ended is told, and the last good trace stays. */
function leave(scenario: Scenario, result: RunResult): void {
  ui.setState(({ ends }) => ({
    status: "idle",
    cut: result,
    end: result.end,
    ends: endsAfter(ends, scenario, result),
  }));
}

/** The open scenario has run, at some level, and its trace is shown. */
function hasTrace({ ran, result }: Ui): boolean {
  return ran !== null && result !== null && result.events > 0;
}

/** What is shown is of the same level, and differs in its programs or its machine. */
function isEdit(before: Ui, { title, vmpl }: Scenario): boolean {
  return hasTrace(before) && before.ran?.title === title && before.ran.vmpl === vmpl;
}

/** Shows as much of the trace as there is of a run that was cut. */
export function showCut(): void {
  void run(true);
}

/**
 * Where to stand after a run: as its author asked; at the same step of an edited program, or still at its end; in a
 * fresh one where it went wrong, since that is what the reader came for, else at its end.
 */
function stepAfter(before: Ui, scenario: Scenario, result: RunResult, failing: Uint32Array): number {
  const { step, ran } = before;
  if (isEdit(before, scenario)) return standsAtEnd(before) ? result.events : Math.min(step, result.events);
  if (ran === null && scenario.view?.step !== undefined) return Math.min(scenario.view.step, result.events);
  const lastFailing = failing.at(-1);
  const good = result.end.end === "completed";
  return good || lastFailing === undefined ? result.events : lastFailing;
}

function standsAtEnd({ step, result }: Ui): boolean {
  return step >= (result?.events ?? 0);
}

function endsAfter(old: LevelEnd[], scenario: Scenario, result: RunResult): LevelEnd[] {
  return keep(
    old,
    old.map((end, level) => levelAfter(end, level, scenario, result)),
  );
}

function levelAfter(old: LevelEnd, level: number, scenario: Scenario, result: RunResult): LevelEnd {
  if (level >= scenario.machine.vmpls) return { state: "absent" };
  if (level === scenario.vmpl) return { state: "ended", end: result.end, events: result.events };
  return old.state === "absent" ? { state: "unknown" } : old;
}

async function runOtherLevels(scenario: Scenario, generation: number): Promise<void> {
  for (const level of LEVELS) {
    if (ui.getState().generation !== generation) return;
    if (level === scenario.vmpl || level >= scenario.machine.vmpls) continue;
    const result = await machine()
      .ends({ ...machinePart(scenario), vmpl: level })
      .catch(() => null);
    if (!result || ui.getState().generation !== generation) return;
    ui.setState(({ ends }) => ({
      ends: ends.map((old, i) =>
        i === level ? keep(old, { state: "ended", end: result.end, events: result.events }) : old,
      ),
    }));
  }
}

function sentenceOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `The machine could not be started: ${why} Your text is kept. Reload the page to try again.`;
}
