/** Lines that are no vectors: each is refused, and the message names file, line and what is wrong. */
import { describe, expect, it } from "vitest";
import { writeOperation } from "../../cli/operation";
import { describeFailure, MalformedVector, matches, parseVectors, printCase, runVectors } from "../../cli/vectors";

const CONFIG = { pages: 512, covered: 512, sss: true, vmpls: 4 };
const CASE = JSON.stringify({ case: "x", config: CONFIG });
const UPDATE = { op: "rmpupdate", spa: "0x1000", gpa: "0x1000", asid: 1, assigned: true, immutable: false, size: "4K" };
const PVALIDATE = { op: "pvalidate", asid: 1, vmpl: 0, cpl: 0, gva: "0x1000", size: "4K", validate: true };
const EXPECT = { expect: { eax: 0 } };

function without(line: object, field: string): object {
  return Object.fromEntries(Object.entries(line).filter(([name]) => name !== field));
}

/** [what is wrong, the line, what the message must say] */
type BadLine = [title: string, line: unknown, says: string];

const OPERATIONS: BadLine[] = [
  ["text that is no JSON", "{oops", "not JSON"],
  ["half a line", '{"op":"psmash","spa":"0x0"', "not JSON"],
  ["a number", "7", "must be a JSON object"],
  ["null", "null", "must be a JSON object"],
  ["a list", "[]", "must be a JSON object"],
  ["a field twice", `{"op":"psmash","spa":"0x0","spa":"0x200000","expect":{"eax":0}}`, 'field "spa" is given twice'],
  ["a field of expect twice", `{"op":"psmash","spa":"0x0","expect":{"eax":0,"eax":1}}`, 'field "eax" is given twice'],
  [
    "expect twice",
    `{"op":"psmash","spa":"0x0","expect":{"eax":0},"expect":{"eax":1}}`,
    'field "expect" is given twice',
  ],
  ["no op", without({ ...UPDATE, ...EXPECT }, "op"), '"op" is missing'],
  ["an unknown op", { op: "rmpdestroy", ...EXPECT }, 'unknown op "rmpdestroy"'],
  ["an op that is the name of a method", { op: "toString", ...EXPECT }, 'unknown op "toString"'],
  ["an op that is no string", { op: 3, ...EXPECT }, "unknown op 3"],
  ...["spa", "gpa", "asid", "assigned", "immutable", "size"].map(
    (field): BadLine => [`no ${field}`, without({ ...UPDATE, ...EXPECT }, field), `rmpupdate: "${field}" is missing`],
  ),
  ["a size that is none", { ...UPDATE, size: "1G", ...EXPECT }, '"size" must be "4K" or "2M", got "1G"'],
  ["an address as a number", { ...UPDATE, spa: 4096, ...EXPECT }, '"spa" must be a hex string'],
  ["an address in decimal", { ...UPDATE, spa: "4096", ...EXPECT }, '"spa" must be a hex string'],
  ["an address with a letter too many", { ...UPDATE, spa: "0x10g0", ...EXPECT }, '"spa" must be a hex string'],
  ["0x alone", { ...UPDATE, spa: "0x", ...EXPECT }, '"spa" must be a hex string'],
  ["a negative address", { ...UPDATE, spa: "-0x1000", ...EXPECT }, '"spa" must be a hex string'],
  ["an address beyond 52 bits", { ...UPDATE, spa: "0x10000000000000", ...EXPECT }, '"spa" must be below 2^52'],
  ["an ASID as a string", { ...UPDATE, asid: "1", ...EXPECT }, '"asid" must be an integer'],
  ["a fractional ASID", { ...UPDATE, asid: 1.5, ...EXPECT }, '"asid" must be an integer'],
  ["a negative ASID", { ...UPDATE, asid: -1, ...EXPECT }, '"asid" must be an integer'],
  ["a flag that is neither", { ...UPDATE, assigned: 2, ...EXPECT }, '"assigned" must be true, false, 1 or 0'],
  ["a flag as a string", { ...UPDATE, immutable: "true", ...EXPECT }, '"immutable" must be true, false, 1 or 0'],
  ["a field too many", { ...UPDATE, vmpl: 0, ...EXPECT }, 'unknown field "vmpl"'],
  ["VMPL 4", { ...PVALIDATE, vmpl: 4, ...EXPECT }, '"vmpl" must be an integer from 0 to 3'],
  ["CPL 4", { ...PVALIDATE, cpl: 4, ...EXPECT }, '"cpl" must be an integer from 0 to 3'],
  ["no validate", without({ ...PVALIDATE, ...EXPECT }, "validate"), '"validate" is missing'],
  [
    "a mask of nine bits",
    {
      op: "rmpadjust",
      asid: 1,
      vmpl: 0,
      cpl: 0,
      gva: "0x0",
      size: "4K",
      target: 1,
      perms: "0x100",
      vmsa: 0,
      ...EXPECT,
    },
    '"perms" must be below 2^8',
  ],
  ["no expect", UPDATE, '"expect" is missing'],
  ["expect that is a number", { ...UPDATE, expect: 0 }, '"expect" must be an object'],
  ["empty expect", { ...UPDATE, expect: {} }, '"expect" must be an object with fields'],
  ["expect with an unknown field", { ...UPDATE, expect: { rax: 0 } }, 'expect: unknown field "rax"'],
  ["eax as a string", { ...UPDATE, expect: { eax: "0" } }, 'expect: "eax" cannot be "0"'],
  ["a fault that is none", { ...UPDATE, expect: { fault: "#UD", error: "0x0" } }, 'expect: "fault" cannot be "#UD"'],
  ["an error that is not hex", { ...UPDATE, expect: { fault: "#GP", error: 0 } }, 'expect: "error" cannot be 0'],
  ["ok: false", { ...UPDATE, expect: { ok: false } }, 'expect: "ok" cannot be false'],
  ["perms of three VMPLs", { ...UPDATE, expect: { perms: ["0x0", "0x0", "0x0"] } }, 'expect: "perms" cannot be'],
  [
    "data in a case without contents",
    { op: "guest-read", asid: 1, vmpl: 0, cpl: 0, gva: "0x0", len: 8, expect: { ok: true } },
    '"len" needs a case whose config has "contents"',
  ],
  [
    "data across the end of a page",
    { op: "host-read", spa: "0xffc", size: "4K", len: 8, expect: { ok: true } },
    "8 bytes there would cross the end of the page",
  ],
  [
    "a value without a length",
    { op: "host-write", spa: "0x0", size: "4K", value: "0x1", expect: { ok: true } },
    '"value" needs "len"',
  ],
  [
    "a length without a value",
    { op: "host-write", spa: "0x0", size: "4K", len: 8, expect: { ok: true } },
    '"len" needs "value"',
  ],
  [
    "a value wider than its length",
    { op: "host-write", spa: "0x0", size: "4K", len: 1, value: "0x100", expect: { ok: true } },
    '"value" is wider than "len"',
  ],
  ["a length that is none", { op: "host-read", spa: "0x0", size: "4K", len: 2, expect: { ok: true } }, '"len" must be'],
];

