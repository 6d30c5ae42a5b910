/**
 * The platform pane: what was launched and measured, how the digest comes out at the other levels, and an OVMF image of the
 * reader's. All of it is asked for while the pane is shown and never before: a keystroke pays for none of it.
 */
import { create } from "zustand";
import type { ImageAnswer, LaunchStep, RunResult } from "../runtime/protocol";
import { type Inputs, readInputs, START } from "./image-inputs";
import { machine } from "./machine";
import { LEVELS, say, ui } from "./ui";

/** The launch at one level. `absent`: this machine has fewer VMPLs. */
export type LevelLaunch = { state: "unknown" | "absent" } | { state: "measured"; steps: LaunchStep[] };

export interface ChosenImage {
  key: number;
  name: string;
  file: File;
  /** pages measured so far; null when the answer stands */
  measuring: number | null;
  answer: ImageAnswer | null;
}

/** The sides of the hardware that the page shows, one at a time. */
export const HARDWARE_TABS = ["rmp", "platform"] as const;
export type HardwareTab = (typeof HARDWARE_TABS)[number];

interface Platform {
  tab: HardwareTab;
  /** the run whose launch stands in `steps` and `levels` */
  of: RunResult | null;
  steps: LaunchStep[] | null;
  /** why there is no launch to show */
  failed: string;
  levels: LevelLaunch[];
  image: ChosenImage | null;
  inputs: Inputs;
}

const UNKNOWN: LevelLaunch[] = LEVELS.map(() => ({ state: "unknown" }));

export const platform = create<Platform>()(() => ({
  tab: "rmp",
  of: null,
  steps: null,
  failed: "",
  levels: UNKNOWN,
  image: null,
  inputs: START,
}));

export function showHardware(tab: HardwareTab): void {
  platform.setState({ tab });
}

/** Asks for the launch of the shown run, then for what the other levels would launch; each stands as soon as it is there. */
export async function lookAtLaunch(): Promise<void> {
  const { result, ran, status } = ui.getState();
  if (!result || !ran || status === "running" || status === "due") return;
  if (platform.getState().of !== result) {
    try {
      const steps = await machine().launch();
      if (ui.getState().result !== result) return;
      const levels = LEVELS.map((level): LevelLaunch => {
        if (level >= ran.machine.vmpls) return { state: "absent" };
        return level === ran.vmpl ? { state: "measured", steps } : { state: "unknown" };
      });
      platform.setState({ of: result, steps, failed: "", levels });
    } catch (error) {
      platform.setState({ of: null, steps: null, failed: error instanceof Error ? error.message : String(error) });
      return;
    }
  }
  for (const level of LEVELS) {
    if (platform.getState().levels[level]?.state !== "unknown") continue;
    const steps = await machine()
      .launchOf({ ...ran, vmpl: level })
      .catch(() => null);
    if (!steps || platform.getState().of !== result) return;
    platform.setState(({ levels }) => ({
      levels: levels.map((old, i) => (i === level ? { state: "measured", steps } : old)),
    }));
  }
}

/** The launch of the guest that runs: the one whose VMSA was launched last, else the last one launched. */
export function launchOfGuest(steps: readonly LaunchStep[]): LaunchStep[] {
  const context = (steps.findLast(({ type }) => type === "VMSA") ?? steps.at(-1))?.context;
  return steps.filter((step) => step.context === context);
}

/** The first page at which two launches are measured differently, and in what; null when they are the same. */
export function firstDifference(ours: readonly LaunchStep[], theirs: readonly LaunchStep[]): string | null {
  const index = ours.findIndex((step, i) => step.digest !== theirs[i]?.digest);
  const a = ours[index];
  const b = theirs[index];
  if (!a) return theirs.length > ours.length ? "more pages are launched" : null;
  if (!b) return "fewer pages are launched";
  const what = [
    a.type === b.type ? null : "type",
    a.gpa === b.gpa ? null : "gpa",
    a.perms.join() === b.perms.join() ? null : "permissions",
    a.contents === b.contents && a.size === b.size ? null : "contents",
  ].filter(Boolean);
  return `from page ${index + 1} on: ${what.join(", ") || "contents"}`;
}

export async function copyDigest(digest: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(digest);
    say(`${what} copied, 96 hex digits.`);
  } catch {
    ui.setState({ byHand: digest });
  }
}

let keys = 0;

export function chooseImage(file: File): void {
  platform.setState({ image: { key: ++keys, name: file.name, file, measuring: 0, answer: null } });
  void measure();
}

export function putImageAway(): void {
  machine().putImage();
  platform.setState({ image: null });
}

export function editInputs(edit: Partial<Inputs>): void {
  platform.setState(({ inputs }) => ({ inputs: { ...inputs, ...edit } }));
  void measure();
}

async function measure(): Promise<void> {
  const { image, inputs } = platform.getState();
  const read = readInputs(inputs);
  if (!image || !read.ok) return;
  const { key, file } = image;
  const change = (edit: Partial<ChosenImage>) =>
    platform.setState(({ image: now }) => (now?.key === key ? { image: { ...now, ...edit } } : {}));
  if (image.answer === null) change({ measuring: 0 });
  const { ok: _, ...values } = read;
  const answer = await machine()
    .image({ key, file, ...values }, (pages) => change({ measuring: pages }))
    .catch((error: unknown): ImageAnswer => ({ ok: false, message: String(error) }));
  if (answer) change({ answer, measuring: null });
}
