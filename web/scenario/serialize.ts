/** Scenario files out: defaults left out, fields in one fixed order, unknown fields after the known ones. */
import { DEFAULT_TITLE, DEFAULT_VMPL, defaultMachine } from "./defaults";
import type { Fields } from "./migrate";
import type { MachineConfig, Scenario } from "./schema";

/** Text longer than this is not indented: what came deep and in small pieces in a link would take 60 times its size. */
const MAX_INDENTED_CHARS = 100_000;

/** The scenario as the text of a file: JSON, two spaces, a newline at the end. */
export function serializeScenario(scenario: Scenario): string {
  const compact = compactScenario(scenario);
  const text = compact.length > MAX_INDENTED_CHARS ? compact : JSON.stringify(scenarioValue(scenario), null, 2);
  return `${text}\n`;
}

/** The same on one line. */
export function compactScenario(scenario: Scenario): string {
  return JSON.stringify(scenarioValue(scenario));
}

/** The scenario as plain data, ready for JSON.stringify. */
export function scenarioValue(scenario: Scenario): Fields {
  const { rest, ...known } = scenario;
  const machine = machineValue(scenario.machine);
  const value: Fields = { version: 1 };
  if (known.title !== DEFAULT_TITLE) value.title = known.title;
  if (known.about !== "") value.about = known.about;
  if (known.difficulty !== undefined) value.difficulty = known.difficulty;
  if (known.tags !== undefined) value.tags = known.tags;
  if (known.sources !== undefined) value.sources = known.sources;
  if (Object.keys(machine).length > 0) value.machine = machine;
  if (known.vmpl !== DEFAULT_VMPL) value.vmpl = known.vmpl;
  value.guest = known.guest;
  if (known.hypervisor !== undefined) value.hypervisor = known.hypervisor;
  if (known.library !== undefined) value.library = ordered(known.library, ["linux", "ovmf", "svsm"]);
  if (known.view !== undefined) value.view = ordered(known.view, ["step", "spa"]);
  if (known.stage !== undefined) value.stage = known.stage.map((note) => ordered(note, ["at", "note", "focus"]));
  if (known.expect !== undefined) value.expect = known.expect;
  return { ...value, ...rest };
}

function machineValue(machine: MachineConfig): Fields {
  const usual = defaultMachine(machine.memoryMiB);
  const { syscfg, ...flat } = machine;
  const value = differing(flat, usual, ["rmpCoversMiB", "vmplSss", "vmpls", "cores", "host", "backing", "checksOff"]);
  const bits = differing(syscfg, usual.syscfg, ["snpEn", "vmplEn", "memEnc", "mfdm", "smmLock"]);
  return {
    ...(machine.memoryMiB === defaultMachine().memoryMiB ? {} : { memoryMiB: machine.memoryMiB }),
    ...without(value, "memoryMiB"),
    ...(Object.keys(bits).length > 0 ? { syscfg: bits } : {}),
  };
}

/** The fields of `value` that are not as in `usual`: the named ones first, then the unknown ones. */
function differing<T extends object>(value: T, usual: object, names: string[]): Fields {
  const defaults = usual as Fields;
  const kept = Object.entries(ordered(value, names)).filter(
    ([name, v]) => !(Object.hasOwn(defaults, name) && JSON.stringify(v) === JSON.stringify(defaults[name])),
  );
  return Object.fromEntries(kept);
}

/** `value` with the named fields first; absent and undefined ones left out. */
function ordered(value: object, names: string[]): Fields {
  const fields = value as Fields;
  const known = names.map((name) => [name, fields[name]] as const);
  const others = Object.entries(fields).filter(([name]) => !names.includes(name));
  return Object.fromEntries([...known, ...others].filter(([, v]) => v !== undefined));
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}
