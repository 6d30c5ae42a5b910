/**
 * Scenario files in: every field checked, defaults filled in, and one sentence with the field's path (or the line and
 * column of broken JSON) when something is wrong. Fields that this version does not know are kept where they stand and
 * written back by serialize.ts, so a file from a later minor version survives an edit here.
 */
import {
  CORES,
  MAX_ADDRESS,
  MAX_DEPTH,
  MAX_FILE_BYTES,
  MAX_STEP,
  MEMORY_MIB,
  MEMORY_MIB_WITH_RAM,
  VMPLS,
} from "./bounds";
import { DEFAULT_MEMORY_MIB, DEFAULT_TITLE, DEFAULT_VMPL, defaultMachine } from "./defaults";
import { fieldTwice, jsonError } from "./json-error";
import { type Fields, migrate, shown } from "./migrate";
import { CHECK_NAMES, type MachineConfig, type Scenario, type StageNote } from "./schema";

export type Parsed =
  | { ok: true; scenario: Scenario; notes: string[] }
  | { ok: false; reason: "json" | "newer" | "invalid"; message: string };

const KNOWN = {
  scenario: ["version", "title", "about", "machine", "vmpl", "guest", "hypervisor", "library", "view", "stage"].concat([
    "expect",
    "difficulty",
    "tags",
    "sources",
  ]),
  machine: ["memoryMiB", "rmpCoversMiB", "vmplSss", "vmpls", "cores", "host", "backing", "checksOff", "syscfg"],
  syscfg: ["snpEn", "vmplEn", "memEnc", "mfdm", "smmLock"],
  library: ["linux", "ovmf", "svsm"],
  view: ["step", "spa"],
  note: ["at", "note", "focus"],
};

/** The first thing that is wrong, thrown inside this file and never out of it. */
class Wrong {
  constructor(readonly message: string) {}
}

function wrong(path: string, must: string, value: unknown): never {
  throw new Wrong(
    value === undefined ? `${path}: missing. It ${must}.` : `${path}: ${must}, and this is ${shown(value)}.`,
  );
}

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
    if (migrated.from !== 1) notes.push(`This file had version ${migrated.from} and was brought up to date.`);
    return { ok: true, scenario: scenarioOf(migrated.fields, notes), notes };
  } catch (error) {
    if (error instanceof Wrong) return invalid(error.message);
    throw error;
  }
}

function invalid(message: string): Parsed {
  return { ok: false, reason: "invalid", message };
}

function scenarioOf(fields: Fields, notes: string[]): Scenario {
  const rest = unknownFields(fields, KNOWN.scenario, "", notes);
  const machine = machineOf(fields.machine, notes);
  const vmpl = integer("vmpl", or(fields.vmpl, DEFAULT_VMPL), 0, machine.vmpls - 1) as Scenario["vmpl"];
  const scenario: Scenario = {
    version: 1,
    title: text("title", or(fields.title, DEFAULT_TITLE)),
    about: text("about", or(fields.about, "")),
    machine,
    vmpl,
    guest: text("guest", fields.guest),
  };
  if (fields.hypervisor !== undefined) scenario.hypervisor = text("hypervisor", fields.hypervisor);
  if (fields.library !== undefined) scenario.library = libraryOf(fields.library, notes);
  if (fields.view !== undefined) scenario.view = viewOf(fields.view, notes);
  if (fields.stage !== undefined) scenario.stage = list("stage", fields.stage, (p, v) => noteOf(p, v, notes));
  if (fields.expect !== undefined) scenario.expect = { ...objectAt("expect", fields.expect) };
  if (fields.difficulty !== undefined) {
    scenario.difficulty = oneOf("difficulty", fields.difficulty, ["first", "core", "deep"] as const);
  }
  if (fields.tags !== undefined) scenario.tags = list("tags", fields.tags, text);
  if (fields.sources !== undefined) scenario.sources = list("sources", fields.sources, text);
  if (rest !== undefined) scenario.rest = rest;
  return scenario;
}

