/**
 * The gallery in the page. All scenarios come in one chunk that is fetched once; picking one later asks the network for
 * nothing. Node has no bundler to resolve the chunk: tests and the command line read the files and use gallery-shelves.ts.
 */

import { type Gallery, type GalleryEntry, galleryOf } from "./gallery-shelves";
import type { Scenario } from "./schema";

let loading: Promise<Gallery> | null = null;

function gallery(): Promise<Gallery> {
  loading ??= import("./gallery-files").then(({ files }) => galleryOf(files));
  // A chunk that did not arrive may arrive the next time.
  loading.catch(() => {
    loading = null;
  });
  return loading;
}

/** Everything that the picker shows, in the gallery's order. Rejects only when the chunk cannot be fetched. */
export async function loadGallery(): Promise<GalleryEntry[]> {
  return (await gallery()).entries;
}

/** A fresh copy of scenario `id`; null when there is none of that name. */
export async function loadScenario(id: string): Promise<Scenario | null> {
  const scenario = (await gallery()).scenarios.get(id);
  return scenario === undefined ? null : structuredClone(scenario);
}
