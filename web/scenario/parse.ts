/**
 * Scenario files in: every field checked, defaults filled in, and one sentence with the field's path (or the line and
 * column of broken JSON) when something is wrong. Fields that this version does not know are kept where they stand and
 * written back by serialize.ts, so a file from a later minor version survives an edit here.
 */
import { MAX_DEPTH, MAX_FILE_BYTES, MEMORY_MIB_WITH_RAM } from "./bounds";
import { SCENARIO } from "./fields";
import { fieldTwice, jsonError } from "./json-error";
import { type Fields, isFields, Wrong, wrong } from "./kinds";
import { migrate } from "./migrate";
import { shown } from "./quoted";
import type { Scenario } from "./schema";
import { readFields } from "./table";

export type Parsed =
  | {
      ok: true;
      scenario: Scenario;
      notes: string[];
      /** version that the file had */
      version: number;
    }
  | { ok: false; reason: "json" | "newer" | "invalid"; message: string };

/** What is said of a file of more than MAX_FILE_BYTES. */
export const TOO_LARGE = `This file is larger than ${MAX_FILE_BYTES / 1024} KiB, the most that a scenario file may have.`;

/** Reads a scenario from the text of a file of at most `limit` bytes. Never throws. */
export function parseScenario(text: string, limit = MAX_FILE_BYTES): Parsed {
  if (text.length > limit || (3 * text.length > limit && new TextEncoder().encode(text).length > limit)) {
    return invalid(TOO_LARGE);
  }
  const json = text.startsWith("\ufeff") ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { ok: false, reason: "json", message: `This is not JSON: ${jsonError(json)}.` };
  }
  const twice = fieldTwice(json);
  if (twice !== null) {
    return invalid(`The field ${shown(twice.name)} is given twice: ${twice.first}, and again ${twice.second}.`);
  }
  return parseScenarioValue(value);
}

/** Reads a scenario from what JSON.parse gave. Never throws. */
export function parseScenarioValue(value: unknown): Parsed {
  try {
    if (!isFields(value)) wrong("scenario", "must be an object", value);
    if (deeperThan(value, MAX_DEPTH)) {
      return invalid(`More than ${MAX_DEPTH} objects and arrays inside each other.`);
    }
    const migrated = migrate(value);
    if (!migrated.ok) return migrated;
    const notes: string[] = [];
    return { ok: true, scenario: scenarioOf(migrated.fields, notes), notes, version: migrated.from };
  } catch (error) {
    if (error instanceof Wrong) return invalid(error.message);
    throw error;
  }
}

function invalid(message: string): Parsed {
  return { ok: false, reason: "invalid", message };
}

function scenarioOf(fields: Fields, notes: string[]): Scenario {
  const { known, unknown } = readFields(SCENARIO, fields, { path: "", before: {}, outer: {}, notes });
  const scenario = known as Scenario;
  if (scenario.machine.memoryMiB < MEMORY_MIB_WITH_RAM) {
    notes.push(`machine.memoryMiB: below ${MEMORY_MIB_WITH_RAM} MiB there is no RAM between RAM_START and RAM_END.`);
  }
  return Object.keys(unknown).length > 0 ? { ...scenario, rest: unknown } : scenario;
}

function deeperThan(value: unknown, limit: number): boolean {
  const inside = (v: unknown) => typeof v === "object" && v !== null;
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= limit) return true;
    const next: unknown[] = [];
    for (const v of level) {
      if (!inside(v)) continue;
      for (const inner of Object.values(v as object)) if (inside(inner)) next.push(inner);
    }
    level = next;
  }
  return false;
}
