/** What is large of a link is text on the page's thread, and nothing of it is lost: a file and another link have it all. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { light } from "../../web/scenario/kept";
import { decodeLink, encodeLink } from "../../web/scenario/link";
import { parseScenario, parseScenarioValue } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { serializeScenario } from "../../web/scenario/serialize";
import { scenarios } from "./scenarios.arbitrary";

function scenarioOf(fields: object): Scenario {
  const parsed = parseScenarioValue({ version: 2, guest: "a", ...fields });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.scenario;
}

const many = (count: number, more = {}) =>
  Object.fromEntries([...Array.from({ length: count }, (_, i) => [`k${i}`, i]), ...Object.entries(more)]);
const proto = JSON.parse('{"__proto__": {"x": 1}}');

/** Objects, their fields, and items of lists: what a copy of it costs. */
function values(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + values(inner), 1);
}

const ROWS: [name: string, fields: object][] = [
  ["unknown fields", many(20_000)],
  ["unknown fields with names of JavaScript's", many(2_000, { toString: 1, kept: 2, rest: 3, ...proto })],
  ["one field with a long name", { ["name".repeat(200_000)]: 1 }],
  ["claims", { expect: many(20_000, { end: "completed", log: ["a"] }) }],
  ["claims of the log", { expect: { end: "completed", log: Array(20_000).fill("a") } }],
  ["notes of a talk", { stage: Array(8_000).fill({ at: 0, note: "", x: 1 }) }],
  ["tags and sources", { tags: Array(20_000).fill("a"), sources: Array(20_000).fill("b") }],
  ["in the machine", { machine: { vmpls: 2, ...many(20_000) } }],
  ["in the machine, deeper", { machine: { ...many(10), syscfg: { mfdm: false, ...many(8_000) } } }],
  [
    "in every object",
    { machine: many(2_000), view: many(2_000, { step: 3 }), attack: many(2_000), unknown: many(2_000) },
  ],
  ["in a list in an unknown field", { unknown: { list: Array(20_000).fill([1]) }, other: "stays" }],
];

test.each(ROWS)("%s", async (_, fields) => {
  const scenario = scenarioOf(fields);
  const held = light(scenario);
  expect(held.kept).toBeDefined();
  expect(values(held)).toBeLessThan(3_000);
  expect(held.machine).toMatchObject({ vmpls: scenario.machine.vmpls, memoryMiB: 16 });

  const file = parseScenario(serializeScenario(held));
  expect(file.ok && file.scenario).toEqual(scenario);
  const link = await decodeLink(await encodeLink(held, "2"));
  expect(link.ok && link.scenario).toEqual(scenario);

  const edited = { guest: "b", vmpl: 1 as const, view: { step: 7 } };
  const again = parseScenario(serializeScenario({ ...held, ...edited }));
  const { view, ...rest } = again.ok ? again.scenario : scenario;
  expect(view).toMatchObject({ step: 7 });
  expect(rest).toEqual({ ...rest, ...without(scenario), guest: "b", vmpl: 1 });
});

function without({ view: _, ...rest }: Scenario) {
  return rest;
}

test("what is not large stays as it is", () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const held = light(scenario);
      if (!held.kept) expect(held).toBe(scenario);
      const read = parseScenario(serializeScenario(held));
      expect(read.ok && read.scenario).toEqual(scenario);
    }),
    { numRuns: 100 },
  );
});
