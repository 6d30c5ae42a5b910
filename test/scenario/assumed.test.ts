/** A scenario whose run meets a rule that nothing at hand confirms says so: to whoever reads it, and by the tag. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isRule, ruleText } from "../../web/manual/rules";
import type { OpName } from "../../web/trace/operations";
import { goldenPath, scenarioIds } from "./disk";
import { goldenThen, readScenario } from "./golden";

/** Rules that decided an event of the recorded trace, and are assumed where they did. */
function assumedRules(trace: string): string[] {
  const found = new Set<string>();
  for (const line of trace.split("\n")) {
    const [, op = "", rest = ""] =
      /^ +\d+ (?:guest v\d+ VMPL\d(?: CPL\d)?|hypervisor|firmware) (\S+)(.*)$/.exec(line) ?? [];
    const [, args = "", outcome = ""] = /^(.*?) -> ([^|(]*)/.exec(rest) ?? [];
    const rule = outcome.trim().split(" ").at(-1) ?? "";
    if (!isRule(rule)) continue;
    const values = Object.fromEntries(
      args
        .trim()
        .split(" ")
        .map((pair) => pair.split("=")),
    );
    if (ruleText(rule, { op: op as OpName, args: values })?.sure === "assumed") found.add(rule);
  }
  return [...found];
}

const met = new Map(scenarioIds().map((id) => [id, assumedRules(goldenThen(id)?.text ?? "")]));

test.each([...met])("%s", (id, rules) => {
  const { about, tags = [] } = readScenario(id);
  const says = /\bassumed\b/i.test(about);
  if (rules.length > 0) expect([id, rules, says]).toEqual([id, rules, true]);
  expect(tags.includes("assumed")).toBe(says);
});

test("traces are read: the rules that decided are found in them", () => {
  expect(met.get("rmp-cannot-move")).toEqual(["FROZEN_MSR"]);
  expect(met.get("syscfg-frozen")).toEqual([]);
  const rules = readdirSync(goldenPath("x").replace("x.txt", "")).flatMap((name) =>
    [...readFileSync(goldenPath(name.replace(".txt", "")), "utf8").matchAll(/ ([A-Z][A-Z0-9]+_[A-Z0-9_]+) \(/g)].map(
      ([, rule = ""]) => rule,
    ),
  );
  expect(rules.filter(isRule).length).toBeGreaterThan(50);
});
