/**
 * What the user typed, kept in the browser: one draft for each scenario, and a bounded history of each to go back to.
 *
 * - A draft is always kept in memory first; storage that is full, forbidden or absent costs only its survival of a
 *   reload, and the caller gets a sentence to show.
 * - Nothing here is ever thrown away for something that the user did not do: opening a link or a gallery scenario
 *   writes nothing, and text that cannot be read (damaged, or from a newer snplay) goes into the history as it is.
 * - Another tab's draft of the same scenario goes into the history before this tab's replaces it.
 */
import { historyKey, mergeVersions, parseHistory, pushVersion, type Version, type VersionReason } from "./history";
import { parseScenario } from "./parse";
import type { Scenario } from "./schema";
import { serializeScenario } from "./serialize";
import { type Store, StoreFullError } from "./storage";

/** A pause in typing this long ends a version: the next edit puts the text before it into the history. */
const VERSION_PAUSE_MS = 120_000;

export interface Draft {
  scenario: Scenario;
  /** milliseconds since 1970 */
  savedAt: number;
}

/** `message`: what could not be done, for the user; the draft itself is safe in memory. */
export type Saved = { ok: true } | { ok: false; message: string };

export type Restored = { ok: true; scenario: Scenario } | { ok: false; message: string };

export interface Drafts {
  /** The draft of scenario `id`, null when there is none; `message` when there is one that cannot be read. */
  load(id: string): { draft: Draft | null; message?: string };
  /** Keeps `scenario` as the draft of `id`. Cheap enough to call for every keystroke. */
  save(id: string, scenario: Scenario): Saved;
  /** Gives up the draft of `id` ("reset"): it goes to the history, and load(id) is null from now on. */
  discard(id: string): Saved;
  /** Earlier versions of `id`, newest first. */
  history(id: string): Version[];
  /** Makes version `savedAt` the draft again; what was the draft goes to the history. */
  restore(id: string, savedAt: number): Restored & { warning?: string };
  /** Ids that have a draft, newest first. */
  ids(): string[];
}

interface Held {
  text: string;
  savedAt: number;
  /** when the version that is being typed began */
  since: number;
}

const DRAFT = "snplay.draft.";
const draftKey = (id: string) => `${DRAFT}${id}`;

/**
 * @param store browserStorage() in the page; it never throws but StoreFullError.
 * @param now clock in milliseconds
 */
