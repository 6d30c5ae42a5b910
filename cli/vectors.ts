/**
 * Conformance vectors: JSON Lines, one object a line. A line with `case` starts a fresh machine, every other line is
 * one operation with what it must give in `expect`. Reading is strict: whatever is not exactly of this format is an
 * error that names file, line and field, so that a typing error cannot pass for a passed test.
 */
import { fieldTwice, jsonError } from "../web/scenario/json-error";
import { plain, SENTENCE_CHARS, shown } from "../web/scenario/quoted";
import { CHECK_NAMES, type CheckName } from "../web/scenario/schema";
import { isHex, type Operation, readOperation, writeOperation } from "./operation";

export interface CaseConfig {
  /** 4 KiB pages of system memory, a multiple of 512 */
  pages: number;
  /** pages that the RMP covers, a multiple of 512, at most `pages` */
  covered: number;
  /** VMPLs of the processor, 1..4 */
  vmpls: number;
  /** VmplSSS: a full permission mask is 1Fh instead of 0Fh */
  sss: boolean;
  /** our own vectors only: page contents are kept */
  contents?: boolean;
  /** checks that this machine does not make */
  checksOff?: CheckName[];
}

/** Result of an operation as a vector writes it. */
export type Result = Record<string, unknown>;

export interface VectorStep {
  line: number;
  operation: Operation;
  expect: Result;
}

export interface VectorCase {
  name: string;
  file: string;
  line: number;
  config: CaseConfig;
  steps: VectorStep[];
}

/** Whatever the vectors are run against. */
export interface VectorMachine {
  apply(operation: Operation): unknown;
}

export interface VectorFailure {
  file: string;
  line: number;
  case: string;
  operation: Operation;
  expected: Result;
  got: unknown;
}

/** A line that is no vector. The message is one line: file, line number, what is wrong. */
export class MalformedVector extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    what: string,
  ) {
    super(`${plain(file)}:${line}: ${what}`);
  }
}

const FAULTS = ["#GP", "#PF", "#VC", "#NPF"];
const NOISE = "noise";

/** What a field of `expect` may be, whichever operation it belongs to. */
const EXPECTED: Record<string, (value: unknown) => boolean> = {
  ok: (value) => value === true,
  eax: isCount,
  cf: isFlag,
  fault: (value) => FAULTS.includes(value as string),
  error: isHex,
  exitinfo1: isHex,
  exitinfo2: isHex,
  exit: (value) => value === "VMEXIT_INVALID" || value === "VMEXIT_BUSY",
  covered: isFlag,
  assigned: isFlag,
  size: (value) => value === "4K" || value === "2M",
  immutable: isFlag,
  gpa: isHex,
  asid: isCount,
  vmsa: isFlag,
  validated: isFlag,
  others: isFlag,
  perms: (value) => isHex(value) || (Array.isArray(value) && value.length === 4 && value.every(isHex)),
  value: (value) => isHex(value) || value === NOISE,
};

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function isFlag(value: unknown): boolean {
  return value === 0 || value === 1 || typeof value === "boolean";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readExpect(value: unknown): Result {
  if (value === undefined) throw new Error(`"expect" is missing`);
  if (!isObject(value) || Object.keys(value).length === 0) throw new Error(`"expect" must be an object with fields`);
  for (const [field, expected] of Object.entries(value)) {
    const allowed = Object.hasOwn(EXPECTED, field) ? EXPECTED[field] : undefined;
    if (allowed === undefined) throw new Error(`expect: unknown field ${shown(field)}`);
    if (!allowed(expected)) throw new Error(`expect: "${field}" cannot be ${shown(expected)}`);
  }
  return value;
}

function readConfig(value: unknown): CaseConfig {
  if (value === undefined) throw new Error(`"config" is missing`);
  if (!isObject(value)) throw new Error(`"config" must be an object`);
  const known = ["pages", "covered", "vmpls", "sss", "contents", "checksOff"];
  for (const field of Object.keys(value)) {
    if (!known.includes(field)) throw new Error(`config: unknown field ${shown(field)}`);
  }
  const { pages, covered, vmpls, sss, contents, checksOff } = value;
  if (!isPages(pages) || pages === 0) throw new Error(`config: "pages" must be a multiple of 512, at least 512`);
  if (!isPages(covered)) throw new Error(`config: "covered" must be a multiple of 512`);
  if (covered > pages) throw new Error(`config: "covered" must not exceed "pages"`);
  if (typeof vmpls !== "number" || !Number.isInteger(vmpls) || vmpls < 1 || vmpls > 4) {
    throw new Error(`config: "vmpls" must be an integer from 1 to 4`);
  }
  if (typeof sss !== "boolean") throw new Error(`config: "sss" must be true or false`);
  const config: CaseConfig = { pages, covered, vmpls, sss };
  if (contents !== undefined) {
    if (typeof contents !== "boolean") throw new Error(`config: "contents" must be true or false`);
    config.contents = contents;
  }
  if (checksOff !== undefined) {
    if (!Array.isArray(checksOff)) throw new Error(`config: "checksOff" must be a list`);
    for (const name of checksOff) {
      if (!(CHECK_NAMES as readonly unknown[]).includes(name)) {
        throw new Error(`config: unknown check ${shown(name)} in "checksOff"`);
      }
    }
    config.checksOff = checksOff as CheckName[];
  }
  return config;
}

/** At most 2^24 pages, 64 GiB: what one core holds. */
function isPages(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value % 512 === 0 && value <= 1 << 24;
}

function readCase(object: Record<string, unknown>, file: string, line: number): VectorCase {
  if (typeof object.case !== "string" || object.case === "") throw new Error(`"case" must be a name`);
  for (const field of Object.keys(object)) {
    if (field !== "case" && field !== "config") throw new Error(`case: unknown field ${shown(field)}`);
  }
  return { name: object.case, file, line, config: readConfig(object.config), steps: [] };
}

function readObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(`not JSON: ${jsonError(text).replace(/^line 1, /, "")}`);
  }
  if (!isObject(parsed)) throw new Error("must be a JSON object");
  const twice = fieldTwice(text);
  if (twice !== null) throw new Error(`field ${shown(twice.name)} is given twice`);
  return parsed;
}

