/**
 * What the user typed, kept in the browser: one draft for each scenario, and a bounded history of each to go back to.
 *
 * - A draft is always kept in memory first; storage that is full, forbidden or absent costs only its survival of a
 *   reload, and the caller gets a sentence to show.
 * - No text gives way to another before it is in the history, unless the other goes on from it. Both are stored, or
 *   neither, and then storage has what it had.
 * - Nothing here is ever thrown away for something that the user did not do: opening a link or a gallery scenario
 *   writes nothing, and text that cannot be read (damaged, or from a newer snplay) goes into the history as it is.
 * - Each tab sees to it that both its own text and the one it takes the place of are in the history.
 */
import { type Changes, commit, type Saved } from "./commit";
import {
  inOrder,
  keptOf,
  listsToMove,
  type Stored,
  spareVersions,
  storedVersions,
  type Version,
  type VersionReason,
  versionKey,
} from "./history";
import { parseScenario } from "./parse";
import type { Scenario } from "./schema";
import { compactScenario } from "./serialize";
import type { Store } from "./storage";

export type { Saved } from "./commit";

/** A pause in typing this long ends a version: the next edit puts the text before it into the history. */
const VERSION_PAUSE_MS = 120_000;

/** So does an edit that takes away more than this many characters in one place. */
const MAX_TAKEN_AWAY = 20;

export interface Draft {
  scenario: Scenario;
  /** milliseconds since 1970 */
  savedAt: number;
}

export type Restored = { ok: true; scenario: Scenario } | { ok: false; message: string };

export interface Drafts {
  /** The draft of scenario `id`, null when there is none; `message` when there is one that cannot be read. */
  load(id: string): { draft: Draft | null; message?: string };
  /** Keeps `scenario` as the draft of `id`, typed on from what was the draft. Cheap enough to call for every keystroke. */
  save(id: string, scenario: Scenario): Saved;
  /** Keeps `scenario` as the draft of `id` in place of what was the draft, which goes to the history. */
  replace(id: string, scenario: Scenario): Saved;
  /** Gives up the draft of `id` ("reset"): it goes to the history, and load(id) is null from now on. */
  discard(id: string): Saved;
  /** Earlier versions of `id`, newest first. */
  history(id: string): Version[];
  /** Makes version `savedAt` the draft again; what was the draft goes to the history. */
  restore(id: string, savedAt: number): Restored & { warning?: string };
  /** As long as `id` has nothing of its own, it has what `from` has. Writes nothing. */
  adopt(id: string, from: string): void;
  /** Another tab changed what storage has under `key`. */
  changedElsewhere(key: string): void;
  /** Ids that have a draft, newest first. */
  ids(): string[];
}

interface Held {
  text: string;
  savedAt: number;
  /** when the version that is being typed began */
  since: number;
  /** the tab that typed it */
  tab?: string;
}

const DRAFT = "snplay.draft.";
const draftKey = (id: string) => `${DRAFT}${id}`;

/**
 * @param store browserStorage() in the page; it never throws but StoreFullError.
 * @param now clock in milliseconds
 */
