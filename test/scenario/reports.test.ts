/** Public bug reports, rebuilt: each run ends as the report in `sources` says that it did. test/scenario/reports/NAME.json. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differences } from "../../web/scenario/expectation";
import { parseScenario } from "../../web/scenario/parse";
import { runScenario } from "./runs";

const folder = new URL("./reports/", import.meta.url);

test.each(readdirSync(folder))("%s", async (file) => {
  const parsed = parseScenario(readFileSync(new URL(file, folder), "utf8"));
  if (!parsed.ok) throw new Error(parsed.message);
  const { expect: wanted = {}, sources = [] } = parsed.scenario;
  const { end, log } = await runScenario(parsed.scenario);
  const lines = log.map(({ text }) => text);
  expect([sources.length > 0, wanted.end !== undefined, differences(wanted, { ...end }, lines)]).toEqual([
    true,
    true,
    [],
  ]);
});
