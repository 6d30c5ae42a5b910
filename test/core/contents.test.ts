/**
 * Page contents: what is written under a key is read back under the same key at the same place, and as noise anywhere
 * else. APM vol. 2, 15.34.1: one key an ASID; the tweak is the system physical address.
 */
import { describe, expect, it } from "vitest";
import { Actor, EferBit, Outcome, Size, Vmsa } from "../../assembly/abi";
import { CoreMachine } from "../../cli/core-machine";
import type { Operation } from "../../cli/operation";
import { matches } from "../../cli/vectors";
import { Machine } from "../../web/core/machine";
import { Model } from "../model/model";
import { core as module } from "./core-module";
import {
  assign,
  assignLarge,
  GPA,
  grant,
  LARGE_GPA,
  leaf,
  MACHINE,
  map,
  mapLarge,
  release,
  rescind,
  SPA,
  VALID,
  VMPL0,
  validate,
} from "./rows";

const SECRET = 0x5ec2_e701_2345_6789n;
const OTHER_SPA = SPA + 0x1000;

function write(value = SECRET, executor = VMPL0): Operation {
  return { op: "guest-write", ...executor, len: 8, value };
}

function read(executor = VMPL0): Operation {
  return { op: "guest-read", ...executor, len: 8 };
}

function hostRead(spa = SPA): Operation {
  return { op: "host-read", spa, size: "4K", len: 8 };
}

function hostWrite(value: bigint, spa = SPA): Operation {
  return { op: "host-write", spa, size: "4K", len: 8, value };
}

describe("page contents", () => {
  /** A machine that answers reads with their value, and everything else by being checked against the model. */
  function machine() {
    const config = { ...MACHINE, contents: true };
    // room for a few hundred operations, pages included
    const core = new CoreMachine(module, config, new Array<Operation>(64).fill({ ...read(), len: 4096 } as Operation));
    const model = new Model(config);
    const apply = (operation: Operation): bigint | undefined => {
      const got = core.apply(operation);
      const wanted = model.apply(operation);
      if (!matches(wanted, got)) throw new Error(`core ${JSON.stringify(got)}, model ${JSON.stringify(wanted)}`);
      if (got.ok !== true && got.eax !== 0) throw new Error(`${operation.op} gave ${JSON.stringify(got)}`);
      return typeof got.value === "string" ? BigInt(got.value) : undefined;
    };
    /** Performs all; gives what the last one read. */
    const play = (...operations: Operation[]) => operations.map(apply).at(-1);
    return { core, play };
  }

  it("read back what was written", () => {
    expect(machine().play(...VALID, write(), read())).toBe(SECRET);
  });

  it("a page just validated is noise, not zero, and the same noise again", () => {
    const { play } = machine();
    const noise = play(...VALID, read());
    expect(noise).not.toBe(0n);
    expect(play(read())).toBe(noise);
    expect(play(rescind(), validate(), read())).toBe(noise);
    expect(machine().play(...VALID, read())).toBe(noise);
  });

  it("the hypervisor reads ciphertext, always the same", () => {
    const { play } = machine();
    const ciphertext = play(...VALID, write(), hostRead());
    expect(ciphertext).not.toBe(SECRET);
    expect(ciphertext).not.toBe(0n);
    expect(play(hostRead())).toBe(ciphertext);
    expect(play(write(1n), hostRead())).not.toBe(ciphertext);
    expect(play(write(), hostRead())).toBe(ciphertext);
  });

  it("the guest reads ciphertext through C = 0", () => {
    const { play } = machine();
    const ciphertext = play(...VALID, write(), hostRead());
    expect(play(leaf({ c: false }), read())).toBe(ciphertext);
    expect(play(leaf(), read())).toBe(SECRET);
  });

  it("a shared page is in the clear for both", () => {
    const { play } = machine();
    expect(play(map(), leaf({ c: false }), write(), hostRead())).toBe(SECRET);
    expect(play(hostWrite(7n), read())).toBe(7n);
  });

  it("the same plaintext is another ciphertext on another page", () => {
    const { play } = machine();
    const here = play(...VALID, write(), hostRead());
    const there = [assign({ spa: OTHER_SPA }), map({ spa: OTHER_SPA }), validate(), write(), hostRead(OTHER_SPA)];
    expect(play(...there)).not.toBe(here);
  });

  it("ciphertext moved to another page reads as noise", () => {
    const { play } = machine();
    const ciphertext = play(...VALID, write(), hostRead()) ?? 0n;
    play(hostWrite(ciphertext, OTHER_SPA), assign({ spa: OTHER_SPA }), map({ spa: OTHER_SPA }), validate());
    expect(play(read())).not.toBe(SECRET);
  });

  it("another guest on the same page reads noise", () => {
    const { play } = machine();
    const second = { ...VMPL0, asid: 2 };
    play(...VALID, write(), assign({ asid: 2 }), map({ asid: 2 }), validate("4K", second));
    const noise = play(read(second));
    expect(noise).not.toBe(SECRET);
    expect(noise).not.toBe(play(hostRead()));
  });

  it("contents follow the page, not the gpa: a remapped page still decrypts", () => {
    const { play } = machine();
    const elsewhere = { ...VMPL0, gva: GPA + 0x1000 };
    play(...VALID, write(), assign({ gpa: elsewhere.gva }), map({ gpa: elsewhere.gva }), validate("4K", elsewhere));
    expect(play(read(elsewhere))).toBe(SECRET);
  });

  it("old ciphertext put back on its page is the old plaintext: why validating twice is dangerous", () => {
    const { play } = machine();
    const [low, high] = [play(...VALID, write(1n), hostRead()) ?? 0n, play(hostRead(SPA + 8)) ?? 0n];
    play(write(2n), release(), hostWrite(low), hostWrite(high, SPA + 8), assign(), validate());
    expect(play(read())).toBe(1n);
  });

  it("RMPUPDATE, PVALIDATE, RMPADJUST and PSMASH touch no contents", () => {
    const { play } = machine();
    const large = { ...VMPL0, gva: LARGE_GPA };
    const ciphertext = play(assignLarge(), mapLarge(), validate("2M", large), write(), hostRead());
    expect(play({ op: "psmash", spa: 0 }, hostRead())).toBe(ciphertext);
    expect(play(map(), read())).toBe(SECRET);
    expect(play(grant(1, 3), rescind(), hostRead())).toBe(ciphertext);
    expect(play(release(), hostRead())).toBe(ciphertext);
  });

  it("one byte changes one block of 16 bytes, and the whole of it", () => {
    const { play } = machine();
    const words = () => [0, 8, 16].map((offset) => play(hostRead(SPA + offset)));
    play(...VALID, write());
    const before = words();
    play({ op: "guest-write", ...VMPL0, gva: GPA + 3, len: 1, value: 1n });
    const after = words();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).toBe(before[2]);
  });

  it("eight bytes across two blocks", () => {
    const across = { ...VMPL0, gva: GPA + 12 };
    expect(machine().play(...VALID, write(SECRET, across), read(across))).toBe(SECRET);
  });

  it("a whole page at once", () => {
    const page = (1n << 32767n) | (SECRET << 64n) | 5n;
    const { play } = machine();
    play(...VALID, { op: "guest-write", ...VMPL0, len: 4096, value: page });
    expect(play({ op: "guest-read", ...VMPL0, len: 4096 })).toBe(page);
    expect(play(read({ ...VMPL0, gva: GPA + 8 }))).toBe(SECRET);
    const raw = play({ op: "host-read", spa: SPA, size: "4K", len: 4096 });
    expect(raw).not.toBe(page);
    expect(play(hostRead())).toBe((raw ?? 0n) & 0xffff_ffff_ffff_ffffn);
  });

  it("VMRUN tells the VMPL and CPL that the guest wrote into the VMSA", () => {
    const { core, play } = machine();
    play(...VALID, { op: "guest-write", ...VMPL0, gva: GPA + Vmsa.VMPL, len: 1, value: 2n });
    play({ op: "guest-write", ...VMPL0, gva: GPA + Vmsa.CPL, len: 1, value: 3n }, grant(1, 0, true));
    play({ op: "guest-write", ...VMPL0, gva: GPA + Vmsa.EFER, len: 8, value: 1n << BigInt(EferBit.SVME) });
    play({ op: "guest-write", ...VMPL0, gva: GPA + Vmsa.VINTR_CTRL, len: 8, value: 0n });
    play({ op: "vmrun", asid: 1, vmsa: SPA });
    expect(core.machine.event(core.machine.events).result).toEqual({ vmpl: 2, cpl: 3 });
  });
});

