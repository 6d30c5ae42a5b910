// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/**
 * `log(...)` and `console.log(...)`: values to one line of text. Objects are shown as JSON.stringify shows them, by what they
 * have themselves: what a program puts on the prototypes of the language is not asked. What is too deep or too long is cut.
 */
import { callText, Exception, exceptionText } from "./boundary";
import { Call } from "./calls";
import { shown } from "./numbers";
import { ownValue, textUpwards } from "./texts";
import { uncurry } from "./uncurry";

const { stringify } = JSON;
const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys } = Object;
const { apply } = Reflect;
const { isArray } = Array;
const NativeString = String;
const NativeTypeError = TypeError;
const slice = uncurry(String.prototype.slice);
const indexOf = uncurry(String.prototype.indexOf);

/** What objects of the language inherit from: a toJSON there is none of the object's own. */
const ObjectPrototype = Object.prototype;
const ArrayPrototype = Array.prototype;
const ErrorPrototype = Error.prototype;

/** More of one line is never kept: the whole log has 64 KiB. */
const LONGEST = 65536;
/** Objects within objects that are shown. */
const DEEPEST = 100;

export function log(...values: unknown[]): void {
  let line = "";
  for (let i = 0; i < values.length && line.length <= LONGEST; i++) line += (i === 0 ? "" : " ") + text(values[i]);
  callText(Call.LOG, clean(line.length > LONGEST ? slice(line, 0, LONGEST + 1) : line));
}

/** A text leaves the sandbox up to its first NUL, so there must be none. */
export function clean(line: string): string {
  let from = 0;
  let done = "";
  for (let at = indexOf(line, "\0", 0); at >= 0; at = indexOf(line, "\0", from)) {
    done += slice(line, from, at) + "\u2400";
    from = at + 1;
  }
  return from === 0 ? line : done + slice(line, from);
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "symbol") return NativeString(value);
  if (typeof value === "bigint") return bigintText(value);
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return shown(value);
  if (Exception.isRaised(value)) return exceptionText(value);
  try {
    return isError(value) ? errorText(value) : (objectText(value, { room: LONGEST }, 0) ?? "[object]");
  } catch {
    return "[object]";
  }
}

/** Does it inherit from Error? */
function isError(value: object): boolean {
  let at = getPrototypeOf(value);
  for (let depth = 0; at !== null && depth < DEEPEST; depth++) {
    if (at === ErrorPrototype) return true;
    at = getPrototypeOf(at);
  }
  return false;
}

function errorText(error: object): string {
  const name = textUpwards(error, "name");
  const message = textUpwards(error, "message");
  return name !== "" && message !== "" ? name + ": " + message : name + message;
}

/** JSON of a value that is no object; undefined for what JSON leaves out. */
function primitiveText(value: unknown): string | undefined {
  if (typeof value === "function" || typeof value === "symbol" || value === undefined) return undefined;
  if (typeof value === "bigint") return stringify(bigintText(value));
  return stringify(typeof value === "string" && value.length > LONGEST ? slice(value, 0, LONGEST) : value);
}

/** JSON of an object; undefined where its toJSON gives nothing. `left.room`: characters that may still be written. */
function objectText(value: object, left: { room: number }, depth: number): string | undefined {
  if (depth > DEEPEST) throw new NativeTypeError("too deep");
  const toJSON = ownToJson(value);
  const given: unknown = typeof toJSON === "function" ? apply(toJSON, value, [""]) : value;
  if (typeof given !== "object" || given === null) return primitiveText(given);
  const names = isArray(given) ? undefined : keys(given);
  const length = names === undefined ? (ownValue(given, "length") as number) : names.length;
  let written = "";
  for (let i = 0; i < length && left.room > 0; i++) {
    const name = names === undefined ? NativeString(i) : (names[i] as string);
    const member = memberOf(given, name);
    const isObject = typeof member === "object" && member !== null;
    const said = isObject ? objectText(member, left, depth + 1) : primitiveText(member);
    if (said === undefined && names !== undefined) continue;
    const key = names === undefined ? "" : stringify(name) + ":";
    left.room -= key.length + 1 + (isObject || said === undefined ? 2 : said.length);
    written += (written === "" ? "" : ",") + key + (said ?? "null");
  }
  return names === undefined ? "[" + written + "]" : "{" + written + "}";
}

/** An own property's value; of an accessor, what it gives. */
function memberOf(object: object, name: string): unknown {
  const property = getOwnPropertyDescriptor(object, name);
  if (property === undefined) return undefined;
  if (hasOwn(property, "value")) return property.value;
  return property.get === undefined ? undefined : apply(property.get, object, []);
}

/** `toJSON` of an object or of a class of the program's. */
function ownToJson(value: object): unknown {
  let at: object | null = value;
  for (let depth = 0; at !== null && at !== ObjectPrototype && at !== ArrayPrototype && depth < DEEPEST; depth++) {
    const property = getOwnPropertyDescriptor(at, "toJSON");
    if (property !== undefined) return hasOwn(property, "value") ? property.value : undefined;
    at = getPrototypeOf(at);
  }
  return undefined;
}

/** In hex without the n, as addresses are written. */
function bigintText(value: bigint): string {
  const said = shown(value);
  return said[said.length - 1] === "n" && said[said.length - 2] !== "e" ? slice(said, 0, -1) : said;
}
