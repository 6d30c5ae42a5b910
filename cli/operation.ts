/**
 * The operations that a conformance vector can hold, one field table for all of them. Addresses are bytes below 2^52;
 * in a file they and masks are hex strings, the rest are numbers or booleans.
 *
 * `vmrun` may say which vCPU runs, and `in-use` says which vCPUs' VMSAs are in use from now on. Beyond the published format, for
 * our own vectors only: guest and host data accesses may move data (`len` bytes at the address, little-endian `value`), and
 * `npt-map` may make a leaf with a reserved bit (`mmio`), whose spa counts for nothing.
 */

import { shown } from "../web/scenario/quoted";

export type PageSize = "4K" | "2M";

/** A guest instruction or access: who executes it. `asid` 1 and up, `vmpl` 0..3, `cpl` 0..3. */
export interface Executor {
  asid: number;
  vmpl: number;
  cpl: number;
  gva: number;
}

/** Data that an access moves: `len` 1, 8 or 4096 bytes. An access without `len` moves one byte that nobody looks at. */
export interface Moved {
  len?: number;
  value?: bigint;
}

export type Operation =
  | {
      op: "rmpupdate";
      spa: number;
      gpa: number;
      asid: number;
      assigned: boolean;
      immutable: boolean;
      size: PageSize;
    }
  | { op: "psmash"; spa: number }
  | { op: "npt-map"; asid: number; gpa: number; spa: number; size: PageSize; w: boolean; x: boolean; mmio?: boolean }
  | { op: "npt-unmap"; asid: number; gpa: number; size: PageSize }
  | {
      op: "gpt-map";
      asid: number;
      gva: number;
      gpa: number;
      c: boolean;
      p: boolean;
      w: boolean;
      u: boolean;
      x: boolean;
    }
  | ({ op: "pvalidate"; size: PageSize; validate: boolean } & Executor)
  | ({ op: "rmpadjust"; size: PageSize; target: number; perms: number; vmsa: boolean } & Executor)
  | ({ op: "rmpquery"; target: number } & Executor)
  | { op: "rmpread"; spa: number }
  | ({ op: "guest-read"; len?: number } & Executor)
  | ({ op: "guest-write" } & Moved & Executor)
  | ({ op: "guest-fetch" } & Executor)
  | { op: "host-read"; spa: number; size: PageSize; len?: number }
  | ({ op: "host-write"; spa: number; size: PageSize } & Moved)
  | { op: "vmrun"; asid: number; vmsa: number; vcpu?: number }
  | { op: "in-use"; vcpus: number }
  | { op: "state"; spa: number };

export type OperationName = Operation["op"];
export type OperationOf<Name extends OperationName> = Extract<Operation, { op: Name }>;

/** How one field is written in a file, and what its values may be. */
type Kind = "address" | "mask" | "asid" | "level" | "target" | "size" | "flag" | "vcpu" | "vcpus" | "length" | "data";

type FieldTable = {
  [Name in OperationName]: { [Field in Exclude<keyof OperationOf<Name>, "op">]-?: Kind };
};

const EXECUTOR = { asid: "asid", vmpl: "level", cpl: "level", gva: "address" } as const;

const FIELDS: FieldTable = {
  rmpupdate: { spa: "address", gpa: "address", asid: "asid", assigned: "flag", immutable: "flag", size: "size" },
  psmash: { spa: "address" },
  "npt-map": { asid: "asid", gpa: "address", spa: "address", size: "size", w: "flag", x: "flag", mmio: "flag" },
  "npt-unmap": { asid: "asid", gpa: "address", size: "size" },
  "gpt-map": {
    asid: "asid",
    gva: "address",
    gpa: "address",
    c: "flag",
    p: "flag",
    w: "flag",
    u: "flag",
    x: "flag",
  },
  pvalidate: { ...EXECUTOR, size: "size", validate: "flag" },
  rmpadjust: { ...EXECUTOR, size: "size", target: "target", perms: "mask", vmsa: "flag" },
  rmpquery: { ...EXECUTOR, target: "target" },
  rmpread: { spa: "address" },
  "guest-read": { ...EXECUTOR, len: "length" },
  "guest-write": { ...EXECUTOR, len: "length", value: "data" },
  "guest-fetch": EXECUTOR,
  "host-read": { spa: "address", size: "size", len: "length" },
  "host-write": { spa: "address", size: "size", len: "length", value: "data" },
  vmrun: { asid: "asid", vmsa: "address", vcpu: "vcpu" },
  "in-use": { vcpus: "vcpus" },
  state: { spa: "address" },
};

