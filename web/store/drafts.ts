/** The reader's own text, kept in this browser as it is typed. */
import { createDrafts, type Saved } from "../scenario/drafts";
import type { Scenario } from "../scenario/schema";
import { browserStorage } from "../scenario/storage";
import { ui } from "./ui";

export const drafts = createDrafts(browserStorage());

/** A pause this short keeps every keystroke of a fast typist out of storage, and loses nothing that matters. */
const PAUSE = 250;

let timer: ReturnType<typeof setTimeout> | undefined;
let pending: { id: string; scenario: Scenario } | null = null;
let warned = false;

export function keepDraft(id: string, scenario: Scenario): void {
  if (pending && pending.id !== id) flushDraft();
  pending = { id, scenario };
  clearTimeout(timer);
  timer = setTimeout(flushDraft, PAUSE);
}

/** Writes what waits, at once: before the page goes, before another scenario opens. */
export function flushDraft(): void {
  clearTimeout(timer);
  if (!pending) return;
  const { id, scenario } = pending;
  pending = null;
  tell(drafts.save(id, scenario));
}

export function dropPendingDraft(): void {
  clearTimeout(timer);
  pending = null;
}

/** Storage that refuses is said once, not at every key. */
export function tell(saved: Saved): void {
  if (saved.ok || warned) return;
  warned = true;
  ui.setState({ notice: { tone: "bad", text: saved.message } });
}