export function createDrafts(store: Store, now: () => number = Date.now): Drafts {
  const tab = Math.random().toString(36).slice(2, 10);
  let marks = 0;
  /** what this tab holds, whether storage took it or not; null: discarded here */
  const held = new Map<string, Held | null>();
  /** the draft that this tab last read from storage or wrote to it */
  const seen = new Map<string, string | null>();
  /** versions that storage did not take */
  const unsaved = new Map<string, Version[]>();
  for (const changes of listsToMove(store)) commit(store, changes);

  function current(id: string): Held | null {
    const mine = held.get(id);
    return mine === undefined ? heldOf(store.get(draftKey(id))) : mine;
  }

  function history(id: string): Version[] {
    return inOrder([...storedVersions(store, id).map(({ version }) => version), ...(unsaved.get(id) ?? [])]);
  }

  /** What another tab put in this one's place, or what could not be read: it must not be overwritten unseen. */
  function foreign(id: string, next: Held | null): Version[] {
    const raw = store.get(draftKey(id));
    if (raw === null || raw === seen.get(id)) return [];
    const there = heldOf(raw);
    if (there === null) return [{ text: raw, savedAt: now(), why: "unreadable" }];
    if (!held.has(id) || there.text === next?.text) return [];
    return [versionOf(there, "another tab")];
  }

  /** Makes `next` the draft and `versions` part of the history: both or, in storage, neither. */
  function keep(id: string, next: Held | null, versions: Version[]): Saved {
    const added = [...(unsaved.get(id) ?? []), ...foreign(id, next), ...versions];
    const raw = store.get(draftKey(id));
    const draft = next === null ? null : JSON.stringify(next);
    held.set(id, next);
    const changes = new Map(additions(id, added)).set(draftKey(id), draft);
    const saved = commit(store, changes, () => spareVersions(store));
    seen.set(id, saved.ok ? draft : raw);
    if (saved.ok) unsaved.delete(id);
    else keepUnsaved(id, added);
    return saved;
  }

  function keepUnsaved(id: string, versions: Version[]): void {
    const all = inOrder(versions);
    if (all.length > 0) unsaved.set(id, all.slice(0, keptOf(all)));
  }

  /** The changes that add versions: each under a new key; what they make needless goes, and the oldest beyond the bound. */
  function additions(id: string, added: readonly Version[]): Changes {
    const changes = new Map<string, string | null>();
    if (added.length === 0) return changes;
    const there = storedVersions(store, id);
    const fresh = inOrder(added).map((version): Stored => ({ key: newKey(id, version), version }));
    const needless = there.filter((old) => fresh.some(({ version }) => takesPlaceOf(version, old.version)));
    const all = [...fresh, ...there.filter((old) => !needless.includes(old))];
    all.sort((a, b) => b.version.savedAt - a.version.savedAt);
    const beyond = all.slice(keptOf(all.map(({ version }) => version))).filter((old) => !fresh.includes(old));
    for (const { key } of [...needless, ...beyond]) if (!isShared(key, there)) changes.set(key, null);
    for (const { key, version } of fresh) changes.set(key, JSON.stringify(version));
    return changes;
  }

  function newKey(id: string, { savedAt }: Version): string {
    return versionKey(id, savedAt, `${tab}${marks++}`);
  }

  return {
    load(id) {
      const raw = store.get(draftKey(id));
      const mine = current(id);
      if (mine === null) {
        const unreadable = !held.has(id) && raw !== null;
        return unreadable ? { draft: null, message: UNREADABLE } : { draft: null };
      }
      const parsed = parseScenario(mine.text, Number.POSITIVE_INFINITY);
      if (!parsed.ok)
        return { draft: null, message: `The draft kept in this browser cannot be opened. ${parsed.message}` };
      if (!held.has(id)) seen.set(id, raw);
      held.set(id, mine);
      return { draft: { scenario: parsed.scenario, savedAt: mine.savedAt } };
    },

    save(id, scenario) {
      const text = compactScenario(scenario);
      const before = current(id);
      const unopened = !held.has(id);
      const at = now();
      if (before === null) return keep(id, { text, savedAt: at, since: at, tab }, []);
      if (before.text === text) {
        const stored = store.get(draftKey(id));
        held.set(id, before);
        if (heldOf(stored)?.text === text && !unsaved.has(id)) {
          seen.set(id, stored);
          return { ok: true };
        }
        return keep(id, before, []);
      }
      const ends = unopened || isPause(before, at) || takesAway(before.text, text);
      const next = { text, savedAt: at, since: ends ? at : before.since, tab };
      return keep(id, next, ends ? [versionOf(before, "typed")] : []);
    },

    replace(id, scenario) {
      const text = compactScenario(scenario);
      const before = current(id);
      const at = now();
      const gone = before === null || before.text === text ? [] : [versionOf(before, "file")];
      return keep(id, { text, savedAt: at, since: at, tab }, gone);
    },

    discard(id) {
      const before = current(id);
      return keep(id, null, before === null ? [] : [versionOf(before, "reset")]);
    },

    history,

    restore(id, savedAt) {
      const version = history(id).find((v) => v.savedAt === savedAt);
      if (version === undefined) return { ok: false, message: "That version is no longer kept." };
      const parsed = parseScenario(version.text, Number.POSITIVE_INFINITY);
      if (!parsed.ok) return { ok: false, message: `That version cannot be opened. ${parsed.message}` };
      const before = current(id);
      const at = now();
      const gone = before === null || before.text === version.text ? [] : [versionOf(before, "restore")];
      const saved = keep(id, { text: version.text, savedAt: at, since: at, tab }, gone);
      return { ok: true, scenario: parsed.scenario, ...(saved.ok ? {} : { warning: saved.message }) };
    },

    adopt(id, from) {
      if (held.has(id) || store.get(draftKey(id)) !== null || history(id).length > 0) return;
      const versions = history(from);
      if (versions.length > 0) unsaved.set(id, versions);
      const draft = current(from);
      if (draft === null) return;
      held.set(id, draft);
      seen.set(id, null);
    },

    changedElsewhere(key) {
      if (!key.startsWith(DRAFT)) return;
      const id = key.slice(DRAFT.length);
      const mine = held.get(id);
      if (mine == null) return;
      const raw = store.get(key);
      if (raw === seen.get(id) || heldOf(raw)?.text === mine.text) return;
      if (history(id).some(({ text }) => text === mine.text)) return;
      const overtaken = versionOf({ ...mine, tab }, "another tab");
      if (!commit(store, additions(id, [overtaken])).ok) keepUnsaved(id, [...(unsaved.get(id) ?? []), overtaken]);
    },

    ids() {
      const all = new Set([...store.keys(DRAFT).map((key) => key.slice(DRAFT.length)), ...held.keys()]);
      const dated = [...all].flatMap((id) => {
        const draft = current(id);
        return draft === null ? [] : [{ id, savedAt: draft.savedAt }];
      });
      return dated.sort((a, b) => b.savedAt - a.savedAt).map(({ id }) => id);
    },
  };
}

