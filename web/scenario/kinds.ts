/**
 * What a field of a scenario file can hold: how one value is read, in what words it is refused, how it is written. The
 * fields themselves are in fields.ts.
 */
import { MAX_ADDRESS, MEMORY_MIB } from "./bounds";
import { plain, shown } from "./quoted";

export type Fields = Record<string, unknown>;

/** Where a value is read: its path for sentences, the fields of its object read so far, and the notes of the file. */
export interface Place {
  path: string;
  /** of the object around it; `outer` is the one around that */
  before: Fields;
  outer: Fields;
  notes: string[];
}

export interface Kind<T> {
  /** in words, for the list of fields: "a whole number from 1 to 8" */
  words: string;
  /** @throws Wrong with a sentence that begins with the path */
  read(value: unknown, at: Place): T;
  /** as JSON holds it; absent: as it is */
  write?(value: T): unknown;
}

/** The first thing that is wrong, thrown while a file is read and caught in parse.ts. */
export class Wrong {
  constructor(readonly message: string) {}
}

export function wrong(path: string, must: string, value: unknown): never {
  const at = plain(path, 100);
  throw new Wrong(value === undefined ? `${at}: missing. It ${must}.` : `${at}: ${must}, and this is ${shown(value)}.`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A kind whose values are tested and taken as they are. `words` may depend on the fields read before. */
function tested<T>(
  words: string,
  fits: (value: unknown, at: Place) => boolean,
  precise = (_: Place) => words,
): Kind<T> {
  return {
    words,
    read: (value, at) => (fits(value, at) ? (value as T) : wrong(at.path, `must be ${precise(at)}`, value)),
  };
}

export const text = tested<string>("text", (value) => typeof value === "string");
/** Text in a programming language, which has a block of its own where scenarios are written by hand (literate.ts). */
export const program: Kind<string> = { ...text, words: "text, TypeScript" };
export const flag = tested<boolean>("true or false", (value) => typeof value === "boolean");

type Bound = number | ((at: Place) => number);

/** `words` of a bound that depends on other fields are given; without it, the bounds are said. */
export function integer<T extends number = number>(min: number, max: Bound, words?: string): Kind<T> {
  const most = (at: Place) => (typeof max === "number" ? max : max(at));
  return tested<T>(
    words ?? `a whole number from ${min} to ${max}`,
    (value, at) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= most(at),
    (at) => `a whole number from ${min} to ${most(at)}`,
  );
}

/** MiB of memory, in steps of the RMP's unit. */
export function memory(max: Bound, unit: string, words?: string): Kind<number> {
  const { min, step } = MEMORY_MIB;
  const most = (at: Place) => (typeof max === "number" ? max : max(at));
  return tested<number>(
    words ?? `an even number from ${min} to ${max} ${unit}`,
    (value, at) => typeof value === "number" && value >= min && value <= most(at) && value % step === 0,
    (at) => `an even number from ${min} to ${most(at)} ${unit}`,
  );
}

export function oneOf<const T extends string>(names: readonly T[]): Kind<T> {
  const words = names.map((name) => `"${name}"`).join(", ");
  return tested<T>(words.replace(/, ([^,]*)$/, " or $1"), (value) => names.some((name) => name === value));
}

export function oneOfNumbers(numbers: readonly number[]): Kind<number> {
  const words = numbers.join(", ").replace(/, ([^,]*)$/, " or $1");
  return tested<number>(words, (value) => numbers.some((number) => number === value));
}

export const positive = tested<number>(
  "a number above 0",
  (value) => typeof value === "number" && Number.isFinite(value) && value > 0,
);

export const address = tested<string>(
  'an address of at most 52 bits such as "0x801000"',
  (value) => typeof value === "string" && /^0x[0-9a-f]{1,13}$/i.test(value) && Number(value) <= MAX_ADDRESS,
);

export const bits64 = tested<string>(
  'a mask of at most 64 bits such as "0x23"',
  (value) => typeof value === "string" && /^0x[0-9a-f]{1,16}$/i.test(value),
);

export function list<T>(one: Kind<T>): Kind<T[]> & { item: Kind<T> } {
  return {
    item: one,
    words: `a list, each ${one.words}`,
    read: (value, at) =>
      Array.isArray(value)
        ? value.map((item, index) => one.read(item, { ...at, path: `${at.path}[${index}]` }))
        : wrong(at.path, "must be a list", value),
    write: (values) => values.map((value) => (one.write ? one.write(value) : value)),
  };
}

/** A list of names in which each counts once. */
export function set<const T extends string>(names: readonly T[]): Kind<T[]> {
  const each = list(oneOf(names));
  return { ...each, read: (value, at) => [...new Set(each.read(value, at))] };
}
