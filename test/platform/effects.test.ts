/** What commands do besides moving a page to another state: permissions, contents, coverage, the list of changes. */
import { describe, expect, it } from "vitest";
import { Actor, Outcome, Size } from "../../assembly/abi";
import { CorePlatform } from "./core";
import { RMP_END } from "./model/registers";
import type { Operation } from "./operation";
import {
  ASID,
  active,
  created,
  entry,
  firmwarePage,
  GCTX,
  INIT,
  IOMMU,
  LARGE,
  mapped,
  PAGE,
  PARTLY,
  PLATFORM,
  preGuest,
  RMP,
  ready,
  update,
} from "./rows/steps";

const metadata: Operation = { op: "page_md_init", gctx: GCTX, spa: PAGE };

describe("what a launched page looks like", () => {
  it.each([
    [1, false],
    [2, true],
    [3, false],
    [4, false],
    [5, false],
    [6, false],
  ])("type %i: VMSA %s, VMPL0 everything, the others what the command says", (type, vmsa) => {
    const core = new CorePlatform(PLATFORM, 20);
    for (const step of [...active(), preGuest(PAGE), update({ type, perms: [0x1, 0x3, 0x1f] })]) core.apply(step);
    const { perms, ...rest } = core.machine.entry(PAGE);
    expect(perms).toEqual([0x1f, 0x1, 0x3, 0x1f]);
    expect(rest).toMatchObject({ validated: true, immutable: false, vmsa, asid: ASID, gpa: 0x3000, size: "4K" });
  });

  it("2M: the whole region, as one entry", () => {
    const core = new CorePlatform(PLATFORM, 20);
    for (const step of [...active(), preGuest(LARGE, "2M"), update({ spa: LARGE, size: "2M", perms: [0xf, 0, 0] })]) {
      core.apply(step);
    }
    expect(core.machine.entry(LARGE + 0x5000)).toMatchObject({
      spa: LARGE,
      size: "2M",
      validated: true,
      perms: [0x1f, 0xf, 0, 0],
    });
    expect(core.machine.ownEntry(LARGE + 0x5000)).toMatchObject({ assigned: true, validated: false, asid: 0 });
  });
});

describe("contents", () => {
  /** The first 16 bytes of a page as the host reads them. */
  function bytes(core: CorePlatform, spa: number): string {
    core.machine.hostRead(spa, Size.S4K, 4096);
    return Buffer.from(core.machine.scratch.slice(0, 16)).toString("hex");
  }

  function played(...steps: Operation[]): CorePlatform {
    const core = new CorePlatform(PLATFORM, 40, true);
    core.machine.scratch.fill(0xab, 0, 4096);
    core.machine.hostWrite(PAGE, Size.S4K, 4096, 0n);
    for (const step of steps) core.apply(step);
    return core;
  }

  it("PAGE_MD_INIT zeroes the page, and time travel gives it back", () => {
    const core = played(...active(), firmwarePage(PAGE), metadata);
    expect(bytes(core, PAGE)).toBe("00".repeat(16));
    core.machine.seek(core.machine.step - 2);
    expect(bytes(core, PAGE)).toBe("ab".repeat(16));
  });

  // "constant default values (0xff)": A. Kalra, M. Roth, ciphertext hiding
  it("ciphertext hiding: the host, and the guest through C = 0, read FFh bytes of what is assigned", () => {
    const hiding: Operation = { op: "snp_init_ex", initRmp: true, ciphertextHiding: true };
    const launch = active().map((step) => (step.op === "snp_init" ? hiding : step));
    const core = played(...launch);
    const { machine } = core;
    const [hidden, clear] = ["ff".repeat(16), "ab".repeat(16)];
    /** What the guest reads: 8 bytes, or the first of the whole page. */
    const guest = (c: boolean, length = 8) => {
      machine.as(Actor.GUEST, 0, ASID, 0, 0);
      machine.gptMap(ASID, 0x3000, { gpa: 0x3000, c: c ? 1 : 0, p: 1, w: 1, u: 1, x: 1 });
      expect(machine.guestRead(0x3000, length)).toBe(Outcome.DONE);
      if (length < 4096) return machine.value.toString(16);
      return Buffer.from(machine.scratch.slice(0, 16)).toString("hex");
    };
    core.apply(mapped(PAGE));
    // nobody's yet
    expect([bytes(core, PAGE), guest(false)]).toEqual([clear, "ab".repeat(8)]);
    for (const step of [preGuest(PAGE), update()]) core.apply(step);
    const launched = machine.step;
    expect([bytes(core, PAGE), guest(false), guest(false, 4096)]).toEqual([hidden, "ff".repeat(8), hidden]);
    expect([guest(true), guest(true, 4096)]).toEqual(["ab".repeat(8), clear]);
    for (const [length, value] of [
      [1, 0xffn],
      [2, 0xffffn],
      [4, 0xffff_ffffn],
    ] as const) {
      machine.hostRead(PAGE + 3, Size.S4K, length);
      expect(machine.value).toBe(value);
    }
    // given back: ciphertext again, for it is nobody's now
    core.apply(entry(PAGE, { assigned: false }));
    expect([hidden, clear]).not.toContain(bytes(core, PAGE));
    // a page inside a 2M entry is assigned by that one
    core.apply(entry(LARGE, { asid: ASID, gpa: 0, size: "2M" }));
    expect([bytes(core, LARGE + 0x5000), bytes(core, LARGE + 0x20_0000)]).toEqual([hidden, "00".repeat(16)]);
    // before SNP_INIT_EX, and again after it
    machine.seek(launched);
    expect(bytes(core, PAGE)).toBe(hidden);
  });

  it("LAUNCH_UPDATE encrypts what was there; ZERO reads as zero, SECRETS as the firmware's page", () => {
    const read = (type: number) => {
      const core = played(...active(), preGuest(PAGE), update({ type }), mapped(PAGE));
      const cipher = bytes(core, PAGE);
      core.machine.as(Actor.GUEST, 0, ASID, 0, 0);
      core.machine.guestRead(0x3000, 8);
      return [cipher === "ab".repeat(16), core.machine.value.toString(16)];
    };
    for (const type of [1, 2, 4, 6]) expect(read(type)).toEqual([false, "ab".repeat(8)]);
    expect(read(3)).toEqual([false, "0"]);
    expect(read(5)).toEqual([false, "3"]);
  });
});

