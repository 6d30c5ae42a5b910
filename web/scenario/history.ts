/** Earlier versions of a draft: newest first, bounded in number and size. */

const MAX_VERSIONS = 30;
const MAX_CHARS = 400_000;

/** Why a version was put aside. */
export type VersionReason = "typed" | "reset" | "restore" | "another tab" | "unreadable";

export interface Version {
  /** the scenario file as it was; not always readable by this version of snplay */
  text: string;
  /** milliseconds since 1970; also what restore() asks for */
  savedAt: number;
  why: VersionReason;
}

export const historyKey = (id: string): string => `snplay.history.${id}`;

/** Adds a version in front, unless it says the same as the one already there; the oldest go when there are too many. */
export function pushVersion(versions: Version[], version: Version): Version[] {
  if (versions[0]?.text === version.text) return versions;
  let { savedAt } = version;
  while (versions.some((v) => v.savedAt === savedAt)) savedAt++;
  const kept: Version[] = [];
  let chars = 0;
  for (const v of [{ ...version, savedAt }, ...versions]) {
    chars += v.text.length;
    // The newest is kept however large it is.
    if (kept.length === MAX_VERSIONS || (kept.length > 0 && chars > MAX_CHARS)) break;
    kept.push(v);
  }
  return kept;
}

/** Damaged entries are left out; a damaged history is an empty one. */
export function parseHistory(json: string | null): Version[] {
  if (json === null) return [];
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter(isVersion) : [];
  } catch {
    return [];
  }
}

function isVersion(value: unknown): value is Version {
  if (typeof value !== "object" || value === null) return false;
  const { text, savedAt, why } = value as Partial<Version>;
  return typeof text === "string" && typeof savedAt === "number" && typeof why === "string";
}
