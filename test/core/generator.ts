/**
 * Random cases that reach deep states: few pages, few ASIDs, and sequences that mean something (own a page, validate
 * it, grant it, make it a VMSA, split it, remap it) with single operations of any kind strewn in between.
 */
import type { Operation } from "../../cli/operation";
import type { CaseConfig } from "../../cli/vectors";
import type { Random } from "./random";
import { type Held, LARGE, PAGE, randomConfig, World } from "./world";

/** Where a VMSA is measured to be, and the end of what a page table can say: 48 and 52 bits. */
const FAR = [2 ** 48 - 64 * LARGE, 2 ** 52 - 64 * LARGE];
const PERMS = [0, 1, 2, 3, 4, 5, 7, 8, 0xb, 0xc, 0xf, 0x10, 0x1f];

export interface RandomCase {
  config: CaseConfig;
  operations: Operation[];
}

export function randomCase(random: Random): RandomCase {
  const config = randomConfig(random);
  const generator = new Generator(random, config);
  const length = 30 + random.below(150);
  while (generator.operations.length < length) generator.step();
  return { config, operations: generator.operations };
}

/** The moves: each adds operations to the case. */
class Generator extends World {
  step(): void {
    const kind = this.random.weighted({
      own: 16,
      release: 3,
      grant: 14,
      vmsa: 5,
      access: 24,
      instruction: 26,
      host: 14,
      paging: 10,
      share: 4,
      resize: 6,
      data: this.config.contents ? 25 : 1,
    });
    this[kind]();
  }

  /** RMPUPDATE, nested leaf and PVALIDATE of one page, all of one size unless chance will have it. */
  private own(): Held {
    const { random } = this;
    const size = this.size();
    const spa = this.aligned(this.spa(), size);
    const shift = random.pick([0, 0, 0, LARGE, 5 * LARGE, this.config.pages * PAGE, ...FAR]);
    const gpa = random.chance(0.85) ? spa + shift : this.aligned(this.spa(), size);
    const held = { asid: this.asid(), gpa, spa, size };
    this.held.push(held);
    const odd = random.chance(0.02) ? random.below(PAGE) : 0;
    const immutable = random.chance(0.06);
    this.add({ op: "rmpupdate", spa, gpa: gpa + odd, asid: held.asid, assigned: true, immutable, size });
    const leaf = random.chance(0.85) ? size : this.size();
    const [leafGpa, leafSpa] = random.chance(0.95)
      ? [this.aligned(gpa, leaf), this.aligned(spa, leaf)]
      : [gpa + odd, spa + odd];
    const rights = { w: random.chance(0.93), x: random.chance(0.93) };
    this.add({ op: "npt-map", asid: held.asid, gpa: leafGpa, spa: leafSpa, size: leaf, ...rights });
    if (random.chance(0.8)) {
      const asked = random.chance(0.9) ? size : this.size();
      this.add({ op: "pvalidate", asid: held.asid, vmpl: 0, cpl: 0, gva: gpa, size: asked, validate: true });
    }
    return held;
  }

  /** Takes all pages of a region away from their guests, so that a 2 MiB entry can be made there again. */
  private release(): void {
    const region = this.aligned(this.spa(), "2M");
    const back = { op: "rmpupdate", gpa: 0, asid: 0, assigned: false, immutable: false } as const;
    this.add({ ...back, spa: region, size: "2M" });
    for (const spa of new Set(this.pages)) {
      if (this.aligned(spa, "2M") === region) this.add({ ...back, spa, size: "4K" });
    }
  }

