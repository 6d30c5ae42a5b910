/**
 * Every row on the core and on the second model: result, deciding check, and what "Why?" says of it. Then a count: each
 * check of platform and firmware passed in some row and failed in another, and every status was seen.
 */
import { describe, expect, it } from "vitest";
import { FwStatus, Rule, Rung } from "../../assembly/abi";
import { PLATFORM_RULES } from "../core/instruction-rules";
import { CorePlatform } from "./core";
import { ModelPlatform } from "./model/model";
import type { Operation, Result } from "./operation";
import { GUESTS, WITHOUT_IMMUTABLE } from "./rows/guests";
import { INITIALIZATION } from "./rows/init";
import { LAUNCH_UPDATE } from "./rows/launch-update";
import { PAGES } from "./rows/pages";
import { REGISTERS } from "./rows/registers";
import { PLATFORM, type Row } from "./rows/steps";

const TABLES: Record<string, Row[]> = {
  "SYSCFG and what freezes with it": REGISTERS,
  "SNP_INIT, SNP_SHUTDOWN": INITIALIZATION,
  "commands on guests": GUESTS,
  SNP_LAUNCH_UPDATE: LAUNCH_UPDATE,
  "commands on guests, without the check of Immutable": WITHOUT_IMMUTABLE,
  "commands on pages": PAGES,
};

const seen = new Set<string>();

/** A row whose setup does not come about tests something else than it says. */
function must(op: Operation, result: Result): void {
  const went = result.status === "SUCCESS" || result.eax === 0 || result.ok === true;
  if (!went)
    throw new Error(
      `setup ${JSON.stringify(op, (_, v) => (typeof v === "bigint" ? `0x${v.toString(16)}` : v))} gave ${JSON.stringify(result)}`,
    );
}

describe.each(Object.entries(TABLES))("%s", (_, table) => {
  it.each(table)("$title ($cite)", ({ given, op, gives, rule, platform = PLATFORM }) => {
    const core = new CorePlatform(platform, given.length + 1);
    const model = new ModelPlatform(platform);
    for (const step of given) {
      must(step, core.apply(step));
      must(step, model.apply(step));
    }
    const before = core.machine.journalEnd;
    expect(core.apply(op)).toEqual(gives);
    expect(model.apply(op)).toEqual(gives);
    const { machine } = core;
    expect(Rule[machine.rule]).toBe(rule ?? "NONE");
    expect(Rule[model.rule]).toBe(rule ?? "NONE");
    // a check that fails leaves everything as it was
    if (rule !== undefined) expect(machine.journalEnd).toBe(before);

    const rungs = machine.explain(machine.events);
    expect(rungs.filter(({ outcome }) => outcome === Rung.FAILED).map(({ name }) => name)).toEqual(rule ? [rule] : []);
    if (rule) expect(rungs.at(-1)?.name).toBe(rule);
    for (const { name, outcome } of rungs) seen.add(`${name} ${Rung[outcome]}`);
    seen.add(String(gives.status));
  });
});

describe("together", () => {
  it("every check of platform and firmware passed and failed", () => {
    const missing = PLATFORM_RULES.map((rule) => Rule[rule]).flatMap((name) =>
      ["PASSED", "FAILED"].filter((rung) => !seen.has(`${name} ${rung}`)).map((rung) => `${name} never ${rung}`),
    );
    expect(missing).toEqual([]);
  });

  it("every status of the firmware was given", () => {
    const statuses = Object.keys(FwStatus).filter((name) => Number.isNaN(Number(name)));
    expect(statuses.filter((name) => !seen.has(name))).toEqual([]);
  });
});
