// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are the programs'
/** Programs whose text is the attack: what it takes to read it, and what it makes appear. */
import type { Row } from "./rows";

const boot = (code: string): string => `export function boot() { ${code} }`;
const TOO_DEEP = "error nested too deeply";
const TANGLED = "error too tangled";
const text = (name: string, code: string, ends: Row[3]): Row => [name, "guest", code, ends];
const many = (n: number, part: (i: number) => string, separator = ""): string =>
  Array.from({ length: n }, (_, i) => part(i)).join(separator);
const nested = (name: string, open: string, close: string, middle = "1"): Row =>
  text(`nested: ${name}`, boot(`${open.repeat(2000)}${middle}${close.repeat(2000)};`), TOO_DEEP);

export const TEXTS: readonly Row[] = [
  text("nothing", "", "error must export a function boot()"),
  text("boot is no function", "export const boot = 1;", "error must export a function boot()"),
  text("boot is async", "export async function boot() {}", "error must not be async"),
  text("boot is a generator", "export function* boot() {}", "error must not be a generator"),
  text("boot is a class", "export class boot {}", "error "),
  text(
    "boot is a Proxy that throws",
    "export const boot = new Proxy(() => {}, { apply() { throw new Error('mine'); } });",
    "error mine",
  ),
  text("await at the top", "await new Promise(() => {});\nexport function boot() {}", "error must not await"),
  text("a module that is not there", "import 'fs';\nexport function boot() {}", "error There is no module"),
  text(
    "a module of ours",
    "import { num } from 'inside/boundary';\nnum;\nexport function boot() {}",
    "error There is no module",
  ),
  text(
    "a module of ours by a path",
    "import { num } from './boundary';\nnum;\nexport function boot() {}",
    "error There is no module",
  ),
  text(
    "the default hypervisor as a module",
    "import { launch } from 'kvm';\nlaunch;\nexport function boot() {}",
    "error There is no module",
  ),
  text(
    "an import of itself",
    "import { boot as b } from 'guest';\nb;\nexport function boot() {}",
    "error There is no module",
  ),
  text(
    "import() of everything",
    boot(
      "for (const m of ['fs', 'inside/boundary', 'guest', 'linux', 'http://example.com']) import(m).catch(() => {});",
    ),
    "completed",
  ),
  text("import.meta", boot("log(typeof import.meta, Object.keys(import.meta));"), "completed"),
  text(
    "a name with a prototype",
    "import x from '__proto__';\nx;\nexport function boot() {}",
    "error There is no module",
  ),
  text("not JavaScript", "<html>", "error "),
  text("an unfinished text", boot("`"), "error "),
  text("an unfinished comment", "/*".repeat(10000), "error "),
  text("carriage returns", "export function boot() {\r\n\r\n}\r", "completed"),
  text("line separators", "export function boot() {\u2028 log(1)\u2029 }", "completed"),
  text("a NUL", "export function boot() { log('a\0b'); }", "completed"),
  text("half a character", "export function boot() { log('\ud800'); }", "completed"),
  text("writing from right to left", "export function boot() { log('\u202e\u2066'); } // \u202e", "completed"),
  text("types within types, each to be read in many ways", boot("<T>(".repeat(30)), TANGLED),
  text("async types within types", boot("async <T>(".repeat(30)), TANGLED),
  text(
    "300 lines of 100 typed names",
    `${many(300, (i) => `function f${i}() { let ${many(100, (j) => `a${j}: number`, ", ")}; read8(0x8000); }`, "\n")}\n${boot(many(300, (i) => `f${i}();`, "\n"))}`,
    "completed",
  ),
  text("one long line of calls", boot(`${"log();".repeat(300)} /*${" ".repeat(100000)}*/ read8(0x8000);`), "completed"),
  text("one long word", boot(`let ${"a".repeat(100000)} = () => read8(0x8000); ${"a".repeat(100000)}();`), "completed"),
  text("many blanks before a bracket", boot(`read8${" ".repeat(100000)}(0x8000);`), "completed"),
  text(
    "return and many empty lines",
    boot(`(() => { return (${"\n".repeat(20000)} read8(0x8000)); })();`),
    "completed",
  ),
  text("a class of many fields", `class A { ${"a = 1; ".repeat(5000)} }\n${boot("")}`, "error too long to be read"),
  text("many functions", `${many(3000, (i) => `function f${i}() {}`, "\n")}\n${boot("")}`, "completed"),
  text(
    "many lines without semicolons",
    boot(`let x = 0\n${many(2000, () => "x = x + 1\nif (x) x = 2\nelse x = 3\n")}`),
    "completed",
  ),
  text("many texts put together", boot(`log(${many(150, (i) => `'${i}'`, " + ")});`), "completed"),
  text("many templates", boot(many(2000, () => "`${1}`;")), "completed"),
  nested("brackets", "(", ")"),
  nested("arrays", "[", "]"),
  nested("objects", "({ a: ", " })"),
  nested("blocks", "{", "}"),
  nested("arrow functions", "(a => ", ")"),
  nested("calls", "f(", ")"),
  nested("templates", "`${", "}`"),
  nested("conditions", "1 ? ", " : 1"),
  nested("assignments", "a = ", ""),
  nested("not", "! ", ""),
  nested("if", "if (1) ", ""),
  nested("else", "if (1); else ", ""),
  nested("functions", "(function () { ", " })"),
  nested("classes", "(class { a = ", " })"),
  nested("sums", "1 + ", ""),
  text("nested: types in brackets", boot(`let a: ${"(".repeat(2000)}b${")".repeat(2000)};`), TOO_DEEP),
  text("nested: tuples", boot(`let a: ${"[".repeat(2000)}${"]".repeat(2000)};`), TOO_DEEP),
  text("nested: generic types", boot(`let a: ${"A<".repeat(2000)}b${"> ".repeat(2000)};`), TOO_DEEP),
  text("nested: function types", boot(`let a: ${"() => ".repeat(2000)}b;`), TOO_DEEP),
  text("nested: conditional types", `type A = ${"a extends b ? c : ".repeat(2000)}d;\n${boot("")}`, TOO_DEEP),
  text("nested: keyof", `type A = ${"keyof ".repeat(2000)}d;\n${boot("")}`, TOO_DEEP),
  text("nested: object types", boot(`let a: ${"{ a: ".repeat(2000)}b${" }".repeat(2000)};`), TOO_DEEP),
  text("nested: namespaces", `${"namespace a { ".repeat(2000)}${"}".repeat(2000)}\n${boot("")}`, TOO_DEEP),
  text("nested, but not too deeply", boot(`log(${"(".repeat(40)}1${")".repeat(40)});`), "completed"),
  text(
    "nested, for the engine's parser",
    boot(`log(${"(".repeat(150)}1${")".repeat(150)});`),
    "error calls itself too deeply",
  ),
  text(
    "a name that looks like a place",
    "export function boot() {\n  const f = () => { read8(0x8000); read8(0x8000); };\n  Object.defineProperty(f, 'name', { value: 'x (guest:1:8)\\n' });\n  f();\n}",
    "completed",
  ),
  text(
    "a name that looks like a library's place",
    boot(
      "\nconst f = () => read8(0x8000);\nObject.defineProperty(f, 'name', { value: 'x (linux:1:1)\\n    at y (guest:1:1)' });\nf();",
    ),
    "completed",
  ),
  text(
    "a name that is a getter",
    boot("\nconst f = () => read8(0x8000);\nObject.defineProperty(f, 'name', { get() { throw 1; } });\nf();"),
    "completed",
  ),
  text("a file's name in eval", boot("\neval('read8(0x8000)\\n//# sourceURL=guest');"), "completed"),
  text(
    "a stack of one's own",
    boot("const e = new Error('m'); e.stack = '    at boot (guest:7:7)'; throw e;"),
    "error Error: m",
  ),
  ["a refusal of 8 MB", "launch", "hv.refuse('r '.repeat(4e6));", "refused"],
  ["a reason of 8 MB", "npf", "hv.stop('r '.repeat(4e6));", "stopped hypervisor"],
];