  /** RMPADJUST, mostly followed by accesses at the VMPL that was given something. */
  private grant(): void {
    const { random } = this;
    const held = this.random.chance(0.4) ? this.own() : this.holding();
    const { asid } = held;
    const vmpl = this.vmpl();
    const target = random.chance(0.8) ? Math.min(vmpl + 1, 3) : random.below(5);
    const size = random.chance(0.9) ? held.size : this.size();
    const gva = random.chance(0.9) ? held.gpa : this.gva(held);
    const perms = random.pick(PERMS);
    this.add({ op: "rmpadjust", asid, vmpl, cpl: this.cpl(), gva, size, target, perms, vmsa: random.chance(0.15) });
    const uses = random.below(4);
    for (let i = 0; i < uses; i++) {
      const op = random.pick(["guest-read", "guest-write", "guest-write", "guest-fetch"] as const);
      const cpl = random.pick([0, 0, 3]);
      this.add({ op, asid, vmpl: random.chance(0.8) ? Math.min(target, 3) : this.vmpl(), cpl, gva: held.gpa });
    }
  }

  /** Makes a VMSA, runs it, keeps it in use for a while and tries to take it away. */
  private vmsa(): void {
    const { random } = this;
    const held = random.chance(0.5) ? this.own() : this.holding();
    const vcpu = random.below(3);
    const asid = random.chance(0.9) ? held.asid : this.asid();
    const adjust = { op: "rmpadjust", vmpl: 0, cpl: 0, target: 1, perms: 0 } as const;
    const page = this.vmsaPage(held);
    this.add({ ...adjust, asid: held.asid, gva: held.gpa, size: held.size, vmsa: true });
    if (this.config.contents) this.fill(held, page);
    this.add(
      { op: "vmrun", asid, vmsa: page, vcpu },
      { op: "in-use", vcpus: random.chance(0.8) ? 1 << vcpu : random.below(8) },
    );
    if (random.chance(0.5)) this.touch(held, vcpu, page);
    const tries = 1 + random.below(3);
    for (let i = 0; i < tries; i++) this.takeAway(held);
    if (random.chance(0.7)) this.add({ op: "in-use", vcpus: 0 });
  }

  /** What VMRUN asks of the bytes: EFER with SVME, VINTR_CTRL without BUSY; or not. */
  private fill(held: Held, page: number): void {
    const { random } = this;
    const at = { op: "guest-write", asid: held.asid, vmpl: 0, cpl: 0, len: 8 } as const;
    const gva = held.gpa + (page - held.spa);
    if (random.chance(0.8)) this.add({ ...at, gva: gva + 0xd0, value: random.chance(0.8) ? 0x1000n : 0n });
    if (random.chance(0.8)) this.add({ ...at, gva: gva + 0x3b8, value: random.chance(0.8) ? 0n : 1n << 63n });
  }

  /** Somebody uses the page that a vCPU runs on, or runs on it too. */
  private touch(held: Held, vcpu: number, page: number): void {
    const { random } = this;
    const executor = { asid: held.asid, vmpl: 0, cpl: 0, gva: held.gpa + (page - held.spa) };
    const op = random.pick(["guest-read", "guest-write", "guest-fetch"] as const);
    this.add(
      { op, ...executor },
      { op: "pvalidate", ...executor, size: held.size, validate: random.chance(0.5) },
      { op: "vmrun", asid: held.asid, vmsa: page, vcpu: random.chance(0.7) ? (vcpu + 1) % 3 : vcpu },
    );
  }

  private vmsaPage(held: Held): number {
    return held.size === "2M" ? held.spa + this.random.pick([0, 0, 1, 511]) * PAGE : held.spa;
  }

  private takeAway(held: Held): void {
    const { random } = this;
    if (random.chance(0.4)) {
      this.add({ op: "psmash", spa: this.aligned(held.spa, "2M") });
      return;
    }
    const assigned = random.chance(0.6);
    const asid = assigned ? held.asid : 0;
    const gpa = assigned ? held.gpa + (random.chance(0.5) ? LARGE : 0) : 0;
    const size = random.chance(0.8) ? held.size : this.size();
    this.add({ op: "rmpupdate", spa: this.aligned(held.spa, size), gpa, asid, assigned, immutable: false, size });
  }