/** Fields that may be absent, in every operation that has them. */
const OPTIONAL = new Set(["len", "value", "vcpu", "mmio"]);

const HEX = /^0x[0-9a-f]+$/i;

export function isHex(value: unknown): value is string {
  return typeof value === "string" && HEX.test(value);
}

function integer(value: unknown, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > most) {
    throw new Error(`must be an integer from 0 to ${most}, got ${shown(value)}`);
  }
  return value;
}

function hex(value: unknown, bits: number): bigint {
  if (!isHex(value)) throw new Error(`must be a hex string like "0x1000", got ${shown(value)}`);
  const number = BigInt(value);
  if (number >> BigInt(bits) !== 0n) throw new Error(`must be below 2^${bits}, got ${shown(value)}`);
  return number;
}

function read(kind: Kind, value: unknown): number | boolean | string | bigint {
  switch (kind) {
    case "address":
      return Number(hex(value, 52));
    case "mask":
      return Number(hex(value, 8));
    case "asid":
      return integer(value, 0xffff_ffff);
    case "level":
      return integer(value, 3);
    case "target":
      return integer(value, 0xff);
    case "vcpu":
      return integer(value, 7);
    case "vcpus":
      return integer(value, 0xff);
    case "size":
      if (value !== "4K" && value !== "2M") throw new Error(`must be "4K" or "2M", got ${shown(value)}`);
      return value;
    case "flag":
      if (value === true || value === 1) return true;
      if (value === false || value === 0) return false;
      throw new Error(`must be true, false, 1 or 0, got ${shown(value)}`);
    case "length":
      if (value !== 1 && value !== 8 && value !== 4096) throw new Error(`must be 1, 8 or 4096, got ${shown(value)}`);
      return value;
    case "data":
      return hex(value, 4096 * 8);
  }
}

function write(kind: Kind, value: unknown): unknown {
  return kind === "address" || kind === "mask" || kind === "data"
    ? `0x${(value as number | bigint).toString(16)}`
    : value;
}

function isOperationName(value: unknown): value is OperationName {
  return typeof value === "string" && Object.hasOwn(FIELDS, value);
}

/**
 * Reads one operation from a parsed line, without its `expect`. Throws an Error whose message says which field is
 * wrong, and how; the caller adds file and line.
 */
export function readOperation(line: Record<string, unknown>): Operation {
  const name = line.op;
  if (!isOperationName(name)) throw new Error(name === undefined ? `"op" is missing` : `unknown op ${shown(name)}`);
  const fields: Record<string, Kind> = FIELDS[name];
  const operation: Record<string, unknown> = { op: name };
  for (const [field, kind] of Object.entries(fields)) {
    if (!Object.hasOwn(line, field)) {
      if (OPTIONAL.has(field)) continue;
      throw new Error(`${name}: "${field}" is missing`);
    }
    try {
      operation[field] = read(kind, line[field]);
    } catch (error) {
      throw new Error(`${name}: "${field}" ${(error as Error).message}`);
    }
  }
  for (const field of Object.keys(line)) {
    if (field !== "op" && field !== "expect" && !Object.hasOwn(fields, field)) {
      throw new Error(`${name}: unknown field ${shown(field)}`);
    }
  }
  return checkData(operation as Operation);
}

/** The limits that need two fields: data belongs to a length, fits into it, and stays inside one page. */
function checkData(operation: Operation): Operation {
  const { op } = operation;
  if (op !== "guest-read" && op !== "guest-write" && op !== "host-read" && op !== "host-write") return operation;
  const { len } = operation;
  const value = "value" in operation ? operation.value : undefined;
  if (len === undefined) {
    if (value !== undefined) throw new Error(`${op}: "value" needs "len"`);
    return operation;
  }
  if (op.endsWith("write") && value === undefined) throw new Error(`${op}: "len" needs "value"`);
  if (value !== undefined && value >> BigInt(8 * len) !== 0n) throw new Error(`${op}: "value" is wider than "len"`);
  const address = "gva" in operation ? operation.gva : operation.spa;
  if ((address % 4096) + len > 4096) throw new Error(`${op}: ${len} bytes there would cross the end of the page`);
  return operation;
}

/** The fields of an operation as a file holds them, in the order of the table. */
export function writeOperation(operation: Operation): Record<string, unknown> {
  const line: Record<string, unknown> = { op: operation.op };
  const fields: Record<string, Kind> = FIELDS[operation.op];
  const values = operation as unknown as Record<string, unknown>;
  for (const [field, kind] of Object.entries(fields)) {
    if (values[field] !== undefined) line[field] = write(kind, values[field]);
  }
  return line;
}
