/**
 * The scenario that a newcomer sees, in a chunk of its own: the rest of the gallery comes when the page has settled, so
 * that opening the gallery asks the network for nothing.
 */
import { loadGallery, loadScenario } from "../scenario/gallery";
import { DEFAULT_SCENARIO } from "../scenario/gallery-shelves";
import { parseScenario } from "../scenario/parse";
import type { Scenario } from "../scenario/schema";
import { editorAsked } from "./after-first-picture";

const FILES = import.meta.glob<string>("../../public/scenarios/boot-check.json", { query: "?raw", import: "default" });
const load = FILES[`../../public/scenarios/${DEFAULT_SCENARIO}.json`];

void editorAsked.then(loadGallery).catch(() => {
  // It may arrive when it is asked for.
});

/** A scenario of the gallery by its id; null when there is none of that name. */
export async function scenarioById(id: string): Promise<Scenario | null> {
  if (id !== DEFAULT_SCENARIO || !load) return loadScenario(id);
  const parsed = parseScenario(await load());
  return parsed.ok ? parsed.scenario : loadScenario(id);
}
