/**
 * What the reader can do, one row each: its words, the keys it has, when it applies, and what it does. Keys, the help,
 * the hints of buttons and the buttons themselves read this table, and so can a palette.
 */
import { run, stop } from "./run";
import { pickLevel, resetScenario } from "./scenario";
import { cycleTheme } from "./settings";
import { copyLink, copyStep, copyTrace, saveFile } from "./sharing";
import { back, first, forward, goToFailure, last, playOrPause, stepBy } from "./step";
import { type Level, openDialog, type Ui, ui } from "./ui";
import { showUnsure } from "./unsure";

export interface Command {
  /** as a button says it */
  name: string;
  /**
   * Keys by the names of KeyboardEvent.key, with "Ctrl+" (Cmd on a Mac too) and "Shift+" before them; letters in capitals
   * and "Space" for " ". What kind of key it is decides where it acts: see `reachOf`.
   */
  keys: readonly string[];
  /** words for the keys of several commands that are listed as one */
  together?: string;
  applies(state: Ui): boolean;
  run(): unknown;
}

const always = () => true;
const isOpen = ({ scenario }: Ui) => scenario !== null;
const hasTrace = ({ result }: Ui) => (result?.events ?? 0) > 0;
const isPast = (state: Ui) => hasTrace(state) && state.step > 0;
const isAhead = (state: Ui) => hasTrace(state) && state.step < (state.result?.events ?? 0);

function level(n: Level): Command {
  return {
    name: `Run at VMPL${n}`,
    keys: [String(n)],
    together: "run at that VMPL",
    applies: ({ scenario }) => scenario !== null && n < scenario.machine.vmpls,
    run: () => pickLevel(n),
  };
}

export const COMMANDS = {
  run: { name: "Run", keys: ["Ctrl+Enter"], applies: isOpen, run: () => run() },
  stop: {
    name: "Stop",
    keys: [],
    applies: ({ status }) => status === "running" || status === "due",
    run: stop,
  },
  back: {
    name: "Step back",
    keys: ["ArrowLeft", "PageUp", "Shift+F10"],
    applies: isPast,
    run: () => stepBy(back),
  },
  forward: {
    name: "Step forward",
    keys: ["ArrowRight", "PageDown", "F10"],
    applies: isAhead,
    run: () => stepBy(forward),
  },
  first: { name: "First step", keys: ["Home"], applies: isPast, run: () => stepBy(first) },
  last: { name: "Last step", keys: ["End"], applies: isAhead, run: () => stepBy(last) },
  play: { name: "Play or pause", keys: ["Space"], applies: hasTrace, run: playOrPause },
  level0: level(0),
  level1: level(1),
  level2: level(2),
  level3: level(3),
  nextFailure: {
    name: "Next failed check",
    keys: ["N"],
    applies: ({ failures, step }) => (failures.steps.at(-1) ?? 0) > step,
    run: () => stepBy(() => goToFailure(1)),
  },
  previousFailure: {
    name: "Previous failed check",
    keys: ["Shift+N"],
    applies: ({ failures, step }) => failures.steps.length > 0 && (failures.steps[0] ?? 0) < step,
    run: () => stepBy(() => goToFailure(-1)),
  },
  gallery: { name: "Scenarios", keys: ["G"], applies: always, run: () => openDialog("gallery") },
  copyLink: { name: "Copy link", keys: ["L"], applies: isOpen, run: copyLink },
  theme: { name: "Theme", keys: ["T"], applies: always, run: cycleTheme },
  help: { name: "Shortcuts and help", keys: ["?"], applies: always, run: () => openDialog("help") },
  about: { name: "About this scenario", keys: [], applies: isOpen, run: () => openDialog("about") },
  history: { name: "Earlier versions of this one", keys: [], applies: isOpen, run: () => openDialog("history") },
  save: { name: "Save this one as a file", keys: [], applies: isOpen, run: saveFile },
  reset: {
    name: "Reset",
    keys: [],
    applies: ({ edited }) => edited,
    run: resetScenario,
  },
  copyStep: { name: "Copy this step as text", keys: [], applies: ({ view }) => view?.event != null, run: copyStep },
  copyTrace: { name: "Copy the trace as text", keys: [], applies: hasTrace, run: copyTrace },
  unsure: { name: "What we are not sure of", keys: [], applies: always, run: () => showUnsure() },
} satisfies Record<string, Command>;

export type CommandId = keyof typeof COMMANDS;
export const COMMAND_IDS = Object.keys(COMMANDS) as CommandId[];

export function command(id: CommandId): Command {
  return COMMANDS[id];
}

/** Does it, if it applies. */
export function perform(id: CommandId): void {
  const { applies, run } = command(id);
  if (applies(ui.getState())) void run();
}

/**
 * Where a key acts. `everywhere`: in the editor and in fields too. `outside`: where nothing that has the focus takes keys
 * itself. `single`: there as well, while single keys are on (WCAG 2.1.4).
 */
export type Reach = "everywhere" | "outside" | "single";

export function reachOf(key: string): Reach {
  if (key.startsWith("Ctrl+") || /F\d+$/.test(key)) return "everywhere";
  return /^(Shift\+)?.$/.test(key) ? "single" : "outside";
}

const BY_KEY = new Map(COMMAND_IDS.flatMap((id) => command(id).keys.map((key) => [key, id] as const)));

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** The command of a key that is pressed, and where that key acts. */
export function commandOf({
  key,
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
}: Pressed): { id: CommandId; reach: Reach } | null {
  if (altKey) return null;
  const isLetter = /^[a-z]$/i.test(key);
  const name = key === " " ? "Space" : isLetter ? key.toUpperCase() : key;
  const ctrl = ctrlKey || metaKey;
  // With Ctrl, Shift makes no difference; of characters that are no letters ("?") it only says how they are typed.
  const shift = shiftKey && !ctrl && (isLetter || name.length > 1) ? "Shift+" : "";
  const pressed = `${ctrl ? "Ctrl+" : ""}${shift}${name}`;
  const id = BY_KEY.get(pressed);
  return id === undefined ? null : { id, reach: reachOf(pressed) };
}

/** Keys that the editor keeps for itself, for the help. */
export const EDITOR_KEYS: readonly { keys: string; does: string }[] = [
  { keys: "Esc, then Tab", does: "leave the editor; with Shift, backwards" },
  { keys: "Ctrl M", does: "Tab leaves the editor from now on, or indents again" },
  { keys: "F1", does: "every command of the editor" },
];
