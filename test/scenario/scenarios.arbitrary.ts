/** Scenarios of every shape, for properties. */
import fc from "fast-check";
import { SCENARIO_VERSION } from "../../web/scenario/bounds";
import { ATTACK_GOALS, ATTACK_MOVES, CHECK_NAMES, type Scenario, type StageNote } from "../../web/scenario/schema";

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

const features = fc.record({ hvFeatures: fc.constantFrom("0x0", "0x23", "0xFFFFFFFFFFFFFFFF") }, { requiredKeys: [] });

const attack = fc.record({
  moves: fc.uniqueArray(fc.constantFrom(...ATTACK_MOVES)),
  bound: fc.integer({ min: 0, max: 16 }),
  goals: fc.uniqueArray(fc.constantFrom(...ATTACK_GOALS)),
  believes: fc.integer({ min: 0, max: 3 }),
});

const machine = fc
  .record({
    memoryMiB: fc.integer({ min: 1, max: 128 }).map((n) => 2 * n),
    vmplSss: fc.boolean(),
    vmpls: fc.integer({ min: 1, max: 4 }),
    vcpus: fc.integer({ min: 1, max: 8 }),
    slice: fc.integer({ min: 1, max: 1000 }),
    cores: fc.integer({ min: 1, max: 8 }),
    ciphertextHiding: fc.boolean(),
    host: fc.constantFrom("kvm" as const, "svsm-host" as const),
    backing: fc.constantFrom("4K" as const, "2M" as const),
    checksOff: fc.uniqueArray(fc.constantFrom(...CHECK_NAMES)),
    syscfg: fc.tuple(unknown, bits).map(([u, b]) => ({ ...u, ...b })),
  })
  .chain((config) =>
    fc.tuple(unknown, features, fc.integer({ min: 1, max: config.memoryMiB / 2 })).map(([u, hv, half]) => ({
      ...u,
      ...hv,
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
    attack: fc.tuple(unknown, attack).map(([u, a]) => ({ ...u, ...a })),
    goals: text,
    expect: fc.record(
      { end: fc.constantFrom("completed", "terminated"), code: fc.nat(), log: fc.array(text, { maxLength: 2 }) },
      { requiredKeys: ["end"] },
    ),
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
      version: SCENARIO_VERSION,
      ...required,
      vmpl: vmpl as Scenario["vmpl"],
      ...more,
    })),
  );
