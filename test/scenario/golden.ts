/**
 * Golden traces: what each scenario of the gallery does, as text that a person has read. test/scenario/golden/ID.txt.
 *
 * A link keeps a scenario and the version of the model, and promises the same trace for as long as both stay. So a trace
 * may change only together with Model.VERSION (assembly/abi.ts) or with the scenario itself; golden.test.ts holds that,
 * and record() refuses to write anything else.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Model } from "../../assembly/abi";
import { parseScenario } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { goldenPath, scenarioPath } from "./disk";
import { runScenario } from "./runs";
import { endText, logText, traceText } from "./trace-text";

/** These show the default launch in full, at VMPL0 and at VMPL1; in the others a digest stands for it. */
const WHOLE = ["boot-check", "boot-check-2021"];

export interface Golden {
  model: string;
  /** digest of what the trace depends on: programs, machine, VMPL */
  scenario: string;
  text: string;
}

export function readScenario(id: string): Scenario {
  const parsed = parseScenario(readFileSync(scenarioPath(id), "utf8"));
  if (!parsed.ok) throw new Error(`${id}.json: ${parsed.message}`);
  return parsed.scenario;
}

/** What the golden file of this scenario would say today. */
export async function goldenNow(id: string): Promise<Golden> {
  const scenario = readScenario(id);
  const { guest, hypervisor, library, machine, vmpl } = scenario;
  const digest = createHash("sha256")
    .update(JSON.stringify([guest, hypervisor, library, machine, vmpl]))
    .digest("hex");
  const head = { model: `${Model.VERSION}`, scenario: digest.slice(0, 16) };
  const { end, events, log } = await runScenario(scenario);
  const lines = [
    `model ${head.model}, scenario ${head.scenario}`,
    `VMPL${vmpl}: ${endText(end)}, ${events.length} events`,
    ...(await otherLevels(scenario)),
    ...(log.length > 0 ? ["", ...logText(log)] : []),
    "",
    ...traceText(events, !WHOLE.includes(id) && !/\bexport function launch\b/.test(hypervisor ?? "")),
  ];
  return { ...head, text: `${lines.join("\n")}\n` };
}

async function otherLevels(scenario: Scenario): Promise<string[]> {
  const lines: string[] = [];
  for (const vmpl of [0, 1, 2, 3] as const) {
    if (vmpl === scenario.vmpl || vmpl >= scenario.machine.vmpls) continue;
    const { end, events } = await runScenario({ ...scenario, vmpl });
    lines.push(`VMPL${vmpl}: ${endText(end)}, ${events.length} events`);
  }
  return lines;
}

/** The recorded trace; null when there is none. */
export function goldenThen(id: string): Golden | null {
  if (!existsSync(goldenPath(id))) return null;
  const text = readFileSync(goldenPath(id), "utf8");
  const [, model = "", scenario = ""] = /^model (\S+), scenario ([0-9a-f]+)\n/.exec(text) ?? [];
  return { model, scenario, text };
}

/** What is wrong with a trace that is not as recorded, and what to do; null when all is well. */
export function complaint(id: string, then: Golden | null, now: Golden): string | null {
  const record = `npm run -s author -- record ${id}`;
  if (then === null) return `${id} has no recorded trace. Record it ("${record}"), read it, commit it.`;
  if (then.text === now.text) return null;
  const where = firstDifference(then.text, now.text);
  if (then.scenario !== now.scenario) {
    return `${id} was edited since its trace was recorded. Record it again ("${record}"), read the diff, commit both.\n${where}`;
  }
  if (then.model !== now.model) {
    return `${id} was recorded with model ${then.model}, and this is model ${now.model}. Record it again ("${record}"), read the diff, commit it.\n${where}`;
  }
  return `The trace of ${id} changed, but not the model's version. Links promise the same trace for the same version. If the change is meant, raise Model.VERSION in assembly/abi.ts, record all traces ("npm run -s author -- record"), read the diff, say it in the changelog. If not, it is a defect.\n${where}`;
}

function firstDifference(then: string, now: string): string {
  const a = then.split("\n").slice(1);
  const b = now.split("\n").slice(1);
  const at = a.findIndex((line, i) => line !== b[i]);
  const line = at < 0 ? a.length : at;
  return `First difference, line ${line + 2}:\n  recorded: ${a[line] ?? "(nothing)"}\n  now:      ${b[line] ?? "(nothing)"}`;
}

/** Writes the trace of `id`, unless that would break a promise. */
export async function record(id: string): Promise<void> {
  const then = goldenThen(id);
  const now = await goldenNow(id);
  if (then?.text === now.text) return;
  if (then !== null && then.model === now.model && then.scenario === now.scenario) {
    console.error(`Not recorded. ${complaint(id, then, now)}`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(goldenPath(id)), { recursive: true });
  writeFileSync(goldenPath(id), now.text);
  console.log(`recorded ${id}`);
}
