import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../web/core/event";
import { COLUMNS, stepText, traceText, wrap } from "../../web/manual/text";
import type { End } from "../../web/runtime/protocol";
import { OP_NAMES } from "../../web/trace/operations";

const event: TraceEvent = {
  n: 12,
  actor: "guest",
  vcpu: 0,
  vmpl: 1,
  cpl: 0,
  asid: 1,
  op: "pvalidate",
  args: { gva: "0x200000", size: "4K", validate: 1 },
  fault: "#GP",
  error: "0x0",
  rule: "PVALIDATE_VMPL",
  at: { file: "linux", line: 40, column: 3 },
  caller: { file: "guest", line: 7, column: 1 },
};

const found = [
  { rule: "PVALIDATE_CPL", outcome: "passed", left: "0x0", right: "0x0" },
  { rule: "PVALIDATE_VMPL", outcome: "failed", left: "0x1", right: "0x0" },
  { rule: "PVALIDATE_ALIGNED", outcome: "not reached" },
] as const;

test("a step, as it stands in a mail", () => {
  expect(stepText(event, found, { title: "The boot check", of: 48, model: "1" })).toBe(`The boot check
Step 12 of 48: guest, vCPU 0, VMPL1, CPL0, ASID 1, model 1

  pvalidate gva=0x20_0000 size=4K validate=1
  at guest line 7

PVALIDATE refused: this vCPU runs at VMPL1 and only VMPL0 may validate.
#GP(0)

Checks, in order:
ok           Does the vCPU run at CPL0?
             found 0, wanted 0
             [APM vol. 3, PVALIDATE (not read); assumed]
FAILED       Does the vCPU run at VMPL0?
             found VMPL1, wanted VMPL0
             [APM vol. 3, PVALIDATE, as B. Singh (AMD) cites it, LKML,
             13 Aug 2021; verified]
             To pass: Run this code at VMPL0, or let an SVSM at VMPL0
             validate the page.
not reached  Asked for 2M: is the address 2M aligned?
`);
});

test("a trace, as it stands in a mail", () => {
  const update: TraceEvent = {
    ...event,
    n: 9,
    actor: "hypervisor",
    op: "rmpupdate",
    args: { spa: "0x801000", gpa: "0x200000", asid: 1, assigned: 1, immutable: 0, size: "4K" },
    eax: 0,
    fault: undefined,
    error: undefined,
    rule: undefined,
  } as unknown as TraceEvent;
  const end: End = { end: "shutdown", vector: 13, errorCode: 0 };
  expect(traceText([update, event], end, { title: "The boot check" })).toBe(`The boot check
2 events

 9  hv        RMPUPDATE gave page 0x80_1000 to ASID 1 as gpa 0x20_0000:
              VMPL0 gets every permission, the others none.
              EAX=0
12  v0 VMPL1  PVALIDATE refused: this vCPU runs at VMPL1 and only VMPL0
              may validate.
              #GP(0)

The guest took #GP(0) and had no handler: shutdown.
`);
});

test("changed fields are listed, and counted when there are too many", () => {
  const changed = Array.from({ length: 20 }, (_, i) => ({ spa: "0x801000", field: "validated", from: 0, to: i }));
  const lines = stepText({ ...event, changed }, []).split("\n");
  expect(lines).toContain("  0x80_1000 validated: 0 -> 15");
  expect(lines).not.toContain("  0x80_1000 validated: 0 -> 16");
  expect(lines).toContain("  and 4 more");
});

describe("wrap", () => {
  const texts = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", "\t", "\u2028", "é", "😀"), maxLength: 400 });
  const lead = fc.string({ unit: fc.constantFrom(" ", "x", "12"), maxLength: 30 });

  test("no line is longer than asked, no letter is lost, order is kept", () => {
    fc.assert(
      fc.property(texts, lead, fc.integer({ min: 4, max: 90 }), (text, first, columns) => {
        fc.pre(Array.from(first).length < columns);
        const lines = wrap(text, first, columns);
        for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(columns);
        const letters = (words: string) => words.replace(/\s/g, "");
        expect(letters(lines.join(""))).toBe(letters(first + text));
      }),
    );
  });

  test("words stay whole where they fit", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1, maxLength: 60 }), (words) => {
        const lines = wrap(words.join(" "), "    ", 40);
        expect(lines.flatMap((line) => line.trim().split(" "))).toEqual(words);
        for (const line of lines) expect(line).toMatch(/^ {4}\S/);
      }),
    );
  });

  test("a word longer than the line is cut, and the rest goes on", () => {
    expect(wrap("abcdefghij kl", "> ", 6)).toEqual(["> abcd", "  efgh", "  ij", "  kl"]);
    expect(wrap("kl abcdefghij", "", 6)).toEqual(["kl", "abcdef", "ghij"]);
    expect(wrap("")).toEqual([""]);
  });
});

test("72 columns, whatever an event carries", () => {
  const long = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.bigInt(0n, 2n ** 64n - 1n).map((n) => `0x${n.toString(16)}`),
    fc.integer(),
  );
  const some = fc.dictionary(
    fc.constantFrom("gva", "spa", "gpa", "size", "target", "perms", "msr", "value", "length"),
    long,
  );
  const events = fc.record({
    op: fc.constantFrom(...OP_NAMES),
    args: some.map((args) => ({ msr: "0x2", ...args })),
    result: some,
    rule: fc.constantFrom("RMP_GPA", "RMPADJUST_SUBSET", "FROZEN_MSR", "nothing"),
    fault: fc.constantFrom(undefined, "#PF", "#NPF", "#VC"),
    exitinfo1: fc.constantFrom("0xffffffffffffffff", "0x0"),
    exitinfo2: fc.constant("0xfffffffffffff000"),
    error: fc.constant("0xffffffff"),
    cr2: fc.constant("0xffffffffffffffff"),
    file: fc.string({ unit: "grapheme", maxLength: 120 }),
    title: fc.string({ unit: "grapheme", maxLength: 200 }),
    text: fc.string({ unit: "grapheme", maxLength: 300 }),
  });
  fc.assert(
    fc.property(events, ({ file, title, text, ...rest }) => {
      const at = { file, line: 2 ** 31, column: 1 };
      const whole = { ...event, ...rest, n: 999_999_999, at, caller: at } as unknown as TraceEvent;
      const reasons = found.map((reason) => ({ ...reason, left: "0xffffffffffffffff", right: "0xffffffffffffffff" }));
      const end: End = { end: "error", message: text, file, line: 1, column: 1 };
      for (const out of [stepText(whole, reasons, { title, model: title }), traceText([whole], end, { title })]) {
        expect(out.endsWith("\n")).toBe(true);
        for (const line of out.split("\n")) expect(Array.from(line).length).toBeLessThanOrEqual(COLUMNS);
      }
    }),
  );
});
