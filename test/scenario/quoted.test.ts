/** What is quoted from input, in sentences of the page and of the commands. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readArguments } from "../../cli/digest-arguments";
import { digestCommand } from "../../cli/digest-command";
import { readPageList } from "../../cli/digest-list";
import { describeFailure, parseVectors } from "../../cli/vectors";
import { endLabel, endSentence } from "../../web/manual/ends";
import { wrap } from "../../web/manual/text";
import { parseScenario } from "../../web/scenario/parse";
import { plain, plainLines, printableJson, shown } from "../../web/scenario/quoted";

/** Moves a terminal's cursor, changes its title, or turns the direction of writing. */
const MOVES = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

const EVIL = "\x1b]0;title\x07\x1b[2J\x9b31m\u202e\u2066\ud800\u2028\x7f\u{e0041}\ufeff\n";

describe("a quotation", () => {
  test.each([
    [plain("a\tb\r\nc"), "a b c"],
    [plain(EVIL), "\\u001b]0;title\\u0007\\u001b[2J\\u009b31m\\u202e\\u2066\\ud800\\u2028\\u007f\\u{e0041}\\ufeff "],
    [plain("x".repeat(1002)), `${"x".repeat(1000)}… (2 more characters)`],
    [plain(`${"x".repeat(9)}😀y`, 10), `${"x".repeat(9)}… (2 more characters)`],
    [plainLines("a\r\n\tb\x1b"), "a\n\tb\\u001b"],
    [plain("Привет, мир! 你好 😀 é"), "Привет, мир! 你好 😀 é"],
    [shown("boot"), '"boot"'],
    [
      shown(EVIL, 200),
      `"\\u001b]0;title\\u0007\\u001b[2J\\u009b31m\\u202e\\u2066\\ud800\\u2028\\u007f\\u{e0041}\\ufeff\\n"`,
    ],
    [shown("x".repeat(50)), `"${"x".repeat(36)}...`],
    [shown(undefined), "missing"],
    [shown(JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)), "something that cannot be shown"],
  ])("%#: %s", (said, expected) => {
    expect(said).toBe(expected);
  });

  test("of any text: nothing that moves, and bounded", () => {
    const texts = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.constantFrom(EVIL, EVIL.repeat(1000)));
    fc.assert(
      fc.property(texts, fc.integer({ min: 3, max: 100 }), (text, most) => {
        for (const said of [plain(text, most), shown(text, most), shown({ [text]: text }, most)]) {
          expect(said).not.toMatch(MOVES);
          expect(said.length).toBeLessThanOrEqual(most + 40);
        }
        expect(plainLines(text, most).replace(/[\t\n]/g, "")).not.toMatch(MOVES);
      }),
    );
  });

  test("JSON stays what it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = printableJson(JSON.stringify({ text, evil: EVIL }));
        expect(json).not.toMatch(MOVES);
        expect(JSON.parse(json)).toEqual({ text, evil: EVIL });
      }),
    );
  });
});

/** The message of what is thrown, or of a reading that failed. */
function refusal(read: () => unknown): string {
  try {
    const result = read() as { message?: string };
    return result.message ?? "";
  } catch (error) {
    return (error as Error).message;
  }
}

const json = (text: string) => JSON.stringify(text);
const LINE = '{"case": "c", "config": {"pages": 512, "covered": 512, "vmpls": 4, "sss": true}}\n';
const vector = (line: string) => () => parseVectors(LINE + line, `${EVIL}.jsonl`);
const scenario = (fields: string) => () => parseScenario(`{"version": 1, "guest": "", ${fields}}`);
const page = (fields: string) => () => readPageList(`{"pages": [{${fields}}]}`);
const LONG = EVIL.repeat(10_000);

