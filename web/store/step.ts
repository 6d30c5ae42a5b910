/** Standing somewhere in the trace: steps, failures, the selected page, playing. */
import type { RunResult, StepView } from "../runtime/protocol";
import { unpackRows } from "../view/rows";
import { missing, together } from "../view/tiles";
import { failureFrom } from "./failures";
import { machine } from "./machine";
import { set, settings } from "./settings";
import { keep } from "./structural-sharing";
import { ui } from "./ui";

/** Shows the state after `step` events (clamped to the trace). The newest request wins. */
export async function goTo(step: number): Promise<void> {
  const { result } = ui.getState();
  if (!result) return;
  ui.setState({ step: Math.max(0, Math.min(result.events, Math.round(step))) });
  await look();
}

/** Asks for the step the reader stands at, and then for the page it is about, unless one is pinned. */
export async function look(): Promise<void> {
  const { result, step, spa, pinned } = ui.getState();
  const view = await machine().at(step, spa, inSight);
  if (!view || ui.getState().result !== result) return;
  show(view);
  if (!pinned) await follow(view);
}

/** 2 MiB regions that the map shows page by page. */
let inSight: readonly number[] = [];
/** The run whose view is shown, when it was brought by an answer of its own. */
let shownOf: RunResult | null = null;

function show(view: StepView): void {
  const { result } = ui.getState();
  const goesOn = shownOf !== null && shownOf === result;
  shownOf = result;
  ui.setState(({ view: old }) => {
    // what is known of this step already stays known
    const tiles = goesOn && old?.step === view.step ? together(view.tiles, old.tiles) : view.tiles;
    return { view: keep(old, { ...view, tiles }) };
  });
}

/** The map shows these regions page by page: asks for the tiles of those that are not known. */
export function see(regions: readonly number[]): void {
  const { view, result } = ui.getState();
  const unknown = view ? missing(view, regions) : [];
  inSight = unknown.length > 0 ? unknown : regions;
  if (result && unknown.length > 0) void look();
}

/** What the map shows, for a run whose answer brings a view. */
export const sight = (): readonly number[] => inSight;

/** Moves the selection to the page that a step is about. */
export async function follow(view: StepView): Promise<void> {
  const spa = pageOf(view);
  const { result, step, pinned } = ui.getState();
  if (pinned || spa === null || spa === ui.getState().spa) return;
  ui.setState({ spa });
  const again = await machine().at(step, spa, inSight);
  if (again && ui.getState().result === result) show(again);
}

/**
 * The page that a step is about: the first it changed, else where its walk led, else its operand; bytes. A walk that
 * did not get anywhere is taken for the usual one, gva = gpa, and the page looked up by the gpa in its entry.
 */
function pageOf({ changes, event, rows, platform }: StepView): number | null {
  const walked = changes.spans[0]?.spa ?? event?.spa ?? event?.args.spa;
  if (walked !== undefined) return pageStart(walked);
  const meant = event?.gpa ?? event?.args.gva;
  if (meant === undefined) return null;
  const gpa = pageStart(meant) ?? -1;
  const row = unpackRows(rows, platform.covered).find(
    ({ first, pages }) => first.asid === event?.asid && gpa >= first.gpa && gpa < first.gpa + pages * 4096,
  );
  return row ? row.first.spa + gpa - row.first.gpa : null;
}

function pageStart(value: number | string): number | null {
  const address = Number(value);
  return Number.isFinite(address) ? Math.floor(address / 4096) * 4096 : null;
}

export const first = () => goTo(0);
export const back = () => goTo(ui.getState().step - 1);
export const forward = () => goTo(ui.getState().step + 1);
export const last = () => goTo(ui.getState().result?.events ?? 0);

/** Goes to the nearest failing step in a direction; false when there is none. */
export function goToFailure(direction: 1 | -1): boolean {
  const { failures, step } = ui.getState();
  const found = failureFrom(failures.steps, step, direction);
  if (found !== null) void goTo(found);
  return found !== null;
}

/** Selects the page that holds byte address `spa`, and keeps it; null lets the selection follow the steps again. */
export async function select(spa: number | null): Promise<void> {
  if (spa === null) ui.setState({ pinned: false });
  else ui.setState({ spa: Math.floor(spa / 4096) * 4096, pinned: true });
  if (ui.getState().result) await look();
}

let timer: ReturnType<typeof setInterval> | undefined;

/** Plays from here to the end, or from the start when the reader stands at the end. */
export function play(): void {
  const { result, step } = ui.getState();
  const { speed } = settings.getState();
  if (!result || result.events === 0) return;
  clearInterval(timer);
  if (step >= result.events) void goTo(0);
  ui.setState({ playing: true });
  // Above 30 events a second one picture stands for several of them.
  const rate = Math.min(speed, 30);
  const stride = speed / rate;
  timer = setInterval(() => {
    const now = ui.getState();
    if (!now.result || now.step >= now.result.events) return pause();
    void goTo(Math.min(now.result.events, now.step + stride));
  }, 1000 / rate);
}

export function pause(): void {
  clearInterval(timer);
  ui.setState({ playing: false });
}

export const playOrPause = () => (ui.getState().playing ? pause() : play());

/** Events a second. */
export function setSpeed(speed: number): void {
  set("speed", speed);
  if (ui.getState().playing) play();
}

/** A deliberate step ends playing first, so that the two do not pull against each other. */
export function stepBy(move: () => unknown): void {
  pause();
  void move();
}
