/**
 * The gallery: which scenarios there are, on which shelf and in which order, and what the picker shows of each.
 * Pure: the files come from the page's bundle (gallery.ts) or from disk (tests, the command line).
 */
import { parseScenario } from "./parse";
import type { Scenario } from "./schema";

export interface Shelf {
  title: string;
  /** one sentence */
  about: string;
  ids: string[];
}

/** Order of the gallery. An id is the name of its file in public/scenarios/, without .json. */
export const SHELVES: readonly Shelf[] = [];

/** What opens when nothing else was asked for. */
export const DEFAULT_SCENARIO = "boot-check";

export interface GalleryEntry {
  id: string;
  title: string;
  /** title of its shelf */
  shelf: string;
  /** first line of `about`: what it shows, in one sentence */
  shows: string;
  difficulty: "first" | "core" | "deep";
  tags: string[];
  vmpl: 0 | 1 | 2 | 3;
  /** everything a search looks at, in lower case */
  words: string;
}

export interface Gallery {
  entries: GalleryEntry[];
  scenarios: Map<string, Scenario>;
}

/**
 * @param files text of every file by its id
 * @throws Error naming the file: a scenario of ours that cannot be read is a defect of ours
 */
export function galleryOf(files: Readonly<Record<string, string>>): Gallery {
  const entries: GalleryEntry[] = [];
  const scenarios = new Map<string, Scenario>();
  for (const shelf of SHELVES) {
    for (const id of shelf.ids) {
      const parsed = parseScenario(files[id] ?? "");
      if (!parsed.ok) throw new Error(`${id}.json: ${parsed.message}`);
      scenarios.set(id, parsed.scenario);
      entries.push(entryOf(id, shelf.title, parsed.scenario));
    }
  }
  return { entries, scenarios };
}

function entryOf(id: string, shelf: string, scenario: Scenario): GalleryEntry {
  const { title, about, difficulty = "core", tags = [], vmpl, sources = [] } = scenario;
  const shows = about.split("\n", 1)[0] ?? "";
  const words = [id, title, shelf, about, ...tags, ...sources].join(" ").toLowerCase();
  return { id, title, shelf, shows, difficulty, tags, vmpl, words };
}