const UNREADABLE = "The draft kept in this browser is damaged. It stays in the history of this scenario.";

function versionOf({ text, savedAt, tab }: Held, why: VersionReason): Version {
  return { text, savedAt, why, ...(why === "another tab" && tab !== undefined ? { tab } : {}) };
}

/** A clock that was set back since counts as a pause. */
function isPause({ savedAt, since }: Held, at: number): boolean {
  return at < savedAt || at - savedAt >= VERSION_PAUSE_MS || at - since >= VERSION_PAUSE_MS * 5;
}

/** Says the same, or is what the same tab typed on from it while both were typed in. */
function takesPlaceOf(version: Version, old: Version): boolean {
  if (version.text === old.text) return true;
  const both = version.why === "another tab" && old.why === "another tab";
  const soon = version.savedAt >= old.savedAt && version.savedAt - old.savedAt < VERSION_PAUSE_MS;
  return both && soon && version.tab !== undefined && version.tab === old.tab && !takesAway(old.text, version.text);
}

/** An old list of versions stays whole as long as it has its key. */
function isShared(key: string, there: readonly Stored[]): boolean {
  return there.filter((stored) => stored.key === key).length > 1;
}

/** Whether so much of `text` is gone in `next`, in one place, that one would want it back. */
export function takesAway(text: string, next: string): boolean {
  if (text === next) return false;
  const most = Math.min(text.length, next.length);
  let head = 0;
  while (head < most && text.charCodeAt(head) === next.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < most - head && text.charCodeAt(text.length - 1 - tail) === next.charCodeAt(next.length - 1 - tail))
    tail++;
  return text.length - head - tail > MAX_TAKEN_AWAY;
}

function heldOf(json: string | null): Held | null {
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || !("text" in value) || !("savedAt" in value)) return null;
    const { text } = value;
    const savedAt = Number(value.savedAt);
    const since = "since" in value && typeof value.since === "number" ? value.since : savedAt;
    if (typeof text !== "string" || !Number.isFinite(savedAt) || !Number.isFinite(since)) return null;
    return { text, savedAt, since, ...("tab" in value && typeof value.tab === "string" ? { tab: value.tab } : {}) };
  } catch {
    return null;
  }
}
