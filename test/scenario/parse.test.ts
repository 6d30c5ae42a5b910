import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_FILE_BYTES, SCENARIO_VERSION } from "../../web/scenario/bounds";
import { defaultMachine } from "../../web/scenario/defaults";
import { SCENARIO } from "../../web/scenario/fields";
import type { Fields } from "../../web/scenario/kinds";
import { type Migrations, migrate } from "../../web/scenario/migrate";
import { parseScenario, parseScenarioValue } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { serializeScenario } from "../../web/scenario/serialize";
import { scenarios } from "./scenarios.arbitrary";

const least = { version: SCENARIO_VERSION, guest: "export function boot() {}" };

function parsed(value: unknown): Scenario {
  const result = parseScenarioValue(value);
  if (!result.ok) throw new Error(result.message);
  return result.scenario;
}

function refusal(value: unknown): string {
  const result = parseScenarioValue(value);
  if (result.ok) throw new Error("was accepted");
  return result.message;
}

describe("defaults", () => {
  test("only version and guest are required", () => {
    expect(parsed(least)).toEqual({
      version: 2,
      title: "Untitled scenario",
      about: "",
      machine: defaultMachine(),
      vmpl: 0,
      guest: least.guest,
    });
  });

  test("absent SYSCFG and HWCR bits are set; the RMP covers all memory", () => {
    const { machine } = parsed({ ...least, machine: { memoryMiB: 32, syscfg: { vmplEn: false } } });
    expect(machine.syscfg).toEqual({ snpEn: true, vmplEn: false, memEnc: true, mfdm: true, smmLock: true });
    expect(machine.rmpCoversMiB).toBe(32);
  });

  test("a machine too small for RAM says so", () => {
    const result = parseScenarioValue({ ...least, machine: { memoryMiB: 4 } });
    expect(result.ok && result.notes).toEqual([
      "machine.memoryMiB: below 6 MiB there is no RAM between RAM_START and RAM_END.",
    ]);
  });
});

