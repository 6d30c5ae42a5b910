/** mark() and rewind(): one future after another, as a search tries them, and nothing of the last one stays. */
import { expect, test } from "vitest";
import { Actor, Msr } from "../../assembly/abi";
import { CoreMachine } from "../../cli/core-machine";
import type { Operation } from "../../cli/operation";
import { Machine } from "../../web/core/machine";
import { core as module } from "./core-module";
import { randomCase } from "./generator";
import { differsFrom, snapshot } from "./memory";
import { Random } from "./random";
import { MACHINE } from "./rows";

const SEED = Number(process.env.SNPLAY_SEED ?? 20260726);

function fresh(): Machine {
  const machine = Machine.create(module, {
    ...MACHINE,
    contents: false,
    snp: true,
    eventRoom: 64,
    journalRoom: 16_384,
  });
  machine.as(Actor.GUEST, 0, 1, 0, 0);
  return machine;
}

test("the answer to a VMGEXIT that was given before the mark stays, one given after it is taken back", () => {
  const machine = fresh();
  machine.wrmsr(Msr.GHCB, 0x2n);
  machine.vmgexit();
  const unanswered = machine.mark();
  machine.setGhcbMsr(0, 0x1n, machine.step);
  const answered = machine.mark();
  machine.wrmsr(Msr.GHCB, 0x6n);
  machine.rewind(answered);
  expect([machine.ghcbMsr(0), machine.value, machine.events]).toEqual([0x1n, 0x1n, 2]);
  machine.rewind(unanswered);
  expect([machine.ghcbMsr(0), machine.value]).toEqual([0x2n, 0n]);
  machine.setGhcbMsr(0, 0x9n, machine.step);
  expect([machine.ghcbMsr(0), machine.value]).toEqual([0x9n, 0x9n]);
});

test("a seek to the event takes the register back, and leaves what the event shows", () => {
  const machine = fresh();
  machine.wrmsr(Msr.GHCB, 0x2n);
  machine.vmgexit();
  machine.setGhcbMsr(0, 0x1n, machine.step);
  machine.seek(machine.step);
  expect([machine.ghcbMsr(0), machine.value]).toEqual([0x2n, 0x1n]);
});

test("an answer by the GHCB page is taken back too", () => {
  const machine = fresh();
  machine.wrmsr(Msr.GHCB, 0x8000n);
  machine.vmgexit(0x8000_0010n, 1n, 2n);
  const before = machine.mark();
  machine.answerByPage(3n, 4n, machine.step);
  expect(machine.event(2).result).toEqual({ info1: "0x3", info2: "0x4" });
  machine.rewind(before);
  expect(machine.event(2)).toMatchObject({ args: { code: "0x80000010", info1: "0x1" }, result: { info1: "0x0" } });
});

test("there is no way back from the past", () => {
  const machine = fresh();
  machine.wrmsr(Msr.GHCB, 2n);
  const mark = machine.mark();
  machine.seek(0);
  expect(() => machine.rewind(mark)).toThrow(RangeError);
});

test(`random futures from one point, each as if it were the first, seed ${SEED}`, () => {
  const random = new Random(SEED);
  for (let i = 0; i < 60; i++) {
    const { config, operations } = randomCase(random);
    const half = operations.length >> 1;
    const room: Operation[] = [...operations, ...operations, ...operations];
    const core = new CoreMachine(module, config, room);
    const { machine } = core;
    for (const operation of operations.slice(0, half)) core.apply(operation);
    const mark = machine.mark();
    const [before, events] = [snapshot(machine), machine.events];
    const run = () => operations.slice(half).map((operation) => core.apply(operation));
    const inUse = operations.slice(0, half).findLast((operation) => operation.op === "in-use");
    const first = run();
    for (let again = 0; again < 2; again++) {
      machine.rewind(mark);
      expect(machine.events).toBe(events);
      expect(differsFrom(machine, before)).toBeUndefined();
      core.apply(inUse ?? { op: "in-use", vcpus: 0 });
      expect(run()).toEqual(first);
    }
  }
});