/** Reads a whole file of vectors. Empty lines are skipped. Throws MalformedVector at the first line that is wrong. */
export function parseVectors(text: string, file: string): VectorCase[] {
  const cases: VectorCase[] = [];
  for (const [index, source] of text.split("\n").entries()) {
    if (source.trim() === "") continue;
    const line = index + 1;
    try {
      const object = readObject(source);
      if ("case" in object) {
        cases.push(readCase(object, file, line));
        continue;
      }
      const operation = readOperation(object);
      const expect = readExpect(object.expect);
      const current = cases.at(-1);
      if (current === undefined) throw new Error(`operation before the first "case"`);
      if ("len" in operation && current.config.contents !== true) {
        throw new Error(`${operation.op}: "len" needs a case whose config has "contents": true`);
      }
      current.steps.push({ line, operation, expect });
    } catch (error) {
      throw new MalformedVector(file, line, (error as Error).message);
    }
  }
  if (cases.length === 0) throw new MalformedVector(file, 1, `no "case" in the file`);
  return cases;
}

/** One spelling for equal values: hex without leading zeros and in lower case, flags as 0 and 1, fields sorted. */
function canonical(value: unknown): unknown {
  if (isHex(value)) return `0x${BigInt(value).toString(16)}`;
  if (typeof value === "boolean") return Number(value);
  if (Array.isArray(value)) return value.map(canonical);
  if (isObject(value)) {
    const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([field, inner]) => [field, canonical(inner)]));
  }
  return value;
}

/** Whether a result is the expected one, in every field and with no field more. */
export function matches(expected: Result, got: unknown): boolean {
  let wanted = expected;
  if (wanted.value === NOISE && isObject(got) && isHex(got.value)) wanted = { ...wanted, value: got.value };
  return JSON.stringify(canonical(wanted)) === JSON.stringify(canonical(got));
}

export interface VectorCount {
  passed: number;
  failures: VectorFailure[];
}

/** Runs cases, a fresh machine each. After a failure the case goes on: later lines may fail only because of it. */
export function runVectors(
  cases: VectorCase[],
  fresh: (config: CaseConfig, operations: Operation[]) => VectorMachine,
): VectorCount {
  const count: VectorCount = { passed: 0, failures: [] };
  for (const { name, file, config, steps } of cases) {
    const operations = steps.map((step) => step.operation);
    const machine = fresh(config, operations);
    for (const { line, operation, expect } of steps) {
      const got = machine.apply(operation);
      if (matches(expect, got)) count.passed++;
      else count.failures.push({ file, line, case: name, operation, expected: expect, got });
    }
  }
  return count;
}

/** A failure on one line: where, what, expected, got. */
export function describeFailure(failure: VectorFailure): string {
  const { file, line, operation, expected, got } = failure;
  const values = [writeOperation(operation), expected, got].map((value) => shown(value, SENTENCE_CHARS));
  return `${plain(file)}:${line}: ${values[0]} expected ${values[1]} got ${values[2]}`;
}

/** A case as lines of a vector file. */
export function printCase(name: string, config: CaseConfig, steps: { operation: Operation; expect: Result }[]): string {
  const lines: unknown[] = [{ case: name, config }];
  for (const { operation, expect } of steps) lines.push({ ...writeOperation(operation), expect });
  return lines.map((line) => JSON.stringify(line)).join("\n");
}
