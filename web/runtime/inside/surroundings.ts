/**
 * What a program finds around it: the language without clock and chance, the constants, log, and nothing else. What is there
 * cannot be replaced on the global object (a program may still declare a name of its own in its module).
 */
import { Exception } from "./boundary";
import { CONSTANTS } from "./constants";
import { log } from "./log";

/**
 * Globals of the language that stay. Everything that is not listed is removed: Date, and what another version of the engine
 * may bring (performance, Atomics, SharedArrayBuffer, WeakRef and FinalizationRegistry, whose behaviour depends on when
 * memory is collected).
 */
const LANGUAGE =
  "globalThis Infinity NaN undefined Object Function Array String Number Boolean Symbol BigInt Math Reflect Proxy JSON " +
  "Error AggregateError EvalError InternalError RangeError ReferenceError SyntaxError TypeError URIError " +
  "Map Set WeakMap WeakSet Iterator Promise RegExp ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array " +
  "Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array " +
  "parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval";

const { defineProperty, freeze, getOwnPropertyNames, getOwnPropertyDescriptor } = Object;
const { parse } = JSON;

/** Leaves the language, the constants, log and `api` as the only globals. */
export function surround(api: Record<string, unknown>): void {
  const keep = LANGUAGE.split(" ");
  for (const name of getOwnPropertyNames(globalThis)) {
    if (!keep.includes(name)) Reflect.deleteProperty(globalThis, name);
    else if (getOwnPropertyDescriptor(globalThis, name)?.writable) fix(name, Reflect.get(globalThis, name));
  }
  Reflect.deleteProperty(Math, "random");
  // Whoever gets hold of a buffer can look into it, but not take it away from under those who use it.
  for (const name of ["transfer", "transferToFixedLength"]) Reflect.deleteProperty(ArrayBuffer.prototype, name);

  const given = { ...CONSTANTS, Exception, log, console: freeze({ log }), ...api };
  for (const name of getOwnPropertyNames(given)) fix(name, Reflect.get(given, name));
}

/** The machine of the scenario (JSON), before its program is loaded. Its lower half is the guest's RAM. */
export function configure(json: string): void {
  fix("RAM_END", parse(json).memoryMiB * 0x8_0000);
}

function fix(name: string, value: unknown): void {
  defineProperty(globalThis, name, { value, enumerable: true, writable: false, configurable: false });
}
