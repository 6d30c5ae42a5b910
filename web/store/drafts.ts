/** The reader's own text, kept in this browser as it is typed. */
import { createDrafts, type Saved, takesAway } from "../scenario/drafts";
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
  if (pending && (pending.id !== id || takesAwayFrom(pending.scenario, scenario))) flushDraft();
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

/** What waits must become a draft before an edit that takes much of it away, to be found in the history. */
function takesAwayFrom(old: Scenario, next: Scenario): boolean {
  const programs = ({ guest, hypervisor = "", library = {} }: Scenario) => ({ ...library, guest, hypervisor });
  const after: Record<string, string | undefined> = programs(next);
  return Object.entries(programs(old)).some(([name, text]) => takesAway(text ?? "", after[name] ?? ""));
}

/** Storage that refuses is said once, not at every key; again when it had taken something in between. */
export function tell(saved: Saved): void {
  if (saved.ok) warned = false;
  if (saved.ok || warned) return;
  warned = true;
  ui.setState({ notice: { tone: "bad", text: saved.message } });
}
