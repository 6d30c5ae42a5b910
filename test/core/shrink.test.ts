/** The tools of the differential test: what finds, shrinks and reports a disagreement has to be right itself. */
import { expect, it } from "vitest";
import { Memory, RAW } from "../model/memory";
import { describeDisagreement } from "./differential";
import { NoiseLedger } from "./noise";
import { MACHINE, release, VALID } from "./rows";
import { shrink } from "./shrink";

const NUMBERS = Array.from({ length: 100 }, (_, i) => i);

it.each([[[0]], [[99]], [[17, 63]], [[3, 4, 5]], [[0, 50, 99]], [NUMBERS]])(
  "shrinks to what is needed: %j",
  (needed) => {
    const fails = (some: readonly number[]) => needed.every((number) => some.includes(number));
    expect(shrink(NUMBERS, fails)).toEqual(needed);
  },
);

it("keeps the order, and never asks about an empty list", () => {
  const asked: number[] = [];
  const fails = (some: readonly number[]) => {
    asked.push(some.length);
    return some.indexOf(8) < some.indexOf(2) && some.includes(8);
  };
  expect(shrink([9, 8, 7, 2, 1], fails)).toEqual([8, 2]);
  expect(Math.min(...asked)).toBeGreaterThan(0);
});

it("prints a failing case as a vector", () => {
  const text = describeDisagreement("x", MACHINE, [...VALID, release()], { index: 3, what: "core this, model that" });
  const lines = text.trim().split("\n");
  expect(lines[0]).toBe("core this, model that");
  expect(lines[1]).toMatch(/^after \{"op":"rmpupdate","spa":"0x3000",/);
  expect(JSON.parse(lines[3] ?? "")).toEqual({ case: "x", config: MACHINE });
  expect(JSON.parse(lines[7] ?? "")).toMatchObject({ op: "rmpupdate", assigned: false, expect: { eax: 0 } });
});

it("noise must stay the same, differ from what went in, and differ from other noise", () => {
  const memory = new Memory();
  const ledger = new NoiseLedger();
  memory.write(0, [1, 2, 3, 4, 5, 6, 7, 8], RAW);
  const first = memory.read(0, 8, 1);
  const second = memory.read(0, 8, 2);
  expect(memory.read(0, 8, 1)).toEqual(first);
  expect(second).not.toEqual(first);
  expect(ledger.witness(memory, first, "0x0807060504030201")).toContain("is what went into the cipher");
  const fresh = new NoiseLedger();
  expect(fresh.witness(memory, first, "0x1234567812345678")).toBeUndefined();
  expect(fresh.witness(memory, first, "0x1234567812345678")).toBeUndefined();
  expect(fresh.witness(memory, second, "0x1234567812345678")).toContain("are equal");
  expect(fresh.witness(memory, first, "0x1234567812345679")).toContain("is now");
});

it("what went through the cipher and back is what it was", () => {
  const memory = new Memory();
  memory.write(0, [7], 1);
  const ciphertext = memory.read(0, 16, RAW);
  memory.write(0, [9], 1);
  memory.write(0, ciphertext, RAW);
  expect(memory.read(0, 1, 1)).toEqual([7]);
  memory.write(16, ciphertext, RAW);
  expect(typeof memory.read(16, 1, 1)[0]).toBe("string");
});
