/** Scenarios of every shape, for properties. */
import fc from "fast-check";
import { CHECK_NAMES, type Scenario, type StageNote } from "../../web/scenario/schema";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom("export function boot() {}\n", "\ud800"),
);
const step = fc.nat({ max: 0xffffffff });

/** A field of a later version: a name that no version has yet. */
const unknown = fc.dictionary(
  fc.string({ minLength: 1 }).map((name) => `x-${name}`),
  // A number that JSON cannot hold exactly does not survive any JSON file.
  fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  { maxKeys: 2 },
);

const bits = fc.record({
  snpEn: fc.boolean(),
  vmplEn: fc.boolean(),
  memEnc: fc.boolean(),
  mfdm: fc.boolean(),
  smmLock: fc.boolean(),
});

const machine = fc
  .record({
    memoryMiB: fc.integer({ min: 1, max: 128 }).map((n) => 2 * n),
    vmplSss: fc.boolean(),
    vmpls: fc.integer({ min: 1, max: 4 }),
    cores: fc.integer({ min: 1, max: 8 }),
    host: fc.constantFrom("kvm" as const, "svsm-host" as const),
    backing: fc.constantFrom("4K" as const, "2M" as const),
    checksOff: fc.uniqueArray(fc.constantFrom(...CHECK_NAMES)),
    syscfg: fc.tuple(unknown, bits).map(([u, b]) => ({ ...u, ...b })),
  })
  .chain((config) =>
    fc.tuple(unknown, fc.integer({ min: 1, max: config.memoryMiB / 2 })).map(([u, half]) => ({
      ...u,
      ...config,
      rmpCoversMiB: 2 * half,
    })),
  );

const note: fc.Arbitrary<StageNote> = fc
  .tuple(unknown, fc.record({ at: step, note: text, focus: text }, { requiredKeys: ["at", "note"] }))
  .map(([u, n]) => ({ ...u, ...n }));

const optional = fc.record(
  {
    hypervisor: text,
    library: fc.record({ linux: text, ovmf: text, svsm: text, "x-later": text }, { requiredKeys: [] }),
    view: fc.record({ step, spa: fc.nat({ max: 2 ** 31 }).map((n) => `0x${n.toString(16)}`) }, { requiredKeys: [] }),
    stage: fc.array(note, { maxLength: 3 }),
    expect: fc.record({ end: fc.constantFrom("completed", "terminated"), code: fc.nat() }, { requiredKeys: ["end"] }),
    difficulty: fc.constantFrom("first" as const, "core" as const, "deep" as const),
    tags: fc.array(text, { maxLength: 3 }),
    sources: fc.array(text, { maxLength: 3 }),
    rest: unknown.filter((u) => Object.keys(u).length > 0),
  },
  { requiredKeys: [] },
);

export const scenarios: fc.Arbitrary<Scenario> = fc
  .tuple(fc.record({ title: text, about: text, machine, guest: text }), optional)
  .chain(([required, more]) =>
    fc.integer({ min: 0, max: required.machine.vmpls - 1 }).map((vmpl) => ({
      version: 1 as const,
      ...required,
      vmpl: vmpl as Scenario["vmpl"],
      ...more,
    })),
  );
