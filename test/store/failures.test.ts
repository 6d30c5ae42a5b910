/** Which steps the timeline marks as failed: read from 4 bytes an event, without asking the machine. */
import { describe, expect, test } from "vitest";
import { Actor, Op, Outcome } from "../../assembly/abi";
import { failureFrom, findFailures } from "../../web/store/failures";

type Event = [op: Op, actor: Actor, outcome: Outcome];

function strip(...events: Event[]): Uint8Array {
  return Uint8Array.from(events.flatMap(([op, actor, outcome]) => [op, actor, outcome, 0]));
}

const { GUEST, HYPERVISOR, FIRMWARE } = Actor;
const NPF: Event = [Op.PVALIDATE, GUEST, Outcome.NPF];
const VALIDATED: Event = [Op.PVALIDATE, GUEST, Outcome.DONE];
const GIVEN: Event = [Op.RMPUPDATE, HYPERVISOR, Outcome.DONE];
const MAPPED: Event = [Op.NPT_MAP, HYPERVISOR, Outcome.DONE];

describe("an #NPF", () => {
  test("that the hypervisor repaired is no failure: the same instruction then went through", () => {
    const { steps, repaired } = findFailures(strip(NPF, GIVEN, MAPPED, VALIDATED));
    expect([...steps]).toEqual([]);
    expect([...repaired]).toEqual([1]);
  });

  test("repaired at the second attempt is none either: first the leaf, then PSMASH", () => {
    const smashed: Event = [Op.PSMASH, HYPERVISOR, Outcome.DONE];
    const { steps, repaired } = findFailures(strip(NPF, MAPPED, NPF, smashed, VALIDATED));
    expect([...steps]).toEqual([]);
    expect([...repaired].sort()).toEqual([1, 3]);
  });

  test("repaired counts as such also when the instruction then returned a status, which is the failure", () => {
    const refused: Event = [Op.PVALIDATE, GUEST, Outcome.STATUS];
    const { steps, repaired } = findFailures(strip(NPF, MAPPED, refused));
    expect([...steps]).toEqual([3]);
    expect([...repaired]).toEqual([1]);
  });

  test("that came for ever is a failure at every step", () => {
    expect([...findFailures(strip(NPF, NPF, NPF)).steps]).toEqual([1, 2, 3]);
  });

  test("after which the guest did something else was not repaired", () => {
    const read: Event = [Op.GUEST_READ, GUEST, Outcome.DONE];
    expect([...findFailures(strip(NPF, read)).steps]).toEqual([1]);
  });
});

describe("every other refusal is a failure, whoever met it", () => {
  test.each<[string, Event]>([
    ["a status of a guest's instruction", [Op.RMPADJUST, GUEST, Outcome.STATUS]],
    ["#GP", [Op.PVALIDATE, GUEST, Outcome.GP]],
    ["#PF of the host", [Op.HOST_WRITE, HYPERVISOR, Outcome.PF]],
    ["#VC", [Op.GUEST_READ, GUEST, Outcome.VC]],
    ["VMEXIT_INVALID", [Op.VMRUN, HYPERVISOR, Outcome.VMEXIT_INVALID]],
    ["a status of the firmware", [Op.SNP_INIT, FIRMWARE, Outcome.FIRMWARE]],
  ])("%s", (_, event) => {
    expect([...findFailures(strip(GIVEN, event, MAPPED)).steps]).toEqual([2]);
  });

  test("an empty run has none", () => {
    expect([...findFailures(new Uint8Array(0)).steps]).toEqual([]);
  });
});

describe("the next and the previous failing step", () => {
  const steps = Uint32Array.of(3, 7, 8);
  test.each([
    [0, 1, 3],
    [3, 1, 7],
    [7, 1, 8],
    [8, 1, null],
    [9, -1, 8],
    [8, -1, 7],
    [5, -1, 3],
    [3, -1, null],
    [0, -1, null],
  ] as const)("from %i towards %i is %s", (step, direction, found) => {
    expect(failureFrom(steps, step, direction)).toBe(found);
  });

  test("without failures there is none", () => {
    expect(failureFrom(new Uint32Array(0), 4, 1)).toBeNull();
    expect(failureFrom(new Uint32Array(0), 4, -1)).toBeNull();
  });
});
