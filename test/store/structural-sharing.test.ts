/** What came out the same stays the same object, and nothing else does. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keep } from "../../web/store/structural-sharing";

const old = {
  step: 3,
  event: { op: "pvalidate", args: { gva: "0x1000" } },
  rows: [{ spa: 1 }, { spa: 2 }],
  none: null,
};

describe("keep", () => {
  test.each<[string, unknown, unknown]>([
    ["an object", old, structuredClone(old)],
    ["a list", [1, [2, 3]], [1, [2, 3]]],
    ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ["words", new Uint32Array([1, 2]), new Uint32Array([1, 2])],
    ["nothing in them", { rows: [], of: {} }, { rows: [], of: {} }],
  ])("gives the old one back: %s", (_, before, now) => {
    expect(keep(before, now)).toBe(before);
  });

  test.each<[string, unknown, unknown]>([
    ["another value", { a: 1 }, { a: 2 }],
    ["one name less", { a: 1, b: 2 }, { a: 1 }],
    ["one name more", { a: 1 }, { a: 1, b: undefined }],
    ["another name", { a: undefined }, { b: undefined }],
    ["a shorter list", [1, 2], [1]],
    ["a list for an object", { 0: 1 }, [1]],
    ["an object for a list", [1], { 0: 1 }],
    ["another byte", new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    ["as many bytes of other words", new Uint8Array([1, 0, 0, 0]), new Uint32Array([1])],
    ["nothing", { a: 1 }, null],
    ["something", null, { a: 1 }],
    ["minus zero", { a: 0 }, { a: -0 }],
  ])("gives the new one: %s", (_, before, now) => {
    const kept = keep(before, now);
    expect(kept).not.toBe(before);
    expect(kept).toStrictEqual(now);
  });

  test("takes the parts that are the same", () => {
    const now = { ...structuredClone(old), step: 4, rows: [{ spa: 1 }, { spa: 9 }] };
    const kept = keep(old, now);
    expect(kept).toStrictEqual(now);
    expect(kept.event).toBe(old.event);
    expect(kept.rows).not.toBe(old.rows);
    expect(kept.rows[0]).toBe(old.rows[0]);
  });

  test("never changes what it is given, and always gives what is new", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, now) => {
        const [a, b] = [structuredClone(before), structuredClone(now)];
        expect(keep(before, now)).toStrictEqual(b);
        expect([before, now]).toStrictEqual([a, b]);
      }),
    );
  });
});