export function createDrafts(store: Store, now: () => number = Date.now): Drafts {
  /** what this tab holds, whether storage took it or not; null: discarded here */
  const held = new Map<string, Held | null>();
  const histories = new Map<string, Version[]>();

  function stored(id: string): Held | null {
    const text = store.get(draftKey(id));
    return text === null ? null : heldOf(text);
  }

  function current(id: string): Held | null {
    const mine = held.get(id);
    return mine === undefined ? stored(id) : mine;
  }

  function history(id: string): Version[] {
    return histories.get(id) ?? parseHistory(store.get(historyKey(id)));
  }

  function put(key: string, value: string): Saved {
    try {
      store.set(key, value);
      return { ok: true };
    } catch (error) {
      if (error instanceof StoreFullError) return { ok: false, message: error.message };
      throw error;
    }
  }

  /** Storage takes the draft, if need be at the cost of the oldest versions of any scenario. */
  function putDraft(id: string): Saved {
    const draft = JSON.stringify(held.get(id));
    for (;;) {
      const saved = put(draftKey(id), draft);
      if (saved.ok || !dropOldestVersion()) return saved;
    }
  }

  /** Storage takes as much of the history as fits, the newest first. */
  function putHistory(id: string, versions: Version[]): Saved {
    let kept = versions;
    for (;;) {
      const saved = put(historyKey(id), JSON.stringify(kept));
      if (saved.ok || kept.length <= 1) return saved;
      kept = kept.slice(0, kept.length >> 1);
    }
  }

  function dropOldestVersion(): boolean {
    let oldest: { key: string; versions: Version[] } | null = null;
    for (const key of store.keys(historyKey(""))) {
      const versions = parseHistory(store.get(key));
      const last = versions.at(-1);
      if (last === undefined) store.remove(key);
      else if (oldest === null || last.savedAt < (oldest.versions.at(-1)?.savedAt ?? 0)) oldest = { key, versions };
    }
    if (oldest === null) return false;
    const rest = oldest.versions.slice(0, -1);
    store.remove(oldest.key);
    if (rest.length > 0) put(oldest.key, JSON.stringify(rest));
    return true;
  }

  function remember(id: string, text: string, savedAt: number, why: VersionReason): Saved {
    // Storage may hold versions that another tab added since.
    const versions = pushVersion(mergeVersions(history(id), parseHistory(store.get(historyKey(id)))), {
      text,
      savedAt,
      why,
    });
    histories.set(id, versions);
    return putHistory(id, versions);
  }

  /** Another tab's text, or text that could not be read, must not be overwritten unseen. */
  function rememberForeign(id: string): Saved {
    const text = store.get(draftKey(id));
    if (text === null) return { ok: true };
    const there = heldOf(text);
    const mine = held.get(id);
    if (there === null) return remember(id, text, now(), "unreadable");
    if (mine != null && there.savedAt === mine.savedAt) return { ok: true };
    if (mine === undefined || there.text === mine?.text) return { ok: true };
    return remember(id, there.text, there.savedAt, "another tab");
  }

  return {
    load(id) {
      const text = store.get(draftKey(id));
      const mine = current(id);
      if (mine === null) {
        const unreadable = held.get(id) === undefined && text !== null;
        return unreadable ? { draft: null, message: UNREADABLE } : { draft: null };
      }
      const parsed = parseScenario(mine.text);
      if (!parsed.ok)
        return { draft: null, message: `The draft kept in this browser cannot be opened. ${parsed.message}` };
      held.set(id, mine);
      return { draft: { scenario: parsed.scenario, savedAt: mine.savedAt } };
    },

    save(id, scenario) {
      const text = serializeScenario(scenario);
      const before = current(id);
      const foreign = rememberForeign(id);
      if (before?.text === text && foreign.ok) {
        held.set(id, before);
        return stored(id)?.text === text ? { ok: true } : putDraft(id);
      }
      const at = now();
      const unopened = held.get(id) === undefined && before !== null;
      if (
        before !== null &&
        (unopened || at - before.savedAt >= VERSION_PAUSE_MS || at - before.since >= VERSION_PAUSE_MS * 5)
      ) {
        remember(id, before.text, before.savedAt, "typed");
        held.set(id, { text, savedAt: at, since: at });
      } else {
        held.set(id, { text, savedAt: at, since: before?.since ?? at });
      }
      return putDraft(id);
    },

    discard(id) {
      rememberForeign(id);
      const before = current(id);
      held.set(id, null);
      const saved: Saved = before === null ? { ok: true } : remember(id, before.text, before.savedAt, "reset");
      store.remove(draftKey(id));
      return saved;
    },

    history,

    restore(id, savedAt) {
      const version = history(id).find((v) => v.savedAt === savedAt);
      if (version === undefined) return { ok: false, message: "That version is no longer kept." };
      const parsed = parseScenario(version.text);
      if (!parsed.ok) return { ok: false, message: `That version cannot be opened. ${parsed.message}` };
      rememberForeign(id);
      const before = current(id);
      if (before !== null && before.text !== version.text) remember(id, before.text, before.savedAt, "restore");
      const at = now();
      held.set(id, { text: version.text, savedAt: at, since: at });
      const saved = putDraft(id);
      return { ok: true, scenario: parsed.scenario, ...(saved.ok ? {} : { warning: saved.message }) };
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

function heldOf(json: string): Held | null {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || !("text" in value) || !("savedAt" in value)) return null;
    const { text, savedAt } = value;
    const since = "since" in value && typeof value.since === "number" ? value.since : savedAt;
    return typeof text === "string" && typeof savedAt === "number" && typeof since === "number"
      ? { text, savedAt, since }
      : null;
  } catch {
    return null;
  }
}