  private access(): void {
    const { random } = this;
    const held = this.holding();
    const asid = random.chance(0.92) ? held.asid : this.asid();
    const executor = { asid, vmpl: random.chance(0.5) ? 0 : this.vmpl(), cpl: this.cpl(), gva: this.gva(held) };
    if (random.chance(0.25)) executor.cpl = 3;
    const op = random.pick(["guest-read", "guest-write", "guest-write", "guest-fetch"] as const);
    this.add({ op, ...executor });
  }

  private instruction(): void {
    const { random } = this;
    const held = this.holding();
    const asid = random.chance(0.95) ? held.asid : this.asid();
    const executor = { asid, vmpl: this.vmpl(), cpl: this.cpl(), gva: this.gva(held) };
    const size = random.chance(0.8) ? held.size : this.size();
    const kind = random.weighted({ pvalidate: 5, rmpadjust: 4, rmpquery: 4 });
    const target = random.below(this.config.vmpls + 1);
    if (kind === "pvalidate") this.add({ op: kind, ...executor, size, validate: random.chance(0.7) });
    else if (kind === "rmpquery") this.add({ op: kind, ...executor, target });
    else this.add({ op: kind, ...executor, size, target, perms: random.pick(PERMS), vmsa: random.chance(0.2) });
  }

  private host(): void {
    const { random } = this;
    const kind = random.weighted({ update: 6, again: 3, read: 2, access: 5, run: 3, psmash: 2 });
    const held = this.holding();
    const spa = random.chance(0.5) ? held.spa : this.spa();
    const odd = random.chance(0.05) ? 0x10 : 0;
    const size = this.size();
    if (kind === "update") {
      const assigned = random.chance(0.4);
      const asid = assigned === random.chance(0.9) ? this.asid() : 0;
      const gpa = assigned ? this.aligned(this.spa(), size) : 0;
      const at = (random.chance(0.9) ? this.aligned(spa, size) : spa) + odd;
      this.add({ op: "rmpupdate", spa: at, gpa, asid, assigned, immutable: random.chance(0.1), size });
    } else if (kind === "again") {
      const { gpa, asid } = held;
      const immutable = random.chance(0.25);
      this.add({ op: "rmpupdate", spa: held.spa, gpa, asid, assigned: true, immutable, size: held.size });
    } else if (kind === "read") {
      this.add({ op: "rmpread", spa: spa + odd });
    } else if (kind === "access") {
      this.add({ op: random.chance(0.2) ? "host-read" : "host-write", spa: this.aligned(spa, size), size });
    } else if (kind === "run") {
      this.add({ op: "vmrun", asid: held.asid, vmsa: this.vmsaPage(held), vcpu: random.below(3) });
    } else {
      this.add({ op: "psmash", spa: random.chance(0.9) ? this.aligned(spa, "2M") : spa });
    }
  }

  private paging(): void {
    const { random } = this;
    const held = this.holding();
    const size = this.size();
    const gpa = this.aligned(held.gpa, size);
    const kind = random.weighted({ remap: 4, unmap: 1, guest: 6, restore: 3 });
    const rights = { w: random.chance(0.8), x: random.chance(0.8) };
    if (kind === "remap") {
      const spa = this.aligned(random.chance(0.5) ? held.spa : this.spa(), size);
      const mmio = random.chance(0.15) ? { mmio: true } : {};
      this.add({ op: "npt-map", asid: held.asid, gpa, spa, size, ...rights, ...mmio });
    } else if (kind === "unmap") {
      this.add({ op: "npt-unmap", asid: held.asid, gpa, size });
    } else {
      const often = kind === "restore" ? 1 : 0.75;
      const bits = { c: random.chance(often), p: random.chance(Math.max(often, 0.88)), u: random.chance(often) };
      const more = { w: random.chance(often), x: random.chance(often) };
      const to = random.chance(0.7) ? held.gpa : this.spa();
      const gva = this.gva(held);
      this.add({ op: "gpt-map", asid: held.asid, gva: gva - (gva % PAGE), gpa: to, ...bits, ...more });
    }
  }

