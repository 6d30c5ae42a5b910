/** Scenario files out: defaults left out, fields in the order of the table, unknown fields after the known ones. */
import { SCENARIO } from "./fields";
import { withParts } from "./kept";
import type { Fields } from "./kinds";
import type { Scenario } from "./schema";
import { writeFields } from "./table";

/** Text longer than this is not indented: what came deep and in small pieces in a link would take 60 times its size. */
const MAX_INDENTED_CHARS = 100_000;

/** The scenario as the text of a file: JSON, two spaces, a newline at the end. */
export function serializeScenario(scenario: Scenario): string {
  const compact = compactScenario(scenario);
  const text = compact.length > MAX_INDENTED_CHARS ? compact : JSON.stringify(JSON.parse(compact), null, 2);
  return `${text}\n`;
}

/** The same on one line. */
export function compactScenario(scenario: Scenario): string {
  const text = JSON.stringify(ownFields(scenario));
  const { whole = "{}" } = scenario.kept ?? {};
  return whole === "{}" ? text : `${text.slice(0, -1)},${whole.slice(1)}`;
}

/** All but what is kept whole, as plain data. */
function ownFields({ rest, kept, ...known }: Scenario): Fields {
  const own = { ...writeFields(SCENARIO, known), ...rest };
  return kept ? withParts(own, JSON.parse(kept.parts)) : own;
}
