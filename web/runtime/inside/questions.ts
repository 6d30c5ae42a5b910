// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/** What the runtime asks inside the sandbox: where a program stands, and what it threw. */
import { Exception, num } from "./boundary";
import { ownText, start, textUpwards } from "./texts";

const { getPrototypeOf } = Object;
const NativeError = Error;

/** What a `function*` inherits, async or not. */
const GENERATORS = [getPrototypeOf(function* () {}), getPrototypeOf(async function* () {})];

/** Would a call of this function give a generator instead of running its body? 1 or 0, in num[1]. */
export function isGenerator(f: object): void {
  const kind: unknown = getPrototypeOf(f);
  num[1] = kind === GENERATORS[0] || kind === GENERATORS[1] ? 1 : 0;
}

/** The stack of the code that called the runtime; frames of the runtime's own files are on top. */
export function stack(): string {
  return ownText(new NativeError(), "stack");
}

/**
 * What was thrown, as text for the runtime: "exception" with num[1..3] set, or "error", name, message and stack, each on its
 * own behind a NUL-free mark. Only own data properties are read: nothing of the program runs here.
 */
export function thrown(value: unknown): string {
  if (Exception.isRaised(value)) {
    num[1] = value.vector;
    num[2] = value.errorCode;
    num[3] = value.cr2;
    return "exception";
  }
  if (typeof value !== "object" || value === null) return "thrown" + MARK + simple(value);
  return (
    "error" + MARK + textUpwards(value, "name") + MARK + ownText(value, "message") + MARK + ownText(value, "stack")
  );
}

const MARK = "\u0001";

function simple(value: unknown): string {
  if (typeof value === "string") return start(value);
  return typeof value === "number" || typeof value === "boolean" || value == null ? "" + value : "a " + typeof value;
}
