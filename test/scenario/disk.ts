/** Where scenarios lie on disk, for tests and for cli/author.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { literateScenario } from "../../web/scenario/literate";
import { parseScenarioValue } from "../../web/scenario/parse";
import { serializeScenario } from "../../web/scenario/serialize";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SOURCES = at("../../web/scenario/source/");
const SCENARIOS = at("../../public/scenarios/");

export const sourcePath = (id: string): string => `${SOURCES}${id}.md`;
export const scenarioPath = (id: string): string => `${SCENARIOS}${id}.json`;
export const goldenPath = (id: string): string => at(`golden/${id}.txt`);

const idsIn = (folder: string, ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));

export const sourceIds = (): string[] => idsIn(SOURCES, ".md");
export const scenarioIds = (): string[] => idsIn(SCENARIOS, ".json");

/** Text of every shipped scenario by its id. */
export function shippedFiles(): Record<string, string> {
  return Object.fromEntries(scenarioIds().map((id) => [id, readFileSync(scenarioPath(id), "utf8")]));
}

/** The JSON that a source stands for. @throws Error naming the source and what is wrong with it */
export function packed(source: string, id: string): string {
  const parsed = parseScenarioValue(literateScenario(source));
  if (!parsed.ok) throw new Error(`${id}.md: ${parsed.message}`);
  if (parsed.notes.length > 0) throw new Error(`${id}.md: ${parsed.notes.join(" ")}`);
  return serializeScenario(parsed.scenario);
}