it("coverage is what RMP_BASE and RMP_END said at SNP_INIT, and time travel knows both", () => {
  const core = new CorePlatform(PARTLY, 40);
  const end = 0x70_0000n + 0x4000n + 1024n * 16n - 1n;
  const writes = [0, 1].map((c): Operation => ({ op: "wrmsr", core: c, msr: RMP_END, value: end }));
  for (const step of [...writes, ...ready()]) core.apply(step);
  expect(core.machine.covered).toBe(1536);
  const before = core.machine.step;
  core.apply(INIT);
  expect(core.machine.covered).toBe(1024);
  expect(core.machine.entry(0x40_0000).covered).toBe(false);
  core.machine.seek(before);
  expect(core.machine.covered).toBe(1536);
  expect(core.machine.entry(0x40_0000).covered).toBe(true);
  core.machine.seek(before + 1);
  expect(core.machine.covered).toBe(1024);
});

it("an event lists each change once, from what was to what is", () => {
  const core = new CorePlatform(PLATFORM, 40);
  const steps = [...created(), firmwarePage(RMP - 0x2000), entry(LARGE, { asid: 1, gpa: 0, size: "2M" })];
  for (const step of [...steps, { op: "snp_shutdown" } as const]) core.apply(step);
  const was = (spa: number) => core.machine.ownEntry(spa);
  const pages = [GCTX, RMP, RMP - 0x2000, IOMMU, LARGE, LARGE + 0x1000, 0xa_0000];
  const before = pages.map(was);
  core.apply(INIT);
  const { fields, pages: changed } = core.machine.changes(core.machine.step);
  expect(new Set(changed).size).toBe(changed.length);
  expect(changed).toContain(GCTX);
  expect(changed).toContain(LARGE + 0x1000);
  expect(changed).not.toContain(RMP);
  expect(changed).not.toContain(IOMMU);
  expect(changed).not.toContain(0xa_0000);
  for (const [i, spa] of pages.entries()) {
    const of = fields.filter((field) => Number(field.spa) === spa && field.field === "assigned");
    const now = was(spa);
    const wanted = before[i]?.assigned === now.assigned ? [] : [[Number(before[i]?.assigned), Number(now.assigned)]];
    expect(of.map(({ from, to }) => [Number(from), Number(to)])).toEqual(wanted);
  }
});
