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

/** Adds a version; one that says the same gives way to it. The oldest go when there are too many or they are too large. */
export function pushVersion(versions: readonly Version[], version: Version): Version[] {
  const same = versions.find((v) => v.text === version.text);
  const others = versions.filter((v) => v !== same);
  let savedAt = Math.max(version.savedAt, same?.savedAt ?? 0);
  while (others.some((v) => v.savedAt === savedAt)) savedAt++;
  const all = [...others, { ...version, savedAt }].sort((a, b) => b.savedAt - a.savedAt);
  const kept: Version[] = [];
  let chars = 0;
  for (const v of all) {
    chars += v.text.length;
    // The newest is kept however large it is.
    if (kept.length === MAX_VERSIONS || (kept.length > 0 && chars > MAX_CHARS)) break;
    kept.push(v);
  }
  return kept;
}

/** Two tabs' versions of one scenario, newest first. */
export function mergeVersions(a: readonly Version[], b: readonly Version[]): Version[] {
  return a.reduceRight(pushVersion, [...b]);
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