describe("what is wrong is said without what moves, in a bounded sentence", () => {
  const rows: [name: string, read: () => unknown][] = [
    ["an escape that JSON has not", () => parseScenario('{"a": "\\\x1b"}')],
    ["an escape that JSON has not, of two halves", () => parseScenario('{"a": "\\\u{e0041}"}')],
    ["a field given twice", scenario(`${json(LONG)}: 1, ${json(LONG)}: 2`)],
    ["a version", () => parseScenario(`{"version": ${json(LONG)}}`)],
    ["a library module's name", scenario(`"library": {${json(LONG)}: 1}`)],
    ["a host's name", scenario(`"machine": {"host": ${json(LONG)}}`)],
    ["an unknown field of a vector", vector(`{"op": "psmash", "spa": "0x0", ${json(LONG)}: 1, "expect": {"eax": 0}}`)],
    ["an unknown field of expect", vector(`{"op": "psmash", "spa": "0x0", "expect": {${json(LONG)}: 0}}`)],
    ["a value of expect", vector(`{"op": "psmash", "spa": "0x0", "expect": {"eax": ${json(LONG)}}}`)],
    ["an operation", vector(`{"op": ${json(LONG)}, "expect": {"eax": 0}}`)],
    ["an operand", vector(`{"op": "psmash", "spa": ${json(LONG)}, "expect": {"eax": 0}}`)],
    ["a line that is no JSON", vector(`{"op": "\x1b[2J${LONG}`)],
    ["a line that is no JSON, at its very beginning", vector(`\x1b[2J${LONG}`)],
    ["an unknown field of a case", vector(`{"case": "d", ${json(LONG)}: 1}`)],
    ["an unknown field of config", vector(`{"case": "d", "config": {${json(LONG)}: 1}}`)],
    ["a field given twice on a line", vector(`{${json(LONG)}: 1, ${json(LONG)}: 1}`)],
    ["an unknown field of a page", page(`${json(LONG)}: 1`)],
    ["a page's type", page(`"type": ${json(LONG)}`)],
    ["a page's GPA", page(`"type": 3, "gpa": ${json(LONG)}`)],
    ["a page's GPA of too many digits", page(`"type": 3, "gpa": "0x${"f".repeat(100_000)}"`)],
    ["an option", () => readArguments([`--${LONG}`])],
    ["an option's value", () => readArguments(["--ovmf", "x", "--vcpus", LONG])],
    ["a file beside an image", () => readArguments(["--ovmf", "x", LONG])],
  ];
  test.each(rows)("%s", (_, read) => {
    const said = refusal(read);
    expect(said).not.toBe("");
    expect(said.replace(/\n/g, "")).not.toMatch(MOVES);
    expect(said.length).toBeLessThan(1600);
  });

  test("unknown fields are counted, and named only up to three", () => {
    const fields = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`field${i}${EVIL}`, 1]));
    const parsed = parseScenario(JSON.stringify({ version: 1, guest: "", ...fields }));
    if (!parsed.ok) throw new Error(parsed.message);
    expect(parsed.notes).toHaveLength(1);
    expect(parsed.notes[0]).toMatch(/^field0.*, field1.*, field2.* and 69997 more: not known here/);
    expect(parsed.notes[0]).not.toMatch(MOVES);
    expect(Object.keys(parsed.scenario.rest ?? {})).toHaveLength(70_000);
  });

  test("a file that is not there", async () => {
    const said: string[] = [];
    await digestCommand(
      [EVIL],
      async () => {},
      (line) => void said.push(line),
    );
    expect(said.join("")).toMatch(/cannot be read/);
    expect(said.join("")).not.toMatch(MOVES);
  });

  test("a failed vector", () => {
    const expected = { value: EVIL };
    const operation = { op: "psmash", spa: 0 } as const;
    const line = describeFailure({ file: EVIL, line: 1, case: EVIL, operation, expected, got: expected });
    expect(line).not.toMatch(MOVES);
  });

  test.each([
    { end: "stopped", reason: "hypervisor", text: LONG },
    { end: "refused", status: LONG },
    { end: "error", file: "guest", line: 1, column: 1, message: LONG },
  ] as const)("an end: $end", (end) => {
    expect(endSentence(end)).not.toMatch(MOVES);
    expect(endSentence(end).length).toBeLessThan(1200);
    expect(endLabel(end)).not.toMatch(MOVES);
    expect(endLabel(end).length).toBeLessThan(100);
    expect(wrap(LONG.slice(0, 1000)).join("")).not.toMatch(MOVES);
  });
});

describe("on a terminal", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "snplay-words-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function command(name: string, ...words: string[]) {
    const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, `cli/${name}.ts`, ...words], {
      cwd: root,
      encoding: "utf8",
    });
    return { status, said: stdout + stderr };
  }

  const rows: [name: string, words: () => string[], status: number, says: RegExp][] = [
    ["scenario", () => ["test/hostile/cli-terminal-escape-expect.json"], 1, /expected \\u001b\]0;title taken/],
    ["scenario", () => ["test/hostile/cli-terminal-escape-library.json"], 2, /library\.\\u001b\]0;title taken/],
    ["scenario", () => ["\x1b[2J.json"], 2, /^\\u001b\[2J\.json: there is no such file/],
    [
      "scenario",
      () => [file("end.json", { version: 1, guest: THROWS })],
      0,
      /"message":"Error: \\u001b\[2J\\u009b\\u202e/,
    ],
    ["conformance", () => [file("line.jsonl", `${LINE}{"op": "\x1b[2J"}`)], 2, /line\.jsonl:2: not JSON: column 9/],
    ["conformance", () => ["\x1b[2J.jsonl"], 2, /^\\u001b\[2J\.jsonl: cannot be read/],
    ["digest", () => ["--\x1b[2J"], 2, /no such option: --\\u001b\[2J/],
    ["start", () => ["--\x1b[2J"], 1, /\\u001b\[2J/],
  ];
  const THROWS = 'export function boot() { throw new Error("\\x1b[2J\\x9b\\u202e"); }';
  function file(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }
  test.each(rows)("%s, %#", (name, words, status, says) => {
    const answer = command(name, ...words());
    expect(answer.said).toMatch(says);
    expect(answer.status).toBe(status);
    expect(answer.said.replace(/\n/g, "")).not.toMatch(MOVES);
  });
});
