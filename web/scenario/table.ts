/**
 * A table of fields: one row a field of an object in a scenario file, in the order in which they are written. Reading,
 * writing, defaults, the TypeScript type and the list in docs/ all come from it.
 */
import { type Fields, isFields, type Kind, type Place, wrong } from "./kinds";
import { plain } from "./quoted";

/** What an absent field means: a value of its own, nothing (the object has no such field), or a file that is wrong. */
type Presence = "filled" | "optional" | "required";

export interface Field<T = unknown, P extends Presence = Presence> {
  kind: Kind<T>;
  presence: P;
  /** of a filled field: what it means when absent, given the object's fields before it */
  usual: (before: Fields) => unknown;
  /** one sentence: meaning and unit */
  doc: string;
  /** first version of the format that has it */
  since: number;
}

export type Table = Readonly<Record<string, Field>>;

type NamesOf<T extends Table, P extends Presence> = {
  [K in keyof T]: T[K] extends Field<infer _, infer Q> ? (Q extends P ? K : never) : never;
}[keyof T];
type ValueOf<F> = F extends { kind: Kind<infer T> } ? T : never;

/** The object that a table describes. */
export type Values<T extends Table> = { -readonly [K in NamesOf<T, "filled" | "required">]: ValueOf<T[K]> } & {
  -readonly [K in NamesOf<T, "optional">]?: ValueOf<T[K]>;
} extends infer V
  ? { [K in keyof V]: V[K] }
  : never;

interface More {
  since?: number;
}

export function filled<T>(kind: Kind<T>, usual: T | ((before: Fields) => T), doc: string, more: More = {}) {
  const given = typeof usual === "function" ? (usual as (before: Fields) => T) : () => usual;
  return { kind, presence: "filled" as const, usual: given, doc, since: more.since ?? 1 };
}

export function optional<T>(kind: Kind<T>, doc: string, more: More = {}) {
  return { kind, presence: "optional" as const, usual: () => undefined, doc, since: more.since ?? 1 };
}

export function required<T>(kind: Kind<T>, doc: string) {
  return { kind, presence: "required" as const, usual: () => undefined, doc, since: 1 };
}

/** Unknown fields of one object that are named; of more these, and how many there are besides. */
const MAX_NAMED = 3;

/** The fields of `value` by the table, and those that it does not know, each noted. */
export function readFields(table: Table, value: Fields, at: Place): { known: Fields; unknown: Fields } {
  const prefix = at.path === "" ? "" : `${at.path}.`;
  const others = Object.entries(value).filter(([name]) => !Object.hasOwn(table, name));
  noteUnknown(
    others.map(([name]) => name),
    prefix,
    at.notes,
  );
  const known: Fields = {};
  for (const [name, { kind, presence, usual }] of Object.entries(table)) {
    // null is a value, and a wrong one.
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const place = { path: prefix + name, before: known, outer: at.before, notes: at.notes };
    if (given !== undefined || presence === "required") known[name] = kind.read(given, place);
    else if (presence === "filled") known[name] = structuredClone(usual(known));
  }
  return { known, unknown: Object.fromEntries(others) };
}

/** Notes fields that are not known: a note each, or one that counts them. */
export function noteUnknown(names: string[], prefix: string, notes: string[]): void {
  const named = names.slice(0, MAX_NAMED).map((name) => plain(prefix + name, 60));
  const more = names.length - named.length;
  if (more > 0) notes.push(`${named.join(", ")} and ${more} more: not known here; kept, and without effect.`);
  else for (const path of named) notes.push(`${path}: not known here; kept, and without effect.`);
}

/** The known fields of `value` in the table's order, those that are as usual left out. */
export function writeFields(table: Table, value: object): Fields {
  const fields = value as Fields;
  const out: Fields = {};
  for (const [name, { kind, presence, usual }] of Object.entries(table)) {
    const written = fields[name] === undefined ? undefined : toJson(kind, fields[name]);
    if (written === undefined) continue;
    const same = presence === "filled" && JSON.stringify(written) === JSON.stringify(toJson(kind, usual(fields)));
    if (!same) out[name] = written;
  }
  return out;
}

function toJson<T>(kind: Kind<T>, value: T): unknown {
  return kind.write ? kind.write(value) : value;
}

/** An object with a table of its own. Unknown fields stay in it, after the known ones. */
export function object<const T extends Table>(table: T): Kind<Values<T>> & { table: T } {
  return {
    table,
    words: "an object",
    read(value, at) {
      if (!isFields(value)) return wrong(at.path, "must be an object", value);
      const { known, unknown } = readFields(table, value, at);
      return { ...unknown, ...known } as Values<T>;
    },
    write: (value) => ({ ...writeFields(table, value), ...unknownOf(table, value) }),
  };
}

function unknownOf(table: Table, value: object): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !Object.hasOwn(table, name)));
}

/** What an object means that says nothing. */
export function usualOf<T extends Table>(table: T, given: Fields = {}): Values<T> {
  return readFields(table, given, { path: "", before: {}, outer: {}, notes: [] }).known as Values<T>;
}
