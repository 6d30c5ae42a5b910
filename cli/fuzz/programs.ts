/**
 * Programs that call whatever the sandbox gives them, with operands that are right, nearly right or absurd. The names are
 * asked of the sandbox itself, so that a new call is tried as soon as there is one.
 */
import fc, { type Arbitrary } from "fast-check";
import { type Parts, run } from "../../web/runtime/run";
import { parseScenarioValue } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { readParts } from "../programs";
import { holdsAsSentence, target } from "./target";

/** Expressions that many calls take. Addresses are those of the usual memory map and of its edges. */
const USUAL = [
  ..."0 1 2 3 6 0n 1n true false '4K' '2M' 0x1000 0x8000 0x9000 0xa000 0x200000 0x201000 0x800000".split(" "),
  ..."0x801000 0x810000 0xff_f000 0xfff_ffff_f000 0xc0010130 0xc0010010 new&Uint8Array(4096)"
    .replace("&", " ")
    .split(/ (?!Uint8)/),
  "{spa:0x801000,gpa:0x1000,asid:1,assigned:1,size:'4K'}",
  "{asid:1,policy:0x30000}",
];

/** Expressions that hardly any call takes. */
const ABSURD = [
  ..."-1 0.5 NaN Infinity -0 1e308 2**31 2**32 2**53 -1n 1n<<64n -(2n**70n) 0xffff_ffff_ffff_ffffn".split(" "),
  ..."null undefined '' '0x1000' 'SUCCESS' Symbol() [] [1,2,3] {} /x/ globalThis log (()=>1)".split(" "),
  "{valueOf(){throw 1}}",
  "{valueOf(){return 2**40}}",
  "{get spa(){return 0x801000},get size(){throw new Error('x')}}",
  "new Proxy({},{get(t,k){return k===Symbol.toPrimitive?()=>7:1}})",
  "new Uint8Array(4097)",
  "new Uint8Array(new ArrayBuffer(8,{maxByteLength:16}))",
  "'x'.repeat(70000)",
  "function*(){}",
  "async()=>{}",
  "Promise.resolve(1)",
];

const operand = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...USUAL) },
  { weight: 1, arbitrary: fc.constantFrom(...ABSURD) },
);

/** Statements around the calls: what a program may have done to its own world before. */
const DEEDS = [
  "Object.prototype.size = '2M';",
  "Object.defineProperty(Object.prototype, 'spa', { get() { return NaN; }, set() {} });",
  "Array.prototype[Symbol.iterator] = function* () { yield 1e9; };",
  "Uint8Array.prototype.slice = () => 7;",
  "Object.defineProperty(Uint8Array.prototype, 'constructor', { get() { throw this; } });",
  // whoever looks up the constructor of memory that is not the program's own hands it out
  "Object.defineProperty(Uint8Array.prototype, 'constructor', { get() { " +
    "try { new Float64Array(this.buffer).fill(NaN); this.buffer.transfer(); } catch {} return Uint8Array; } });",
  "Object.getPrototypeOf(Uint8Array).prototype.set = () => { throw 1; };",
  "Number.isInteger = () => true;",
  "BigInt.asUintN = () => 1;",
  "Math.floor = () => NaN;",
  "Symbol.toPrimitive;",
  "Promise.prototype.then = () => 1;",
  "Error.prepareStackTrace = () => 1;",
  "String.prototype.charCodeAt = () => -1;",
  "JSON.stringify = () => { for (;;); };",
  "Reflect.apply = null;",
  "throw { toString: null };",
  "for (const k of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[k]; } catch {}",
];

interface Written {
  side: "guest" | "hypervisor";
  hook: number;
  lines: string[];
}

/** Makes a statement of a number: which call, and what it is given. */
const call = fc
  .tuple(fc.nat(10_000), fc.array(operand, { maxLength: 7 }), fc.boolean())
  .map(([which, operands, caught]) => {
    const line = `call(${which}, [${operands.map((text) => `() => (${text})`).join(", ")}]);`;
    return caught ? `try { ${line} } catch {}` : line;
  });
