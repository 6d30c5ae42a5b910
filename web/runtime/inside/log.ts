/** `log(...)` and `console.log(...)`: values to one line of text. */
import { callText, Exception, exceptionText } from "./boundary";
import { Call } from "./calls";
import { shown } from "./numbers";

const { stringify } = JSON;
const NativeString = String;
const NativeError = Error;
const uncurry = <T, A extends unknown[], R>(f: (this: T, ...args: A) => R) =>
  Function.prototype.call.bind(f) as unknown as (self: T, ...args: A) => R;
const slice = uncurry(String.prototype.slice);
const split = uncurry(String.prototype.split as (this: string, separator: string) => string[]);
const join = uncurry(Array.prototype.join as (this: unknown[], separator: string) => string);

/** More of one line is never kept: the whole log has 64 KiB. */
const LONGEST = 65536;

export function log(...values: unknown[]): void {
  let line = "";
  for (let i = 0; i < values.length; i++) line += (i === 0 ? "" : " ") + text(values[i]);
  // A text leaves the sandbox up to its first NUL, so there must be none.
  const clean = join(split(line.length > LONGEST ? slice(line, 0, LONGEST + 1) : line, "\0"), "\u2400");
  callText(Call.LOG, clean);
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "symbol") return NativeString(value);
  if (typeof value === "bigint") return bigintText(value);
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return shown(value);
  if (Exception.isRaised(value)) return exceptionText(value);
  try {
    if (value instanceof NativeError) return NativeString(value);
    return stringify(value, plain) ?? "[object]";
  } catch {
    return "[object]";
  }
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? bigintText(value) : value;
}

/** In hex without the n, as addresses are written. */
function bigintText(value: bigint): string {
  const said = shown(value);
  return said[said.length - 1] === "n" && said[said.length - 2] !== "e" ? slice(said, 0, -1) : said;
}
