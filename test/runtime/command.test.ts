/** `npm run -s scenario`: what it prints and how it exits. design: JSON Lines, the end last and flat. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "snplay-command-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function command(content: string | object | null, ...more: string[]) {
  const file = join(folder, "scenario.json");
  if (content !== null) writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  const words = content === null ? more : [file, ...more];
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, "cli/scenario.ts", ...words], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const lines = stdout.trimEnd().split("\n");
  return { status, stdout, stderr: stderr.trimEnd(), lines, end: stdout ? JSON.parse(lines.at(-1) ?? "") : null };
}

const CHECK = 'import { enforce_vmpl0 } from "linux";\nexport function boot() {\n  enforce_vmpl0();\n}\n';

describe("the trace", () => {
  test("an object an event, n from 1, the end last and flat; expect holds", () => {
    const { status, lines, end, stderr } = command({
      version: 1,
      guest: CHECK,
      vmpl: 1,
      expect: { end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" },
    });
    expect([status, stderr]).toEqual([0, ""]);
    const objects = lines.slice(0, -1).map((line) => JSON.parse(line));
    const events = objects.filter(({ log }) => log === undefined);
    // KVM says that the guest asked for its end
    expect(objects.length).toBe(events.length + 1);
    expect(end).toEqual({
      end: "terminated",
      set: 1,
      code: 3,
      name: "GHCB_TERM_NOT_VMPL0",
      events: events.length,
      model: expect.stringMatching(/^\d+$/),
    });
    expect(events.map(({ n }) => n)).toEqual(events.map((_, i) => i + 1));
    const probe = events.find(({ op, fault }) => op === "rmpadjust" && !fault);
    expect(probe).toMatchObject({
      actor: "guest",
      vcpu: 0,
      vmpl: 1,
      cpl: 0,
      asid: 1,
      args: { gva: "0x8000", target: 1 },
      eax: 2,
      rule: "RMPADJUST_TARGET",
      at: { file: "linux" },
      caller: { file: "guest", line: 3, column: 3 },
    });
    const launched = events.find(({ op }) => op === "snp_launch_update");
    expect(launched.changed).toContainEqual({ spa: "0x801000", field: "validated", from: 0, to: 1 });
  });

  test("--vmpl runs another level, and expect is skipped then", () => {
    const file = { version: 1, guest: CHECK, vmpl: 1, expect: { end: "terminated" } };
    const { status, end } = command(file, "--vmpl", "0");
    expect([status, end.end]).toEqual([0, "completed"]);
  });

  test("expect that does not hold: exit code 1, a line for each key that differs, and the trace all the same", () => {
    const { status, end, stderr } = command({ version: 1, guest: CHECK, expect: { end: "terminated", set: 1 } });
    expect([status, end.end]).toEqual([1, "completed"]);
    const [first, second, ...more] = stderr.trimEnd().split("\n");
    expect(first).toMatch(/: expected end "terminated", and the run ended with "completed"$/);
    expect(second).toMatch(/: expected set 1, and the run ended with nothing there$/);
    expect(more).toEqual([]);
  });

  test("log lines and the guest's console stand where they happened; expect.log is a list of texts in order", () => {
    const file = {
      version: 2,
      guest: 'log("before");\nexport function boot() {\n  read8(0x1000);\n  log("one", 2);\n  read8(0x1000);\n}\n',
      hypervisor:
        'export function between(hv, n) {\n  if (n === 1) return log("n", n);\n  for (const c of "hi\\r\\nyou") hv.serial(c.charCodeAt(0));\n}\n',
      expect: { end: "completed", log: ["before", "one", "hi", "yo"] },
    };
    const { status, lines, stderr } = command(file);
    expect([status, stderr]).toEqual([0, ""]);
    const objects = lines.map((line) => JSON.parse(line));
    const reads = objects.filter(({ op }) => op === "read").map(({ n }) => n);
    const at = { actor: "guest", vcpu: 0, vmpl: 0 };
    expect(objects.filter(({ log }) => log !== undefined)).toEqual([
      { log: "before", after: 0, ...at },
      { log: "n 1", after: reads[0] - 1, ...at, actor: "hypervisor" },
      { log: "one 2", after: reads[0], ...at },
      { log: "hi", after: reads[0], ...at, console: 1 },
      { log: "you", after: reads[1], ...at, console: 1 },
    ]);
    const places = objects.map(({ log, n, after }) => (log === undefined ? n : after)).slice(0, -1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));

    const wrong = command({ ...file, expect: { log: ["one", "before"] } });
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toMatch(/: expected "before" in the log, and no line after line 3 has it$/);
  });

  test("a hung program", () => {
    const { status, end } = command({
      version: 1,
      guest: 'export function boot() { new Array(2 ** 31).join(""); }',
      expect: { end: "fuel", limit: "time" },
    });
    expect([status, end.end, end.limit]).toEqual([0, "fuel", "time"]);
  });
});

describe("no scenario: exit code 2, and one line that says where it is wrong", () => {
  test.each<[string, string | object | null, string[], RegExp]>([
    ["no JSON", '{ "version": 1,\n  "guest": }', [], /scenario\.json: .*line 2/],
    ["no guest", { version: 1 }, [], /scenario\.json: guest: missing/],
    ["a newer version", { version: 99, guest: "" }, [], /scenario\.json: .*99/],
    ["a wrong field", { version: 1, guest: "", vmpl: 7 }, [], /scenario\.json: vmpl/],
    ["no such file", null, ["nowhere.json"], /nowhere\.json: there is no such file/],
    ["no file", null, [], /^usage: /],
    ["two files", null, ["a.json", "b.json"], /^usage: /],
    ["a wrong level", { version: 1, guest: "" }, ["--vmpl", "4"], /--vmpl must be 0, 1, 2 or 3/],
    [
      "a level that the machine lacks",
      { version: 1, guest: "", machine: { vmpls: 2 } },
      ["--vmpl", "2"],
      /VMPL 0 to 1/,
    ],
  ])("%s", (_what, content, more, message) => {
    const { status, stdout, stderr } = command(content, ...more);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.split("\n").length).toBe(1);
  });
});
