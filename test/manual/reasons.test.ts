/**
 * Random operations on a real core: whatever happened, the ladder that is shown is the whole ladder, the rung that
 * failed is the one the event names, and every text about it is a sentence within 72 columns.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Rule, Size } from "../../assembly/abi";
import type { Machine } from "../../web/core/machine";
import { codes } from "../../web/manual/codes";
import { compared } from "../../web/manual/compared";
import { sentence } from "../../web/manual/sentences";
import { COLUMNS, stepText, traceText } from "../../web/manual/text";
import { CHECK_NAMES } from "../../web/scenario/schema";
import { type AnyOp, ladder, opNamed } from "../../web/trace/operations";
import { reasons } from "../../web/trace/reasons";
import { ASID, firmware, guest, host, machine, ready, withChanges } from "./machine";

/** Few addresses, so that operations meet: pages in two 2 MiB regions, a 2M one, uncovered and odd ones. */
const address = fc.constantFrom(0x1000, 0x2000, 0x20_0000, 0x20_1000, 0x40_0000, 0x5f_f000, 0x60_0000, 0x20_1008);
const size = fc.constantFrom(Size.S4K, Size.S2M);
const bit = fc.constantFrom(0, 1);
const yes = fc.boolean();
const level = fc.nat(4);
const mask = fc.nat(31);
const length = fc.constantFrom(1, 8, 4096);
const asid = fc.constantFrom(0, ASID, 2);
const register = fc.constantFrom(0xc0010130, 0xc0010131, 0xc0010010, 0xc0010015, 0xc0010132, 0xc001001a, 0x26a, 0x1b);

type Act = (m: Machine) => unknown;
const act = <T extends unknown[]>(
  parts: { [K in keyof T]: fc.Arbitrary<T[K]> },
  run: (m: Machine, ...args: T) => unknown,
) =>
  fc.tuple<T>(...parts).map(
    (args): Act =>
      (m) =>
        run(m, ...args),
  );

const who = fc.oneof(
  fc.tuple(fc.nat(3), fc.constantFrom(0, 0, 0, 3)).map(
    ([vmpl, cpl]): Act =>
      (m) =>
        guest(m, vmpl, cpl),
  ),
  fc.constant<Act>((m) => guest(m)),
);

const operations = fc.oneof(
  act([address, size, bit], (m, gva, s, on) => m.pvalidate(gva, s, on)),
  act([address, size, level, mask, bit], (m, gva, s, target, perms, vmsa) => m.rmpadjust(gva, s, target, perms, vmsa)),
  act([address, level], (m, gva, target) => m.rmpquery(gva, target)),
  act([address, length], (m, gva, n) => m.guestRead(gva, n)),
  act([address, length], (m, gva, n) => m.guestWrite(gva, n, 7n)),
  act([address], (m, gva) => m.guestFetch(gva)),
  act([address, address, bit, bit, bit, bit, bit], (m, gva, gpa, c, p, w, u, x) =>
    m.gptMap(ASID, gva, { gpa, c, p, w, u, x }),
  ),
  act([register, fc.bigInt(0n, 2n ** 64n - 1n)], (m, msr, value) => m.wrmsr(msr, value)),
  act([register], (m, msr) => m.rdmsr(msr)),
  act([], (m) => m.vmgexit()),
);

const hostOperations = fc.oneof(
  act([address, address, asid, yes, yes, size], (m, spa, gpa, id, on, fixed, s) =>
    m.rmpupdate(spa, gpa, id, on, fixed, s),
  ),
  act([address, address, size], (m, spa, gpa, s) => m.rmpupdate(spa, gpa, ASID, true, false, s)),
  act([address], (m, spa) => m.psmash(spa)),
  act([address], (m, spa) => m.rmpread(spa)),
  act([address], (m, spa) => m.vmrun(spa)),
  act([address, size, length], (m, spa, s, n) => m.hostRead(spa, s, n)),
  act([address, size, length], (m, spa, s, n) => m.hostWrite(spa, s, n, 7n)),
  act([address, address, size, yes, yes], (m, gpa, spa, s, w, x) => m.nptMap(ASID, gpa, spa, s, w, x)),
  act([address, size], (m, gpa, s) => m.nptUnmap(ASID, gpa, s)),
  act([fc.nat(1), register, fc.constantFrom(0n, 0x388_0000n, 1n)], (m, core, msr, value) =>
    m.hostWrmsr(core, msr, value),
  ),
  act([fc.nat(1), register], (m, core, msr) => m.hostRdmsr(core, msr)),
  act([fc.nat(255)], (m, users) => m.inUse(users)),
);

const firmwareOperations = fc.oneof(
  act([], (m) => m.snpInit()),
  act([address], (m, spa) => m.gctxCreate(spa)),
  act([address, fc.constantFrom(0n, 0x2_0000n)], (m, spa, policy) => m.launchStart(spa, policy)),
  act([address, asid], (m, spa, id) => m.activate(spa, id)),
  act([address, address, fc.nat(7), size, mask], (m, c, spa, type, s, perms) =>
    m.launchUpdate(c, spa, type, s, perms, 0, 3),
  ),
  act([address], (m, spa) => m.launchFinish(spa)),
);