describe("what is wrong, and where", () => {
  const rows: [string, unknown, string][] = [
    ["no object", 7, "scenario: must be an object, and this is 7."],
    ["a list", [], "scenario: must be an object, and this is []."],
    ["no version", { guest: "" }, 'version: missing. A scenario file says "version": 2.'],
    ["version in words", { ...least, version: "1" }, 'version: must be a whole number from 1 to 2, and this is "1".'],
    ["version 0", { ...least, version: 0 }, "version: must be a whole number from 1 to 2, and this is 0."],
    ["no guest", { version: 2 }, "guest: missing. It must be text."],
    ["guest null", { version: 2, guest: null }, "guest: must be text, and this is null."],
    ["vmpl null", { ...least, vmpl: null }, "vmpl: must be a whole number from 0 to 3, and this is null."],
    ["vmpl 4", { ...least, vmpl: 4 }, "vmpl: must be a whole number from 0 to 3, and this is 4."],
    ["vmpl 1.5", { ...least, vmpl: 1.5 }, "vmpl: must be a whole number from 0 to 3, and this is 1.5."],
    [
      "vmpl the machine has not",
      { ...least, vmpl: 2, machine: { vmpls: 2 } },
      "vmpl: must be a whole number from 0 to 1, and this is 2.",
    ],
    ["machine a list", { ...least, machine: [] }, "machine: must be an object, and this is []."],
    [
      "odd memory",
      { ...least, machine: { memoryMiB: 15 } },
      "machine.memoryMiB: must be an even number from 2 to 65536 MiB, and this is 15.",
    ],
    [
      "no memory",
      { ...least, machine: { memoryMiB: 0 } },
      "machine.memoryMiB: must be an even number from 2 to 65536 MiB, and this is 0.",
    ],
    [
      "too much memory",
      { ...least, machine: { memoryMiB: 65_538 } },
      "machine.memoryMiB: must be an even number from 2 to 65536 MiB, and this is 65538.",
    ],
    [
      "RMP beyond memory",
      { ...least, machine: { rmpCoversMiB: 18 } },
      "machine.rmpCoversMiB: must be an even number from 2 to 16 MiB (no more than memoryMiB), and this is 18.",
    ],
    [
      "vmpls 0",
      { ...least, machine: { vmpls: 0 } },
      "machine.vmpls: must be a whole number from 1 to 4, and this is 0.",
    ],
    [
      "cores 9",
      { ...least, machine: { cores: 9 } },
      "machine.cores: must be a whole number from 1 to 8, and this is 9.",
    ],
    ["vmplSss 1", { ...least, machine: { vmplSss: 1 } }, "machine.vmplSss: must be true or false, and this is 1."],
    [
      "another host",
      { ...least, machine: { host: "xen" } },
      'machine.host: must be "kvm" or "svsm-host", and this is "xen".',
    ],
    [
      "another backing",
      { ...least, machine: { backing: "1G" } },
      'machine.backing: must be "4K" or "2M", and this is "1G".',
    ],
    [
      "syscfg in words",
      { ...least, machine: { syscfg: { snpEn: "yes" } } },
      'machine.syscfg.snpEn: must be true or false, and this is "yes".',
    ],
    ["library not text", { ...least, library: { linux: 1 } }, "library.linux: must be text, and this is 1."],
    [
      "step below 0",
      { ...least, view: { step: -1 } },
      "view.step: must be a whole number from 0 to 4294967295, and this is -1.",
    ],
    [
      "spa not hex",
      { ...least, view: { spa: "4096" } },
      'view.spa: must be an address of at most 52 bits such as "0x801000", and this is "4096".',
    ],
    [
      "spa too wide",
      { ...least, view: { spa: "0x10000000000000" } },
      'view.spa: must be an address of at most 52 bits such as "0x801000", and this is "0x10000000000000".',
    ],
    [
      "a slide without text",
      { ...least, stage: [{ at: 1, note: "a" }, { at: 2 }] },
      "stage[1].note: missing. It must be text.",
    ],
    ["tags not a list", { ...least, tags: "a" }, 'tags: must be a list, and this is "a".'],
    ["a tag not text", { ...least, tags: ["a", 2] }, "tags[1]: must be text, and this is 2."],
    ["expect not an object", { ...least, expect: "completed" }, 'expect: must be an object, and this is "completed".'],
    [
      "no vCPU",
      { ...least, machine: { vcpus: 0 } },
      "machine.vcpus: must be a whole number from 1 to 8, and this is 0.",
    ],
    [
      "vCPU 9",
      { ...least, machine: { vcpus: 9 } },
      "machine.vcpus: must be a whole number from 1 to 8, and this is 9.",
    ],
    [
      "a turn without end",
      { ...least, machine: { slice: 1001 } },
      "machine.slice: must be a whole number from 1 to 1000, and this is 1001.",
    ],
    [
      "ciphertextHiding in words",
      { ...least, machine: { ciphertextHiding: "on" } },
      'machine.ciphertextHiding: must be true or false, and this is "on".',
    ],
    [
      "features not hex",
      { ...least, machine: { hvFeatures: 35 } },
      'machine.hvFeatures: must be a mask of at most 64 bits such as "0x23", and this is 35.',
    ],
    ["a log of one text", { ...least, expect: { log: "a" } }, 'expect.log: must be a list, and this is "a".'],
    ["a log of numbers", { ...least, expect: { log: ["a", 1] } }, "expect.log[1]: must be text, and this is 1."],
    [
      "a move that does not exist",
      { ...least, attack: { moves: ["npt", "dma"] } },
      'attack.moves[1]: must be "rmpupdate", "npt", "psmash", "psc", "lie", "vmsa", "turn", "replay", "shared" or "firmware", and this is "dma".',
    ],
    [
      "a goal that does not exist",
      { ...least, attack: { goals: ["profit"] } },
      'attack.goals[0]: must be "integrity", "confidentiality", "isolation", "validation", "control" or "assert", and this is "profit".',
    ],
    [
      "moves below none",
      { ...least, attack: { bound: -1 } },
      "attack.bound: must be a whole number from 0 to 16, and this is -1.",
    ],
    [
      "a level that is none",
      { ...least, attack: { believes: 4 } },
      "attack.believes: must be a whole number from 0 to 3, and this is 4.",
    ],
    ["goals not text", { ...least, goals: ["never"] }, 'goals: must be text, and this is ["never"].'],
    [
      "another difficulty",
      { ...least, difficulty: "easy" },
      'difficulty: must be "first", "core" or "deep", and this is "easy".',
    ],
  ];
  test.each(rows)("%s", (_, value, sentence) => {
    expect(refusal(value)).toBe(sentence);
  });

  test("a check that does not exist, with the names of those that do", () => {
    expect(refusal({ ...least, machine: { checksOff: ["validated", "tlb"] } })).toMatch(
      /^machine\.checksOff\[1\]: must be "guest-owned", .* or "vmrun-vmsa", and this is "tlb"\.$/,
    );
  });

  test("a long wrong value is cut", () => {
    expect(refusal({ ...least, tags: "x".repeat(500) }).length).toBeLessThan(80);
  });

  test("too much nesting", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(refusal({ ...least, expect: { deep } })).toBe("More than 64 objects and arrays inside each other.");
  });
});

