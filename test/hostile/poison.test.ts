/**
 * Nothing inside looks up a property that a program can replace. Every own property of every object of the language that can be
 * reached is replaced by one that counts who asks for it, one at a time; so is every name that the inside's own texts hold, on
 * what all objects inherit from. Then the whole API is called: nobody may have asked.
 */
import { expect, test } from "vitest";
import { ranText, theParts } from "../runtime/programs";

/** Statements that find the properties, replace those from `from` on, and log which of them were asked for. */
const poison = (names: string[], from: number, count: number, acts: string) => `
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf } = Object;
const { ownKeys, deleteProperty, apply } = Reflect;
const text = String;
const targets = [];
const known = new Set();
const queue = [globalThis, function* () {}, async () => {}, async function* () {}, [][Symbol.iterator](), new Map().entries(),
  new Set().values(), ""[Symbol.iterator](), "".matchAll(/a/g), Iterator.from({ next() {} }), [].values().map((x) => x), class {}];
for (let i = 0; i < queue.length; i++) {
  const object = queue[i];
  if ((typeof object !== "object" && typeof object !== "function") || object === null || known.has(object)) continue;
  known.add(object);
  queue.push(getPrototypeOf(object));
  for (const key of ownKeys(object)) {
    const own = setPrototypeOf(getOwnPropertyDescriptor(object, key), null);
    queue.push(own.value, own.get, own.set);
    if (own.configurable) targets.push({ object, key, own, name: text(key) + " of " + i });
  }
}
for (const key of [...${JSON.stringify(names)}, ...ownKeys(Symbol).map((key) => Symbol[key]).filter((key) => typeof key === "symbol")])
  if (!getOwnPropertyDescriptor(Object.prototype, key)) targets.push({ object: Object.prototype, key, own: null, name: text(key) });
const acts = () => {
  ${acts}
};
// once before: what is asked for when nothing is replaced is no matter
acts();
let asked = 0;
const found = [];
const last = ${from + count} < targets.length ? ${from + count} : targets.length;
for (let i = ${from}; i < last; i++) {
  const { object, key, own, name } = targets[i];
  const replacement = {
    __proto__: null,
    configurable: true,
    get() {
      asked++;
      return own === null ? undefined : own.get === undefined ? own.value : apply(own.get, this, []);
    },
    set() { asked++; },
  };
  asked = 0;
  defineProperty(object, key, replacement);
  acts();
  const times = asked;
  if (own === null) deleteProperty(object, key);
  else defineProperty(object, key, own);
  if (times > 0) found.push(name);
}
log(targets.length);
log(found.join(", "));`;

const GUEST = `
  pvalidate(0x8000, 0, 1);
  rmpadjust(0x8000, 0, 1);
  rmpquery(0x8000, 1);
  write64(0x8000, 5n);
  write8(0x8008, 5);
  read64(0x8000);
  read8(0x8000);
  clear_page(0x9000);
  copy_page(0xa000, 0x9000);
  execute(0x1000);
  map_page(0x5000, 0x5000, { __proto__: null, c: true, w: true, u: true, x: true });
  map_page(0x5000, 0x5000);
  set_page_encrypted(0x5000);
  unmap_page(0x300000);
  cpuid(1);
  ghcb.rax = 1;
  ghcb.usage = ghcb.usage;
  ghcb.valid_bitmap = ghcb.valid_bitmap;
  create_vmsa(0x9000, { __proto__: null, vmpl: 1, cpl: 0, sev_features: 1, entry: undefined });
  cpl(0);
  log("x", 1, -1.5, 5n, null, undefined, true, acts);
  log([1, "a"], { __proto__: null, a: 1n }, problem);
  try { read8(0x700000); } catch (exception) { log(exception); }
  try { read8(-1); } catch {}
  try { map_page(0, 0, 1); } catch {}`;

const HYPERVISOR = `
  const spa = hv.alloc("4K");
  hv.rmpupdate(spa, { __proto__: null, assigned: false, gpa: 0, asid: 0, immutable: false, size: "4K" });
  hv.rmpread(spa);
  hv.psmash(spa);
  hv.npt.map(0x400000, spa, { __proto__: null, size: "4K", w: true, x: true });
  hv.npt.map(0x400000, spa);
  hv.npt.get(0x400000);
  hv.npt.unmap(0x400000);
  hv.write64(spa, 5n);
  hv.read64(spa);
  hv.write_page(spa, hv.read_page(spa));
  hv.rdmsr(0xc0010010);
  hv.syscfg;
  hv.cpuid(1);
  hv.gctx;
  hv.psp.snp_init();
  hv.psp.guest_status(spa);
  hv.psp.page_reclaim(spa);
  hv.psp.launch_update(spa, { __proto__: null, spa, type: "NORMAL", size: "4K", vmpl1: 0, vmpl2: 0, vmpl3: 0, imi: false });
  hv.psp.launch_start(spa, 0x30000n);
  hv.free(spa);
  log("x", 1, 5n, null, acts, [1, "a"], problem);
  try { hv.write64(0x801000, 1); } catch (exception) { log(exception); }
  try { hv.read64(-1); } catch {}
  try { hv.stop(5); } catch {}`;

const CHUNK = 250;

test.each(["guest", "hypervisor"] as const)("in a %s", async (kind) => {
  const { inside } = (await theParts()).sources;
  const names = [...new Set(Object.values(inside).flatMap((text) => text.match(/[a-z_$][\w$]*/gi) ?? []))];
  let of = 1;
  const asked: string[] = [];
  for (let from = 0; from < of; from += CHUNK) {
    const code = `const problem = new TypeError("why");\n${poison(names, from, CHUNK, kind === "guest" ? GUEST : HYPERVISOR)}`;
    const { end, log } =
      kind === "guest"
        ? await ranText(`export function boot() {\n${code}\n}`)
        : await ranText("export function boot() { rdmsr(MSR_AMD64_SEV); }", {
            hypervisor: `export function between(hv, n) {\nif (n > 1) return;\n${code}\n}`,
          });
    expect([from, end]).toEqual([from, { end: "completed" }]);
    of = Number(log.at(-2));
    asked.push(log.at(-1) ?? "");
  }
  expect(of).toBeGreaterThan(1_500);
  expect(asked.filter((name) => name !== "")).toEqual([]);
});
