// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/**
 * The only way out of the sandbox: one native function without arguments, and memory that both sides see. The runtime puts
 * them on the global object for the moment in which this module loads.
 *
 * Everything here and beside it is loaded before the program and takes what it needs of the language then: whatever a program
 * does to prototypes and globals afterwards, these functions do not ask them.
 */
import { Status } from "./calls";
import { uncurry } from "./uncurry";

interface Boundary {
  /** Does what num[0] asks for; num[0] becomes a Status. */
  host(): void;
  /** Does what num[0] asks for, with a text. */
  hostText(text: string): void;
  /** The sentence behind Status.WRONG. */
  message(): string;
  memory: ArrayBuffer;
}

declare const __boundary: Boundary;

/** An array whose elements are known to be there. */
type Eight<T> = [T, T, T, T, T, T, T, T];

const { host, hostText, message, memory } = __boundary;

/** Operands and results that are exact as a double. */
export const num = new Float64Array(memory, 0, 16) as unknown as [...Eight<number>, ...Eight<number>];
/** 64-bit operands and results. */
export const wide = new BigUint64Array(memory, 128, 8) as unknown as Eight<bigint>;
/** The guest's registers, in the order of registers.ts: the runtime saves and loads them at exits and entries. */
export const registers = new BigUint64Array(memory, 256, 16);
/** A page on its way in or out. */
export const page = new Uint8Array(memory, 4096, 4096);

const { freeze, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const NativeError = Error;
const NativeTypeError = TypeError;

/** What every typed array inherits, as it was before any program. */
const Typed = getPrototypeOf(Uint8Array.prototype) as Uint8Array;
const NativeBytes = Uint8Array;
const lengthOf = uncurry(getOwnPropertyDescriptor(Typed, "length")?.get as (this: Uint8Array) => number);
const nameOf = uncurry(
  getOwnPropertyDescriptor(Typed, Symbol.toStringTag)?.get as (this: unknown) => string | undefined,
);

/** The same, four bytes at a time. */
const quarters = new Uint32Array(memory, 4096, 1024);

// Element by element: slice() and its like ask the array for its constructor, which a program may have replaced, and would
// hand it `page` and the memory behind.

/** Zeros in `page`. */
export function clearPage(): void {
  for (let i = 0; i < 1024; i++) quarters[i] = 0;
}

/** A copy of `page`. */
export function takePage(): Uint8Array {
  const bytes = new NativeBytes(4096);
  for (let i = 0; i < 4096; i++) bytes[i] = page[i] as number;
  return bytes;
}

/** Fills `page` from a Uint8Array of 4096 bytes; false if it is anything else. */
export function givePage(bytes: unknown): boolean {
  if (typeof bytes !== "object" || nameOf(bytes) !== "Uint8Array" || lengthOf(bytes as Uint8Array) !== 4096)
    return false;
  for (let i = 0; i < 4096; i++) page[i] = (bytes as Uint8Array)[i] as number;
  return true;
}

/** Known to the functions here only, so that a program cannot make exceptions of its own. */
const KEY = {};

/** #GP, #PF, #VC as a program sees them. */
export class Exception {
  readonly vector: number;
  readonly errorCode: number;
  readonly cr2: number;
  readonly #raised = true;

  constructor(key: unknown, vector: number, errorCode: number, cr2: number) {
    if (key !== KEY) throw new NativeTypeError("Only the processor makes exceptions");
    this.vector = vector;
    this.errorCode = errorCode;
    this.cr2 = cr2;
    freeze(this);
  }

  static isRaised(value: unknown): value is Exception {
    return typeof value === "object" && value !== null && #raised in value;
  }

  toString(): string {
    return exceptionText(this);
  }
}
freeze(Exception);
freeze(Exception.prototype);

const toHex = uncurry(Number.prototype.toString as (this: number, radix: number) => string);

/** "#PF(0x9), CR2 0x8000": never asks the prototype. */
export function exceptionText(exception: Exception): string {
  const { vector, errorCode, cr2 } = exception;
  const name = vector === 13 ? "#GP" : vector === 14 ? "#PF" : "#VC";
  const at = vector === 13 ? "" : ", CR2 0x" + toHex(cr2, 16);
  return name + "(0x" + toHex(errorCode, 16) + ")" + at;
}

/** Asks the runtime for `op`; the operands are in num[1..], wide and page already. */
export function call(op: number): void {
  num[0] = op;
  host();
  if (num[0] !== Status.DONE) raise();
}

/** The same with a text for an operand. */
export function callText(op: number, text: string): void {
  num[0] = op;
  hostText(text);
  if (num[0] !== Status.DONE) raise();
}

/** The text that goes with the last hook. */
export function told(): string {
  return message();
}

function raise(): never {
  if (num[0] === Status.EXCEPTION) throw new Exception(KEY, num[1], num[2], num[3]);
  if (num[0] === Status.WRONG) throw new NativeError(message());
  throw new NativeError("The run has ended: nothing is done any more");
}