describe("text that is not JSON", () => {
  const rows: [string, string][] = [
    ["", "line 1, column 1: the text ends here, expected a value"],
    ["{", 'line 1, column 2: the text ends here, expected the name of a field in "'],
    ['{\n  "version": 1,\n}', "line 3, column 1: a comma before }"],
    ['{\n  "version": 1\n  "guest": ""\n}', "line 3, column 3: expected , or } after a value"],
    ['{"version" 1}', "line 1, column 12: expected : after the name of a field"],
    ["{'version': 1}", 'line 1, column 2: expected the name of a field in "'],
    ['{"guest": "a\nb"}', "line 1, column 13: a line break or control character inside a string (write \\n)"],
    ['{"guest": "abc', 'line 1, column 15: the text ends here, where a string still needs its closing "'],
    ['{"guest": "\\x"}', "line 1, column 12: no such escape: \\x"],
    ['{"guest": "\\u12g4"}', "line 1, column 12: \\u needs four hexadecimal digits"],
    ['{"version": 01}', "line 1, column 14: expected , or } after a value"],
    ['{"version": NaN}', "line 1, column 13: expected a value"],
    ['{"tags": [1,]}', "line 1, column 13: a comma before ]"],
    ["{} {}", "line 1, column 4: something follows the end of the JSON"],
    ["// boot\nexport function boot() {}", "line 1, column 1: expected a value"],
  ];
  test.each(rows)("%j", (text, where) => {
    expect(parseScenario(text)).toEqual({ ok: false, reason: "json", message: `This is not JSON: ${where}.` });
  });

  test("the place is found exactly where JSON.parse refuses, and nowhere else", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (json, at, junk) => {
        const cut = at % (json.length + 1);
        const text = json.slice(0, cut) + junk + json.slice(cut);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const result = parseScenario(text);
        expect(!result.ok && result.reason === "json").toBe(!valid);
        if (!valid)
          expect(result).toMatchObject({
            message: expect.stringMatching(/^This is not JSON: line \d+, column \d+: ./),
          });
      }),
      { numRuns: 500 },
    );
  });

  test("a byte order mark is no mistake", () => {
    expect(parseScenario(`\ufeff${JSON.stringify(least)}`).ok).toBe(true);
  });

  test("a file that is too large is refused before it is read", () => {
    expect(parseScenario(`"${"é".repeat(MAX_FILE_BYTES / 2)}"`)).toEqual({
      ok: false,
      reason: "invalid",
      message: "This file is larger than 8192 KiB, the most that a scenario file may have.",
    });
  });
});