const acts = fc.array(
  fc.oneof(
    fc.tuple(who, operations).map(
      ([as, run]): Act =>
        (m) => [as(m), run(m)],
    ),
    hostOperations.map(
      (run): Act =>
        (m) => [host(m), run(m)],
    ),
    {
      weight: 1,
      arbitrary: firmwareOperations.map(
        (run): Act =>
          (m) => [firmware(m), run(m)],
      ),
    },
  ),
  { minLength: 20, maxLength: 60 },
);

const GARBAGE = /undefined|NaN|\[object|\{\w+\||\?\?|null| {2}/;

test("ladder, sentence and text of whatever happens", () => {
  const decided = new Set<string>();
  fc.assert(
    fc.property(acts, fc.subarray([...CHECK_NAMES], { maxLength: 3 }), yes, (list, off, snp) => {
      const m = machine(off, snp);
      if (!snp) ready(m);
      for (const run of list) run(m);
      const events = [];
      for (let step = 1; step <= m.events; step++) {
        const event = withChanges(m, step);
        events.push(event);
        const asked = m.explain(step);
        const found = reasons(event, asked);
        // asked rungs first, in the core's order; then what was not reached, all of it behind the rung that failed
        expect(found.slice(0, asked.length).map(({ rule }) => rule)).toEqual(asked.map(({ name }) => name));
        const failed = found.filter(({ outcome }) => outcome === "failed");
        expect(failed.map(({ rule }) => rule)).toEqual(event.rule ? [event.rule] : []);
        const rest = found.slice(asked.length);
        expect(rest.every(({ outcome, left }) => outcome === "not reached" && left === undefined)).toBe(true);
        if (rest.length) expect(found[asked.length - 1]?.outcome ?? "failed").toBe("failed");
        if ((event.op === "read" || event.op === "write") && event.fault !== "#PF") {
          m.seek(step - 1);
          const shared = m.gptGet(ASID, Number(event.args.gva)).c === 0;
          m.seek(m.events);
          const rungs = ladder(opNamed(event.op) as AnyOp, { shared });
          expect(found.map(({ rule }) => rule)).toEqual(rungs.map((rule) => Rule[rule]));
        }
        if (event.rule) decided.add(event.rule);
        for (const reason of found.slice(0, asked.length)) expect(compared(reason)).not.toMatch(GARBAGE);

        expect(sentence(event)).toMatch(/^[A-Z].*[^.]\.$/);
        expect(`${sentence(event)}${codes(event)}`).not.toMatch(GARBAGE);
        const text = stepText(event, found, { of: m.events });
        expect(text.split("\n").filter((line) => line.length > COLUMNS)).toEqual([]);
      }
      const text = traceText(events, { end: "completed" });
      expect(text.split("\n").filter((line) => line.length > COLUMNS)).toEqual([]);
    }),
    { numRuns: 80 },
  );
  // the run is worth something only if most rules were met
  expect(decided.size).toBeGreaterThan(30);
});

test("what a shared access did not reach is not what a private one did not", () => {
  const unreached = (c: number, run: Act) => {
    const m = machine();
    guest(m);
    m.gptMap(ASID, 0x1000, { gpa: 0x1000, c, p: 1, w: 1, u: 1, x: 1 });
    run(m);
    expect(m.event(m.events)).toMatchObject({ fault: "#NPF", rule: "NESTED_PRESENT" });
    const found = reasons(m.event(m.events), m.explain(m.events));
    return found.flatMap(({ rule, outcome }) => (outcome === "not reached" ? [rule] : []));
  };
  const rmp = [
    "RMP_COVERED",
    "RMP_IN_USE",
    "RMP_ASSIGNED",
    "RMP_ASID",
    "RMP_GPA",
    "RMP_MUTABLE",
    "SIZE_ACCESS",
    "VALIDATED",
  ];
  expect(unreached(0, (m) => m.guestRead(0x1000, 8))).toEqual(["NESTED_RESERVED"]);
  expect(unreached(1, (m) => m.guestRead(0x1000, 8))).toEqual(["NESTED_RESERVED", ...rmp, "VMPL_READ"]);
  expect(unreached(0, (m) => m.guestWrite(0x1000, 8, 1n))).toEqual([
    "NESTED_RESERVED",
    "NESTED_WRITABLE",
    "SHARED_WRITE_OWNED",
  ]);
  expect(unreached(1, (m) => m.guestWrite(0x1000, 8, 1n))).toEqual([
    "NESTED_RESERVED",
    "NESTED_WRITABLE",
    ...rmp,
    "VMPL_WRITE",
  ]);
  // a fetch is private whatever the page table says
  expect(unreached(0, (m) => m.guestFetch(0x1000))).toEqual([
    "NESTED_RESERVED",
    "NESTED_EXECUTABLE",
    ...rmp,
    "VMPL_EXECUTE",
  ]);
});
