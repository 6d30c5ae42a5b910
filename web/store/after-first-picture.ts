/**
 * When the page has shown what it is for: the first picture and how the scenario ends at every level. What comes after
 * that (the editor, the rest of the gallery) must not compete with it for the network or the processor.
 */
import { type Ui, ui } from "./ui";

/** Milliseconds after which waiting would serve nobody: a level hangs, or the machine does not start. */
const LONGEST = 15_000;
/** Time for the reader's first click: typing counts in the plain field, so nobody waits for the editor. */
const BREATH = 1_000;

function isSettled({ status, view, ends }: Ui): boolean {
  if (status === "held" || status === "broken") return true;
  return view !== null && ends.every(({ state }) => state === "ended" || state === "absent");
}

export const settled: Promise<void> = new Promise<void>((resolve) => {
  if (isSettled(ui.getState())) return resolve();
  const unsubscribe = ui.subscribe((state) => {
    if (!isSettled(state)) return;
    unsubscribe();
    resolve();
  });
  setTimeout(resolve, LONGEST);
})
  .then(() => new Promise<void>((resolve) => setTimeout(resolve, BREATH)))
  .then(() => new Promise<void>((resolve) => whenIdle(resolve)));

/** A moment later, when the editor has been asked for: the small parts queue behind it and still arrive before it. */
export const editorAsked: Promise<void> = settled.then(() => new Promise((resolve) => setTimeout(resolve, 50)));

function whenIdle(go: () => void): void {
  // Safari has no requestIdleCallback.
  if ("requestIdleCallback" in window) requestIdleCallback(() => go(), { timeout: 2_000 });
  else setTimeout(go, 50);
}