const CASES: BadLine[] = [
  ["no name", { case: "", config: CONFIG }, '"case" must be a name'],
  ["a name that is a number", { case: 1, config: CONFIG }, '"case" must be a name'],
  ["a field of config twice", `{"case":"y","config":{"pages":512,"pages":1024}}`, 'field "pages" is given twice'],
  ["no config", { case: "y" }, '"config" is missing'],
  ["config that is a list", { case: "y", config: [] }, '"config" must be an object'],
  ["a field too many", { case: "y", config: CONFIG, op: "psmash" }, 'unknown field "op"'],
  ["no pages", { case: "y", config: without(CONFIG, "pages") }, '"pages" must be a multiple of 512'],
  ["0 pages", { case: "y", config: { ...CONFIG, pages: 0, covered: 0 } }, '"pages" must be a multiple of 512'],
  ["pages not in 2 MiB", { case: "y", config: { ...CONFIG, pages: 513 } }, '"pages" must be a multiple of 512'],
  ["pages as a string", { case: "y", config: { ...CONFIG, pages: "512" } }, '"pages" must be a multiple of 512'],
  ["covered not in 2 MiB", { case: "y", config: { ...CONFIG, covered: 1 } }, '"covered" must be a multiple of 512'],
  ["covered beyond pages", { case: "y", config: { ...CONFIG, covered: 1024 } }, '"covered" must not exceed "pages"'],
  ["five VMPLs", { case: "y", config: { ...CONFIG, vmpls: 5 } }, '"vmpls" must be an integer from 1 to 4'],
  ["no VMPL", { case: "y", config: { ...CONFIG, vmpls: 0 } }, '"vmpls" must be an integer from 1 to 4'],
  ["sss as a number", { case: "y", config: { ...CONFIG, sss: 1 } }, '"sss" must be true or false'],
  ["an unknown option", { case: "y", config: { ...CONFIG, cores: 2 } }, 'config: unknown field "cores"'],
  ["an unknown check", { case: "y", config: { ...CONFIG, checksOff: ["all"] } }, 'unknown check "all"'],
];

