/**
 * The state of the page: which scenario is open, what its last run left, where the reader stands in it. The machine's
 * own state stays in the worker; of the RMP there is only the one view last asked for. Actions live beside this file,
 * one concern a file, as plain functions.
 */
import { create } from "zustand";
import type { End, RunResult, StepView } from "../runtime/protocol";
import type { Scenario } from "../scenario/schema";
import type { Failures } from "./failures";

export type Level = 0 | 1 | 2 | 3;
export const LEVELS: readonly Level[] = [0, 1, 2, 3];

/** How the scenario ends when started at one level. `absent`: this machine has fewer VMPLs. */
export type LevelEnd = { state: "unknown" | "running" | "absent" } | { state: "ended"; end: End; events: number };

/** What the machine is doing for the page. */
export type Status =
  /** no scenario yet */
  | "opening"
  /** opened from a link: nothing runs before it is asked for */
  | "held"
  | "idle"
  /** an edit waits for the typist to pause */
  | "due"
  | "running"
  /** no worker can be had */
  | "broken";

/** One sentence to the reader above the bands; `bad` when something of theirs was not done. */
export interface Notice {
  tone: "plain" | "bad";
  text: string;
}

/** A mistake in a program, as the editor found it. 1-based. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
  severity: "error" | "warning";
}

export type Band = "guest" | "what" | "hardware";
export type Dialog = "gallery" | "help" | "about" | "history" | "unsure";

export interface Ui {
  /** name of the gallery's scenario, or of the draft, that is open; drafts are kept by it */
  scenarioId: string;
  scenario: Scenario | null;
  /** counts every change that asks for a new run; an answer to an older one is dropped */
  generation: number;
  /** the scenario differs from what the gallery or the link brought */
  edited: boolean;
  status: Status;
  /** events so far of a run that takes longer */
  alive: number;
  /** the run whose trace is shown, and the scenario it ran */
  result: RunResult | null;
  ran: Scenario | null;
  /** the newest run, when it was cut (an error, no fuel) and the trace before it stays: for its log, and to be shown on request */
  cut: RunResult | null;
  failures: Failures;
  /** how the newest run ended; differs from result.end when that was cut */
  end: End | null;
  ends: LevelEnd[];
  /** where the reader stands: state after this many events */
  step: number;
  view: StepView | null;
  /** byte address of the selected page; follows what each step is about unless the reader pinned one */
  spa: number | null;
  pinned: boolean;
  playing: boolean;
  /** program shown in the editor: guest, hypervisor, or a library module */
  file: string;
  /** a line that the reader asked to see; the counter makes a second click count */
  reveal: { file: string; line: number; count: number } | null;
  problems: Problem[];
  notice: Notice | null;
  /** text that could not be put on the clipboard, shown to be copied by hand */
  byHand: string | null;
  /** the last thing copied or refused, for the status line; the counter makes a repeat heard */
  said: { text: string; count: number };
  band: Band;
  dialog: Dialog | null;
}

const NO_ENDS: LevelEnd[] = LEVELS.map(() => ({ state: "unknown" }));

export const ui = create<Ui>()(() => ({
  scenarioId: "",
  scenario: null,
  generation: 0,
  edited: false,
  status: "opening",
  alive: 0,
  result: null,
  ran: null,
  cut: null,
  failures: { steps: new Uint32Array(0), repaired: new Set() },
  end: null,
  ends: NO_ENDS,
  step: 0,
  view: null,
  spa: null,
  pinned: false,
  playing: false,
  file: "guest",
  reveal: null,
  problems: [],
  notice: null,
  byHand: null,
  said: { text: "", count: 0 },
  band: "what",
  dialog: null,
}));

/** What is shown is not of the text that stands in the editor: its run was cut, was stopped, or could not begin. */
export function showsRunBefore({ result, cut, status, scenario, ran }: Ui): boolean {
  if (!result) return false;
  return cut !== null || ((status === "idle" || status === "broken") && scenario !== ran);
}

/** Says a short sentence in the status line, where screen readers hear it. */
export function say(text: string): void {
  ui.setState(({ said }) => ({ said: { text, count: said.count + 1 } }));
}

/** Opens a dialog in place of the one that is open. */
export function openDialog(dialog: Dialog): void {
  ui.setState({ dialog });
}

/** Closes the dialog, and the text to be copied by hand. */
export function closeDialog(): void {
  ui.setState({ dialog: null, byHand: null });
}

/** Shows one of the bands where there is room for one only. */
export function showBand(band: Band): void {
  ui.setState({ band });
}

export function dismissNotice(): void {
  ui.setState({ notice: null });
}
