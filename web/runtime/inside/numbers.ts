// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/**
 * What programs may hand over as a number: number or bigint, not negative, whole, exact, not too wide. Anything else is an
 * error of the program and says which operand it was. Nothing is cut in silence.
 */
import { num, wide } from "./boundary";
import { uncurry } from "./uncurry";

const NativeRangeError = RangeError;
const NativeTypeError = TypeError;
const NativeNumber = Number;
const NativeBigInt = BigInt;
const bigHex = uncurry(BigInt.prototype.toString as (this: bigint, radix?: number) => string);
const numberText = uncurry(Number.prototype.toString as (this: number, radix?: number) => string);

/** 52 bits: a physical address. */
export const MAX_ADDRESS = 2 ** 52 - 1;
const MAX_U64 = 2n ** 64n - 1n;

/** How a value is named in an error; never runs code of the program. */
export function shown(value: unknown): string {
  if (typeof value === "number") return value === 0 ? "0" : numberText(value);
  if (typeof value === "bigint") {
    if (value < -MAX_U64 || value > MAX_U64) return "a bigint of more than 64 bits";
    return value < 0n ? "-0x" + bigHex(-value, 16) + "n" : "0x" + bigHex(value, 16) + "n";
  }
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value === undefined) return "undefined";
  if (value === null) return "null";
  return typeof value === "string" ? "a string" : typeof value === "object" ? "an object" : "a " + typeof value;
}

/** A whole number from 0 to `max` (at most 2^53 - 1). `what` names the operand: "pvalidate(): va". */
export function whole(value: unknown, what: string, max: number): number {
  if (typeof value === "number") {
    if (value >= 0 && value <= max && value % 1 === 0) return value + 0;
  } else if (typeof value === "bigint") {
    if (value >= 0n && value <= NativeBigInt(max)) return NativeNumber(value);
  } else {
    throw new NativeTypeError(what + " must be a number or a bigint, and this is " + shown(value));
  }
  const most = max < 10 ? numberText(max) : "0x" + numberText(max, 16);
  const range = max === 0 ? " must be 0" : " must be a whole number from 0 to " + most;
  throw new NativeRangeError(what + range + ", and this is " + shown(value));
}

export function address(value: unknown, what: string): number {
  return whole(value, what, MAX_ADDRESS);
}

/** A 64-bit value that is known to be small, as a number. */
export function small(value: bigint): number {
  return NativeNumber(value);
}

/** A flag: true, false, 0, 1, 0n, 1n. */
export function bit(value: unknown, what: string): number {
  if (value === true || value === 1 || value === 1n) return 1;
  if (value === false || value === 0 || value === 0n) return 0;
  throw new NativeTypeError(what + " must be true, false, 1 or 0, and this is " + shown(value));
}

/** A flag that may be left out. */
export function bitOr(value: unknown, usual: number, what: string): number {
  return value === undefined ? usual : bit(value, what);
}

/** Any 64-bit value, into wide[index]. A number must be exact. */
export function putWide(value: unknown, what: string, index: 0 | 1): void {
  if (typeof value === "number") {
    if (value >= 0 && value <= 9007199254740991 && value % 1 === 0) {
      wide[index] = NativeBigInt(value);
      return;
    }
    const hint = value > 9007199254740991 ? "; above 2^53 - 1 only a bigint is exact" : "";
    throw new NativeRangeError(
      "" + what + " must be a whole number from 0 to 2^64 - 1, and this is " + shown(value) + hint,
    );
  }
  if (typeof value !== "bigint") {
    throw new NativeTypeError(what + " must be a number or a bigint, and this is " + shown(value));
  }
  if (value < 0n || value > MAX_U64) {
    throw new NativeRangeError(what + " must be a whole number from 0 to 2^64 - 1, and this is " + shown(value));
  }
  wide[index] = value;
}

/** Size as PVALIDATE and RMPADJUST encode it. */
export function pageSize(value: unknown, what: string): number {
  if (value === 0 || value === 0n) return 0;
  if (value === 1 || value === 1n) return 1;
  throw new NativeRangeError(
    "" + what + " must be RMP_PG_SIZE_4K (0) or RMP_PG_SIZE_2M (1), and this is " + shown(value),
  );
}

/** An address whose `length` bytes lie within one page. */
export function within(value: unknown, what: string, length: number): number {
  const at = address(value, what);
  if ((at % 4096) + length <= 4096) return at;
  throw new NativeRangeError(what + ": " + length + " bytes at 0x" + numberText(at, 16) + " cross a page");
}

/** The start of the page that an address is in. */
export function pageOf(at: number): number {
  return at - (at % 4096);
}

/** Operands of the next call, from num[1] on. */
export function put(a: number, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0): void {
  num[1] = a;
  num[2] = b;
  num[3] = c;
  num[4] = d;
  num[5] = e;
  num[6] = f;
  num[7] = g;
}