function machineOf(value: unknown, notes: string[]): MachineConfig {
  if (value === undefined) return defaultMachine();
  const fields = objectAt("machine", value);
  const at = (name: string) => `machine.${name}`;
  const memoryMiB = steps(at("memoryMiB"), or(fields.memoryMiB, DEFAULT_MEMORY_MIB), MEMORY_MIB.max, "MiB");
  if (memoryMiB < MEMORY_MIB_WITH_RAM) {
    notes.push(`machine.memoryMiB: below ${MEMORY_MIB_WITH_RAM} MiB there is no RAM between RAM_START and RAM_END.`);
  }
  const usual = defaultMachine(memoryMiB);
  const syscfg = fields.syscfg === undefined ? {} : objectAt(at("syscfg"), fields.syscfg);
  const bit = (name: keyof MachineConfig["syscfg"]) => flag(at(`syscfg.${name}`), or(syscfg[name], true));
  return {
    ...unknownFields(fields, KNOWN.machine, "machine.", notes),
    memoryMiB,
    rmpCoversMiB: steps(
      at("rmpCoversMiB"),
      or(fields.rmpCoversMiB, memoryMiB),
      memoryMiB,
      "MiB (no more than memoryMiB)",
    ),
    vmplSss: flag(at("vmplSss"), or(fields.vmplSss, usual.vmplSss)),
    vmpls: integer(at("vmpls"), or(fields.vmpls, usual.vmpls), VMPLS.min, VMPLS.max),
    cores: integer(at("cores"), or(fields.cores, usual.cores), CORES.min, CORES.max),
    host: oneOf(at("host"), or(fields.host, usual.host), ["kvm", "svsm-host"] as const),
    backing: oneOf(at("backing"), or(fields.backing, usual.backing), ["4K", "2M"] as const),
    checksOff: [...new Set(list(at("checksOff"), or(fields.checksOff, []), (p, v) => oneOf(p, v, CHECK_NAMES)))],
    syscfg: {
      ...unknownFields(syscfg, KNOWN.syscfg, "machine.syscfg.", notes),
      snpEn: bit("snpEn"),
      vmplEn: bit("vmplEn"),
      memEnc: bit("memEnc"),
      mfdm: bit("mfdm"),
      smmLock: bit("smmLock"),
    },
  };
}

function libraryOf(value: unknown, notes: string[]): Scenario["library"] {
  const fields = objectAt("library", value);
  unknownFields(fields, KNOWN.library, "library.", notes);
  // Modules of a later version are kept too, and are text like all the others.
  return Object.fromEntries(Object.entries(fields).map(([name, source]) => [name, text(`library.${name}`, source)]));
}

function viewOf(value: unknown, notes: string[]): Scenario["view"] {
  const fields = objectAt("view", value);
  const view: NonNullable<Scenario["view"]> = { ...unknownFields(fields, KNOWN.view, "view.", notes) };
  if (fields.step !== undefined) view.step = integer("view.step", fields.step, 0, MAX_STEP);
  if (fields.spa !== undefined) view.spa = address("view.spa", fields.spa);
  return view;
}

function noteOf(path: string, value: unknown, notes: string[]): StageNote {
  const fields = objectAt(path, value);
  const note: StageNote = {
    ...unknownFields(fields, KNOWN.note, `${path}.`, notes),
    at: integer(`${path}.at`, fields.at, 0, MAX_STEP),
    note: text(`${path}.note`, fields.note),
  };
  if (fields.focus !== undefined) note.focus = text(`${path}.focus`, fields.focus);
  return note;
}

/** Fields whose names are not in `known`; undefined when there are none. */
function unknownFields(fields: Fields, known: string[], prefix: string, notes: string[]): Fields | undefined {
  const unknown = Object.entries(fields).filter(([name]) => !known.includes(name));
  for (const [name] of unknown) notes.push(`${prefix}${name}: not known here; kept, and without effect.`);
  return unknown.length > 0 ? Object.fromEntries(unknown) : undefined;
}

/** `value`, or `usual` where the file has no such field. (null is a value, and a wrong one.) */
function or(value: unknown, usual: unknown): unknown {
  return value === undefined ? usual : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectAt(path: string, value: unknown): Fields {
  return isFields(value) ? value : wrong(path, "must be an object", value);
}

function text(path: string, value: unknown): string {
  return typeof value === "string" ? value : wrong(path, "must be text", value);
}

function flag(path: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : wrong(path, "must be true or false", value);
}

function integer(path: string, value: unknown, min: number, max: number): number {
  const fits = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  return fits ? value : wrong(path, `must be a whole number from ${min} to ${max}`, value);
}

function steps(path: string, value: unknown, max: number, unit: string): number {
  const fits = typeof value === "number" && value >= MEMORY_MIB.min && value <= max && value % MEMORY_MIB.step === 0;
  return fits ? value : wrong(path, `must be an even number from ${MEMORY_MIB.min} to ${max} ${unit}`, value);
}

function oneOf<const T extends string>(path: string, value: unknown, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  return (
    found ??
    wrong(path, `must be ${names.map((name) => `"${name}"`).join(", ")}`.replace(/, ([^,]*)$/, " or $1"), value)
  );
}

function list<T>(path: string, value: unknown, one: (path: string, value: unknown) => T): T[] {
  return Array.isArray(value) ? value.map((v, i) => one(`${path}[${i}]`, v)) : wrong(path, "must be a list", value);
}

function address(path: string, value: unknown): string {
  const fits = typeof value === "string" && /^0x[0-9a-f]{1,13}$/i.test(value) && Number(value) <= MAX_ADDRESS;
  return fits ? value : wrong(path, 'must be an address of at most 52 bits such as "0x801000"', value);
}

function deeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((v) => (typeof v === "object" && v !== null ? Object.values(v) : []));
  }
  return false;
}
