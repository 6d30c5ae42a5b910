/**
 * Earlier versions of drafts: newest first, bounded in number and size. Each lies under a key of its own, so that two
 * tabs that add one at the same moment cannot undo each other's; the key tells whose it is and how old.
 */
import type { Store } from "./storage";

const MAX_VERSIONS = 100;
const MAX_CHARS = 2_000_000;

/** Why a version was put aside. */
export type VersionReason = "typed" | "reset" | "restore" | "file" | "another tab" | "unreadable";

export interface Version {
  /** the scenario file as it was; not always readable by this version of snplay */
  text: string;
  /** milliseconds since 1970; also what restore() asks for */
  savedAt: number;
  why: VersionReason;
  /** the tab in which it was typed, where that matters */
  tab?: string;
}

/** A version and the key under which storage has it. */
export interface Stored {
  key: string;
  version: Version;
}

const VERSION = "snplay.version.";
/** All versions of a scenario in one list: as they were kept before each had a key. Only read and moved. */
const LIST = "snplay.history.";

/** `mark`: what no other version of this moment has. */
export function versionKey(id: string, savedAt: number, mark: string): string {
  return `${VERSION}${id}/${savedAt}.${mark}`;
}

/** What storage has of scenario `id`, in no order. */
export function storedVersions(store: Store, id: string): Stored[] {
  const own = store.keys(`${VERSION}${id}/`).flatMap((key) => {
    const version = parseVersion(store.get(key));
    return version === null ? [] : [{ key, version }];
  });
  const key = LIST + id;
  return [...own, ...parseVersions(store.get(key)).map((version) => ({ key, version }))];
}

/** Newest first; of those that say the same only the newest; no two of one moment. */
export function inOrder(versions: readonly Version[]): Version[] {
  const kept = new Map<string, Version>();
  for (const version of [...versions].sort((a, b) => a.savedAt - b.savedAt)) {
    kept.delete(version.text);
    kept.set(version.text, version);
  }
  let last = Number.NEGATIVE_INFINITY;
  const apart = [...kept.values()].map((version) => {
    last = Math.max(version.savedAt, last + 1);
    return version.savedAt === last ? version : { ...version, savedAt: last };
  });
  return apart.reverse();
}

/** How many of these, newest first, are kept: the newest however large it is. */
export function keptOf(versions: readonly Version[]): number {
  let chars = 0;
  for (const [i, { text }] of versions.entries()) {
    chars += text.length;
    if (i === MAX_VERSIONS || (i > 0 && chars > MAX_CHARS)) return i;
  }
  return versions.length;
}

/** Versions of any scenario that may give way to newer text, oldest first, with the characters that each takes. */
export function spareVersions(store: Store): { key: string; chars: number }[] {
  const aged = store.keys(VERSION).map((key) => ({ key, age: Number(/\/([0-9.e+]+)\.[^.]*$/.exec(key)?.[1] ?? 0) }));
  const lists = store.keys(LIST).map((key) => ({ key, age: Math.max(0, ...times(store.get(key))) }));
  return [...aged, ...lists]
    .sort((a, b) => a.age - b.age)
    .map(({ key }) => ({ key, chars: key.length + (store.get(key)?.length ?? 0) }));
}

function times(json: string | null): number[] {
  return parseVersions(json).map(({ savedAt }) => savedAt);
}

/** The changes that give each version of the old lists its own key; `commit` makes them, scenario by scenario. */
export function listsToMove(store: Store): Map<string, string | null>[] {
  return store.keys(LIST).flatMap((key) => {
    const id = key.slice(LIST.length);
    const versions = parseVersions(store.get(key));
    if (versions.length === 0) return [];
    const moved = versions.map((version, i): [string, string] => [
      versionKey(id, version.savedAt, `list${i}`),
      JSON.stringify(version),
    ]);
    return [new Map<string, string | null>([[key, null], ...moved])];
  });
}

/** Damaged entries are left out; a damaged list is an empty one. */
function parseVersions(json: string | null): Version[] {
  const value = parsed(json);
  return Array.isArray(value) ? value.filter(isVersion) : [];
}

function parseVersion(json: string | null): Version | null {
  const value = parsed(json);
  return isVersion(value) ? value : null;
}

function parsed(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    return null;
  }
}

function isVersion(value: unknown): value is Version {
  if (typeof value !== "object" || value === null) return false;
  const { text, savedAt, why } = value as Partial<Version>;
  return typeof text === "string" && Number.isFinite(savedAt) && typeof why === "string";
}