describe("a field that is given twice", () => {
  const rows: [string, string][] = [
    [
      '{\n  "version": 1,\n  "guest": "a",\n  "guest": "b"\n}',
      '"guest" is given twice: line 3, column 3, and again line 4, column 3',
    ],
    [
      '{"version": 1, "version": 2, "guest": ""}',
      '"version" is given twice: line 1, column 2, and again line 1, column 16',
    ],
    // the same value, the same name in other letters, a name of JavaScript's, none at all
    ['{"a": 1, "a": 1}', '"a" is given twice: line 1, column 2, and again line 1, column 10'],
    ['{"vmpl": 1, "vmp\\u006c": 2}', '"vmpl" is given twice: line 1, column 2, and again line 1, column 13'],
    ['{"__proto__": 1, "__proto__": 2}', '"__proto__" is given twice: line 1, column 2, and again line 1, column 18'],
    ['{"": 1, "": 2}', '"" is given twice: line 1, column 2, and again line 1, column 9'],
    [
      '{"version": 1, "guest": "",\n"machine": {"syscfg": {"snpEn": true, "snpEn": false}}}',
      '"snpEn" is given twice: line 2, column 24, and again line 2, column 39',
    ],
    [
      '{"version": 1, "guest": "",\n"stage": [{}, {"at": 1, "note": "", "at": 2}]}',
      '"at" is given twice: line 2, column 16, and again line 2, column 37',
    ],
    ['[{"b": 1,\r\n"b": 1}]', '"b" is given twice: line 1, column 3, and again line 2, column 1'],
  ];
  test.each(rows)("%j", (text, where) => {
    expect(parseScenario(text)).toEqual({ ok: false, reason: "invalid", message: `The field ${where}.` });
  });

  test.each([
    '{"version": 1, "guest": "", "machine": {"rest": {"guest": 1}}, "stage": [{"at": 1, "note": ""}, {"at": 2, "note": ""}]}',
    '{"version": 1, "guest": "{\\"guest\\": 1, \\"guest\\": 2}", "a": "b", "b": "a"}',
  ])("the same name in another object, or in a text, is another field: %j", (text) => {
    expect(parseScenario(text).ok).toBe(true);
  });

  test("is found wherever it stands, and none is found where there is none", () => {
    const names = fc.constantFrom("a", "b", "c", "a\n", "\u00e9");
    const tree = fc.letrec<{ json: [text: string, twice: boolean] }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.json({ maxDepth: 0 }).map((text): [string, boolean] => [text, false]),
        fc
          .array(tie("json"), { maxLength: 3 })
          .map((items): [string, boolean] => [
            `[${items.map(([text]) => text).join(" , ")}]`,
            items.some(([, twice]) => twice),
          ]),
        fc
          .array(fc.tuple(names, tie("json")), { maxLength: 3 })
          .map((fields): [string, boolean] => [
            `{${fields.map(([name, [text]]) => `${JSON.stringify(name)} : ${text}`).join(",\n")}}`,
            new Set(fields.map(([name]) => name)).size < fields.length || fields.some(([, [, twice]]) => twice),
          ]),
      ),
    })).json;
    fc.assert(
      fc.property(tree, ([text, twice]) => {
        const result = parseScenario(text);
        expect(!result.ok && / is given twice: /.test(result.message)).toBe(twice);
      }),
      { numRuns: 500 },
    );
  });

  test("is looked for in a megabyte without being noticed", () => {
    const text = JSON.stringify({ ...least, guest: 'log("\\n");\n'.repeat(60_000) });
    expect(text.length).toBeGreaterThan(900_000);
    const begun = performance.now();
    expect(parseScenario(text).ok).toBe(true);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

describe("versions", () => {
  test("a newer file is refused, and told from a wrong one", () => {
    expect(parseScenarioValue({ version: 3, guest: 5 })).toEqual({
      ok: false,
      reason: "newer",
      message:
        "version: this scenario has version 3, and this copy of snplay reads versions up to 2. Open it with a newer snplay.",
    });
  });

  test("version 1 opens without a note, and says what it was", () => {
    const result = parseScenarioValue({ version: 1, guest: "" });
    expect(result).toMatchObject({ ok: true, version: 1, notes: [], scenario: { version: 2 } });
    expect(parseScenarioValue(least)).toMatchObject({ ok: true, version: 2, notes: [] });
  });

  test("what version 1 kept without effect has none now, whatever its value, and is written back", () => {
    const machine = { vcpus: "many", slice: null, hvFeatures: 1, ciphertextHiding: 2, later: 3 };
    const old = { version: 1, guest: "", machine, attack: 4, goals: 5, expect: { end: "completed", log: 6 } };
    const scenario = parsed(old);
    expect(scenario.machine).toMatchObject({ ...defaultMachine(), "vcpus@1": "many", later: 3 });
    expect(scenario.machine.hvFeatures).toBeUndefined();
    const written = {
      version: 2,
      guest: "",
      machine: { "vcpus@1": "many", "slice@1": null, "hvFeatures@1": 1, "ciphertextHiding@1": 2, later: 3 },
      "attack@1": 4,
      "goals@1": 5,
      expect: { end: "completed", "log@1": 6 },
    };
    expect(JSON.parse(serializeScenario(scenario))).toEqual(written);
    expect(parsed(written)).toEqual(scenario);
  });

  const table: Migrations = {
    1: ({ level, ...rest }: Fields) => ({ ...rest, vmpl: level }),
    2: (old: Fields) => ({ ...old, title: `${old.title} (3)` }),
  };

  test("an older file takes every step between, in order, and keeps unknown fields", () => {
    const old = { version: 1, level: 2, title: "t", other: [1] };
    expect(migrate(old, 3, table)).toEqual({
      ok: true,
      from: 1,
      fields: { version: 3, vmpl: 2, title: "t (3)", other: [1] },
    });
    expect(old).toEqual({ version: 1, level: 2, title: "t", other: [1] });
  });

  test("a step that is missing is said, not skipped", () => {
    expect(migrate({ version: 1 }, 3, { 1: (old) => old })).toEqual({
      ok: false,
      reason: "invalid",
      message: "version: this scenario has version 1, and there is no way from version 2 to 3.",
    });
  });
});

describe("unknown fields", () => {
  const file = {
    ...least,
    future: { a: [1] },
    machine: { memoryMiB: 32, numa: 2, syscfg: { smt: true } },
    library: { coconut: "x" },
    view: { zoom: 3 },
    stage: [{ at: 1, note: "n", colour: "red" }],
  };

  test("are kept at every level, noted, and written back", () => {
    const result = parseScenarioValue(file);
    if (!result.ok) throw new Error(result.message);
    expect(result.notes.map((note) => note.split(":")[0])).toEqual([
      "future",
      "machine.numa",
      "machine.syscfg.smt",
      "library.coconut",
      "view.zoom",
      "stage[0].colour",
    ]);
    expect(JSON.parse(serializeScenario(result.scenario))).toEqual(file);
  });

  test("survive an edit of the fields beside them", () => {
    const scenario = parsed(file);
    const edited = { ...scenario, machine: { ...scenario.machine, vmpls: 2 }, vmpl: 1 as const };
    expect(JSON.parse(serializeScenario(edited))).toEqual({
      ...file,
      machine: { memoryMiB: 32, vmpls: 2, numa: 2, syscfg: { smt: true } },
      vmpl: 1,
    });
  });

  test("named like something of JavaScript's are plain fields", () => {
    const text = `{"version": 2, "guest": "", "__proto__": {"vmpl": 3}, "constructor": 1, "machine": {"__proto__": {"cores": 8}}}`;
    const result = parseScenario(text);
    if (!result.ok) throw new Error(result.message);
    expect(result.scenario.vmpl).toBe(0);
    expect(result.scenario.machine.cores).toBe(1);
    expect(JSON.parse(serializeScenario(result.scenario))).toEqual(JSON.parse(text));
  });
});

describe("writing", () => {
  test("defaults are left out", () => {
    expect(JSON.parse(serializeScenario(parsed(least)))).toEqual(least);
  });

  test("the order of fields does not depend on the order they were read in", () => {
    const a = parsed({ guest: "g", vmpl: 1, machine: { vmpls: 2, memoryMiB: 32 }, title: "t", version: 2 });
    const b = parsed({ version: 1, title: "t", machine: { memoryMiB: 32, vmpls: 2 }, vmpl: 1, guest: "g" });
    expect(serializeScenario(a)).toBe(serializeScenario(b));
  });

  test("what is written is read back the same, whatever the scenario", () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const text = serializeScenario(scenario);
        const result = parseScenario(text);
        expect(result).toMatchObject({ ok: true });
        if (!result.ok) return;
        expect(result.scenario).toEqual(scenario);
        expect(serializeScenario(result.scenario)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test("no value makes parsing throw", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom(...Object.keys(SCENARIO).filter((name) => name !== "version")),
        (junk, name) => {
          const result = parseScenarioValue({ ...least, [name]: junk });
          if (!result.ok) expect(result.message).toMatch(/^[a-z].*[.:].*\.$/i);
        },
      ),
      { numRuns: 500 },
    );
  });
});
