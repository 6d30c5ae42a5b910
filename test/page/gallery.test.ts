/** Every scenario of the gallery, opened by a link in the browser, leaves the trace that Node makes: byte for byte. */
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { Model } from "../../assembly/abi";
import { readParts } from "../../cli/programs";
import { type Parts, run } from "../../web/runtime/run";
import { encodeLink } from "../../web/scenario/link";
import { parseScenario } from "../../web/scenario/parse";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

const FOLDER = new URL("../../public/scenarios/", import.meta.url);
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length));
let parts: Parts;
beforeAll(async () => {
  parts = await readParts();
});

test(`all ${NAMES.length} of them`, async () => {
  expect(NAMES.length).toBeGreaterThan(20);
  const reader = await visit();
  await reader.ends(0, "completed");
  for (const name of NAMES) {
    const parsed = parseScenario(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
    if (!parsed.ok) throw new Error(`${name}: ${parsed.message}`);
    const link = await encodeLink(parsed.scenario, String(Model.VERSION));
    const text = await traceByLink(reader, link);
    const trace = await run(parsed.scenario, parts);
    const expected = [...trace.lines(), ""].join("\n");
    trace.release();
    expect([name, text]).toEqual([name, expected]);
  }
});

/** Follows a link in the open page, runs what it holds, and gives the trace. */
async function traceByLink(reader: Visit, link: string): Promise<string> {
  const { page } = reader;
  const before = await reader.lastEnd();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, link);
  await page.getByRole("button", { name: "Run it" }).click();
  await page.waitForFunction(
    (old) => (window as unknown as { watched: { ended: number } }).watched.ended > old,
    before,
  );
  return reader.trace();
}