function refused(text: string): MalformedVector {
  try {
    parseVectors(text, "some.jsonl");
  } catch (error) {
    if (error instanceof MalformedVector) return error;
    throw error;
  }
  throw new Error("was not refused");
}

function textOf(line: unknown): string {
  return typeof line === "string" ? line : JSON.stringify(line);
}

describe("a malformed line is refused with file, line and reason", () => {
  it.each(OPERATIONS)("operation: %s", (_title, line, says) => {
    const error = refused(`${CASE}\n${JSON.stringify({ ...UPDATE, ...EXPECT })}\n${textOf(line)}\n`);
    expect(error.message).toMatch(/^some\.jsonl:3: /);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("\n");
  });

  it.each(CASES)("case: %s", (_title, line, says) => {
    const error = refused(`${CASE}\n\n${textOf(line)}`);
    expect(error.message).toMatch(/^some\.jsonl:3: /);
    expect(error.message).toContain(says);
  });

  it("an operation before the first case", () => {
    const error = refused(JSON.stringify({ ...UPDATE, ...EXPECT }));
    expect(error.message).toBe('some.jsonl:1: operation before the first "case"');
  });

  it("a file without a case", () => {
    expect(refused("\n\n").message).toBe('some.jsonl:1: no "case" in the file');
  });
});

describe("what is not malformed", () => {
  it("flags as 0 and 1, hex in capitals and with leading zeros, empty lines, CRLF", () => {
    const update = { ...UPDATE, spa: "0x0001000", gpa: "0xABC000", assigned: 1, immutable: 0, ...EXPECT };
    const [parsed] = parseVectors(`${CASE}\r\n\r\n${JSON.stringify(update)}\r\n`, "f");
    const read = { op: "rmpupdate", spa: 0x1000, gpa: 0xabc000, asid: 1, assigned: true, immutable: false, size: "4K" };
    expect(parsed?.steps[0]?.operation).toEqual(read);
    expect(parsed?.steps[0]?.line).toBe(3);
  });

  it("a case reads back as it was printed", () => {
    const config = { ...CONFIG, contents: true, checksOff: ["immutable" as const] };
    const operation = { op: "host-write" as const, spa: 0x1000, size: "4K" as const, len: 8, value: 0xabcn };
    const text = printCase("round", config, [{ operation, expect: { ok: true } }]);
    const [parsed] = parseVectors(text, "f");
    expect(parsed?.config).toEqual(config);
    expect(parsed?.steps[0]?.operation).toEqual(operation);
    expect(writeOperation(operation)).toEqual({ op: "host-write", spa: "0x1000", size: "4K", len: 8, value: "0xabc" });
  });
});

describe("comparing results", () => {
  it.each([
    [{ eax: 0 }, { eax: 0 }, true],
    [{ eax: 0 }, { eax: 1 }, false],
    [{ eax: 0 }, { eax: 0, cf: 0 }, false],
    [{ eax: 0, cf: 0 }, { eax: 0 }, false],
    [{ eax: 0 }, {}, false],
    [{ eax: 0 }, undefined, false],
    [{ cf: 1, eax: 0 }, { eax: 0, cf: 1 }, true],
    [{ error: "0x1F" }, { error: "0x1f" }, true],
    [{ error: "0x001f" }, { error: "0x1f" }, true],
    [{ error: "0x1f" }, { error: "0x1e" }, false],
    [{ vmsa: true }, { vmsa: 1 }, true],
    [{ perms: ["0x1f", "0x0", "0x0", "0x0"] }, { perms: ["0x1f", "0x0", "0x0", "0x1"] }, false],
    [{ ok: true, value: "noise" }, { ok: true, value: "0x77" }, true],
    [{ ok: true, value: "noise" }, { ok: true }, false],
    [{ ok: true }, { fault: "#VC", error: "0x404" }, false],
  ])("%j and %j: %s", (expected, got, same) => {
    expect(matches(expected, got)).toBe(same);
  });

  it("a wrong answer is counted, told in full, and the case goes on", () => {
    const cases = parseVectors(`${CASE}\n${JSON.stringify({ ...UPDATE, ...EXPECT })}\n`, "f.jsonl");
    const { passed, failures } = runVectors([...cases, ...cases], () => ({ apply: () => ({ eax: 4 }) }));
    expect(passed).toBe(0);
    expect(failures.map(describeFailure)).toEqual(
      new Array(2).fill(`f.jsonl:2: ${JSON.stringify(UPDATE)} expected {"eax":0} got {"eax":4}`),
    );
  });
});