const lines = fc.array(fc.oneof({ weight: 6, arbitrary: call }, { weight: 1, arbitrary: fc.constantFrom(...DEEDS) }), {
  minLength: 1,
  maxLength: 12,
});
const written: Arbitrary<Written> = fc.record({
  side: fc.constantFrom("guest" as const, "hypervisor" as const),
  hook: fc.nat(3),
  lines,
});

/** Everything callable: globals that the engine has not of its own, and what an object gives. */
const CALLER = `
const own = new Set(Object.getOwnPropertyNames(globalThis));
function namesOf(object) {
  const names = [];
  for (let o = object; o && o !== Object.prototype; o = Object.getPrototypeOf(o)) names.push(...Object.getOwnPropertyNames(o));
  return [...new Set(names)].filter((name) => name !== "constructor" && typeof object[name] === "function");
}
const ENGINE = new Set(("Object Function Error EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
  "InternalError AggregateError Iterator Array Number Boolean String Math Reflect Symbol eval parseInt parseFloat isNaN " +
  "isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Promise Proxy JSON RegExp Map Set " +
  "WeakMap WeakSet WeakRef FinalizationRegistry ArrayBuffer SharedArrayBuffer DataView Atomics BigInt Uint8Array " +
  "Uint8ClampedArray Int8Array Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array " +
  "Float32Array Float64Array queueMicrotask").split(" "));
const globals = [...own].filter((name) => !ENGINE.has(name) && typeof globalThis[name] === "function");
let object = null;
function call(which, operands) {
  const calls = object === null ? globals : namesOf(object).concat(namesOf(object.honest ?? {}), namesOf(object.psp ?? {}), globals);
  if (calls.length === 0) return;
  const name = calls[which % calls.length];
  const values = operands.map((operand) => operand());
  for (const holder of object === null ? [] : [object, object.honest, object.psp]) {
    if (holder && typeof holder[name] === "function") return holder[name](...values);
  }
  return globalThis[name](...values);
}
`;

const HOOKS = ["launch", "npf", "vmgexit", "launch"];

function scenarioOf({ side, hook, lines }: Written): Scenario {
  const body = lines.map((line) => `  ${line}`).join("\n");
  const guest =
    side === "guest"
      ? `${CALLER}export function boot() {\n${body}\n}\n`
      : "export function boot() {\n  pvalidate(RAM_START, 0, 1);\n}\n";
  const hypervisor =
    side === "hypervisor"
      ? `${CALLER}export function ${HOOKS[hook]}(hv, ...rest) {\n  object = hv;\n${body}\n  return hv.honest.${HOOKS[hook]}(...rest);\n}\n`
      : undefined;
  const parsed = parseScenarioValue({ version: 1, guest, ...(hypervisor === undefined ? {} : { hypervisor }) });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.scenario;
}

let parts: Promise<Parts> | null = null;

/** The whole run as text. */
async function traced(scenario: Scenario, with_: Parts): Promise<{ text: string; end: string }> {
  const trace = await run(scenario, with_);
  const text = `${[...trace.lines()].join("\n")}\n${JSON.stringify(trace.log.lines)}`;
  const { end } = trace.end;
  if (trace.end.end === "error") holdsAsSentence(trace.end.message.replace(/\s/g, " "));
  trace.release();
  return { text, end };
}

const ENDS = ["completed", "terminated", "shutdown", "stopped", "refused", "fuel", "error"];

export const programs = target({
  name: "programs",
  puts: "calls from both sandboxes",
  input: written,
  cases: 20,
  async check(input) {
    parts ??= readParts();
    const scenario = scenarioOf(input);
    try {
      const first = await traced(scenario, await parts);
      if (!ENDS.includes(first.end)) throw new Error(`an end that there is not: ${first.end}`);
      const second = await traced(scenario, await parts);
      if (second.text !== first.text) throw new Error("two runs differ");
    } catch (error) {
      // after a defect none of the parts may be used again
      parts = null;
      throw error;
    }
  },
  file: (input) => ({ ending: "json", content: JSON.stringify(scenarioOf(input), null, 2) }),
});
