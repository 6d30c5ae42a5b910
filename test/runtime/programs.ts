/** Runs programs for the tests of this folder: the same parts for all of them, loaded once a file. */
import { readParts } from "../../cli/programs";
import type { TraceEvent } from "../../web/core/event";
import type { End } from "../../web/runtime/protocol";
import { type Options, type Parts, run } from "../../web/runtime/run";
import { SCENARIO_VERSION } from "../../web/scenario/bounds";
import { defaultMachine } from "../../web/scenario/defaults";
import type { MachineConfig, Scenario } from "../../web/scenario/schema";

let parts: Promise<Parts> | null = null;

export function theParts(): Promise<Parts> {
  parts ??= readParts();
  return parts;
}

export interface Given extends Partial<Omit<Scenario, "machine">> {
  machine?: Partial<MachineConfig>;
}

/** A scenario with defaults for all that is not given. */
export function scenario(guest: string, given: Given = {}): Scenario {
  const { machine, ...rest } = given;
  return {
    version: SCENARIO_VERSION,
    title: "",
    about: "",
    vmpl: 0,
    ...rest,
    guest,
    machine: { ...defaultMachine(), ...machine },
  };
}

export interface Ran {
  end: End;
  /** all events, the launch included */
  all: TraceEvent[];
  /** the events behind the fetch that starts the vCPU */
  events: TraceEvent[];
  log: string[];
  dropped: number;
}

/** Runs a guest's whole text. */
export function ranText(text: string, given: Given = {}, options: Options = {}): Promise<Ran> {
  return ranScenario(scenario(text, given), options);
}

export async function ranScenario(whole: Scenario, options: Options = {}): Promise<Ran> {
  const trace = await run(whole, await theParts(), options);
  const all = Array.from({ length: trace.events }, (_, i) => trace.event(i + 1));
  const start = all.findIndex(({ op, fault }) => op === "execute" && fault === undefined) + 1;
  const log = trace.log.lines.map(({ text: line }) => line);
  const ran = { end: trace.end, all, events: start > 0 ? all.slice(start) : [], log, dropped: trace.log.dropped };
  trace.release();
  return ran;
}

/** Runs the lines of a boot(); they stand from line 2 on. */
export function ran(body: string, given: Given = {}, options: Options = {}): Promise<Ran> {
  return ranText(`export function boot() {\n${body}\n}`, given, options);
}

/** "pvalidate #NPF" or "pvalidate": the operations, short, to compare sequences. */
export function ops(events: TraceEvent[]): string[] {
  return events.map(({ op, fault }) => (fault ? `${op} ${fault}` : op));
}