  /** A page that guest and hypervisor both use: C=0 in the guest's page table, nobody's in the RMP unless chance will. */
  private share(): void {
    const { random } = this;
    const held = this.holding();
    const { asid } = held;
    const spa = this.aligned(held.spa, "4K");
    const bits = { c: false, p: true, w: true, u: true, x: true };
    this.add({ op: "gpt-map", asid, gva: held.gpa, gpa: held.gpa, ...bits });
    if (random.chance(0.7)) {
      const size = held.size;
      this.add({ op: "rmpupdate", spa: held.spa, gpa: 0, asid: 0, assigned: false, immutable: false, size });
    }
    const size = random.chance(0.7) ? "4K" : "2M";
    const [gpa, to] = [this.aligned(held.gpa, size), this.aligned(spa, size)];
    this.add({ op: "npt-map", asid, gpa, spa: to, size, w: random.chance(0.9), x: true });
    const executor = { asid, vmpl: this.vmpl(), cpl: 0, gva: held.gpa };
    this.add(
      { op: "guest-write", ...executor },
      { op: random.pick(["guest-read", "guest-fetch"] as const), ...executor },
    );
    if (random.chance(0.8)) this.add({ op: "gpt-map", asid, gva: held.gpa, gpa: held.gpa, ...bits, c: true });
  }

  /** 2 MiB becomes 512 times 4 KiB in the RMP, in the nested page table, or in only one of them. */
  private resize(): void {
    const { random } = this;
    const held = this.holding();
    const region = { spa: this.aligned(held.spa, "2M"), gpa: this.aligned(held.gpa, "2M") };
    const offset = random.pick([0, 1, 511]) * PAGE;
    if (random.chance(0.6)) this.add({ op: "psmash", spa: region.spa });
    if (random.chance(0.6)) {
      const gpa = region.gpa + offset;
      const spa = region.spa + offset;
      this.add({ op: "npt-map", asid: held.asid, gpa, spa, size: "4K", w: true, x: true });
      if (random.chance(0.7)) this.held.push({ asid: held.asid, gpa, spa, size: "4K" });
    }
  }

  /** Writes through one mapping and reads through another: C=1, C=0, another ASID, the hypervisor. */
  private data(): void {
    const { random, config } = this;
    if (config.contents !== true) {
      this.access();
      return;
    }
    const held = this.holding();
    const len = random.pick([1, 8, 8, 8, 8]);
    const offset = random.pick([0, 0, 8, 0xca, 5, PAGE - 8]);
    const value = (BigInt(random.next()) * (len === 8 ? 0x1_0000_0001n : 1n)) & ((1n << BigInt(8 * len)) - 1n);
    const executor = { asid: held.asid, vmpl: 0, cpl: 0, gva: held.gpa + offset };
    const host = { spa: this.aligned(held.spa, "4K") + offset, size: "4K" as const };
    const kind = random.weighted({ write: 4, read: 5, hostWrite: 2, hostRead: 2, page: 0.2 });
    if (kind === "write") this.add({ op: "guest-write", ...executor, len, value });
    else if (kind === "read") this.add({ op: "guest-read", ...executor, len });
    else if (kind === "hostWrite") this.add({ op: "host-write", ...host, len, value });
    else if (kind === "hostRead") this.add({ op: "host-read", ...host, len });
    else this.page(held);
  }

  private page(held: Held): void {
    const { random } = this;
    const executor = { asid: held.asid, vmpl: 0, cpl: 0, gva: held.gpa };
    if (random.chance(0.5)) this.add({ op: "guest-read", ...executor, len: 4096 });
    else this.add({ op: "guest-write", ...executor, len: 4096, value: BigInt(random.next()) << 5000n });
  }
}