describe("contents of a large memory", () => {
  const PAGES_OF_64_GIB = 1 << 24;
  const config = {
    pages: PAGES_OF_64_GIB,
    covered: PAGES_OF_64_GIB,
    vmpls: 4,
    sss: true,
    contents: true,
    snp: true,
    eventRoom: 64,
    journalRoom: 65_536,
  };

  it("a page has its own bytes wherever it is, and loses them with its first write", () => {
    const machine = Machine.create(module, config);
    machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
    const far = (PAGES_OF_64_GIB - 1) * 4096;
    machine.hostWrite(0x1000, Size.S4K, 8, 0x11n);
    machine.hostWrite(far + 8, Size.S4K, 8, 0x22n);
    expect(machine.contents(far)[8]).toBe(0x22);
    expect(machine.contents(0x1000)[0]).toBe(0x11);
    expect(machine.contents(0x2000).every((byte) => byte === 0)).toBe(true);
    machine.seek(1);
    expect(machine.contents(far)[8]).toBe(0);
    machine.seek(2);
    expect(machine.contents(far)[8]).toBe(0x22);
    // another future: the page written there is the only one that keeps anything
    machine.seek(1);
    machine.hostWrite(0x5000, Size.S4K, 8, 0x33n);
    expect(machine.contents(0x5000)[0]).toBe(0x33);
    expect(machine.contents(far)[8]).toBe(0);
    machine.hostWrite(far, Size.S4K, 8, 0x44n);
    machine.seek(2);
    expect(machine.contents(0x5000)[0]).toBe(0x33);
    machine.seek(0);
    expect(machine.contents(0x1000)[0]).toBe(0);
  });

  it("again and again in the same machine: frames of futures that are gone come back", () => {
    const machine = Machine.create(module, { ...config, eventRoom: 4096 });
    machine.as(Actor.HYPERVISOR, 0, 0, 0, 0);
    for (let round = 0; round < 60; round++) {
      machine.seek(0);
      for (let i = 0; i < 4000; i++) {
        const spa = ((round * 4000 + i) * 64 * 4096) % (PAGES_OF_64_GIB * 4096);
        if (machine.hostWrite(spa, Size.S4K, 8, 1n) !== Outcome.DONE) throw new Error(`round ${round}, write ${i}`);
      }
    }
    expect(machine.step).toBe(4000);
  });

  it("more than 64 GiB is refused with a sentence", () => {
    const pages = PAGES_OF_64_GIB + 512;
    expect(() => Machine.create(module, { ...config, pages, covered: pages })).toThrow(/does not fit/);
  });
});
