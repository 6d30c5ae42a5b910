/** The table of operations: what its types cannot say. */
import { expect, test } from "vitest";
import { Actor, Event, Op } from "../../assembly/abi";
import { decodeEvent } from "../../web/core/decode-event";
import { type AnyOp, ladder, OP_NAMES, OPS, operation, opNamed } from "../../web/trace/operations";
import { MODELLED } from "../model/modelled";

test("a row for each number, none twice", () => {
  expect(OPS).toEqual(Array.from({ length: Op.COUNT - 1 }, (_, i) => i + 1));
  expect(new Set(OP_NAMES).size).toBe(OPS.length);
  for (const op of OPS) expect(opNamed(operation(op).name)).toBe(op);
});

test("a number that is no operation is a defect", () => {
  expect(() => operation(Op.COUNT)).toThrow(/not in the table/);
});

test.each(OP_NAMES)("%s: operands and results are named once, and their units said", (name) => {
  const { operands, results, returns, actor, counted } = operation(opNamed(name) as AnyOp);
  for (const list of [operands, results]) {
    expect(new Set(list.map((one) => one.name)).size).toBe(list.length);
    for (const { unit } of list) expect(unit).not.toBe("");
  }
  expect(returns === "status").toBe(actor === "firmware");
  if (actor !== "guest") expect(counted).toBe(false);
});

test("the second model has every operation that has checks", () => {
  expect(OPS.filter((op) => ladder(op).length > 0 && MODELLED[operation(op).name] === null)).toEqual([]);
});

test.each(OPS)("operation %i is decoded by its row", (op) => {
  const view = new DataView(new ArrayBuffer(Event.BYTES));
  view.setUint8(Event.OP, op);
  view.setUint8(Event.ACTOR, Actor.GUEST);
  for (const word of [Event.GPA, Event.SPA]) view.setBigUint64(word, 2n ** 64n - 1n, true);
  const { name, operands, returns } = operation(op);
  const event = decodeEvent(view, 0, 1);
  expect(event.op).toBe(name);
  const possible = operands.map((operand) => operand.name);
  expect(Object.keys(event.args).filter((key) => !possible.includes(key))).toEqual([]);
  expect("eax" in event).toBe(returns !== "nothing");
  expect("cf" in event).toBe(returns === "eax, cf");
});
