/** Random platforms and what is done to them: mostly sensible, so that guests get launched, with mistakes everywhere. */
import type { PageSize } from "../../cli/operation";
import type { CheckName } from "../../web/scenario/schema";
import type { Random } from "../core/random";
import { COMPARED, FROZEN, HWCR, READY, RMP_BASE, RMP_END, SYSCFG, VM_HSAVE_PA } from "./model/registers";
import type { Operation, Platform, Range } from "./operation";

const PAGE = 4096;
const LARGE = 0x20_0000;
const MIB = 0x10_0000;
const POLICY = 0x3_0000n;

const PLATFORMS: Platform[] = [
  { pages: 2048, covered: 2048, cores: 2 },
  { pages: 2048, covered: 1536, cores: 2 },
  { pages: 1536, covered: 1024, cores: 3 },
  { pages: 1024, covered: 1024, cores: 1 },
];
const SWITCHES: CheckName[][] = [["immutable"], ["rmpupdate-resets-validated"], ["reverse-map", "page-size"]];

export interface Case {
  platform: Platform;
  operations: Operation[];
}

/** A platform that comes up, and guests on it. */
export function randomCase(random: Random): Case {
  return new Writer(random).write();
}

/** SNP_INIT on a platform that may not be ready. */
export function randomBringUp(random: Random): Case {
  return new Writer(random).writeBringUp();
}

const MISTAKES = ["none", "place", "apart", "unequal", "hsave", "locks", "lock", "bits", "bit"] as const;
type Mistake = (typeof MISTAKES)[number];

class Writer {
  private readonly platform: Platform;
  private readonly operations: Operation[] = [];
  /** where the RMP is, as the BIOS leaves it */
  private readonly rmp: number;
  private readonly contexts: number[];
  private readonly pages: number[];
  private readonly asids = [1, 2, 3];

  constructor(private readonly random: Random) {
    const platform = random.pick(PLATFORMS);
    this.platform = random.chance(0.15) ? { ...platform, checksOff: random.pick(SWITCHES) } : platform;
    const bytes = platform.covered * 16 + 0x4000;
    this.rmp = Math.floor((platform.pages * PAGE - bytes) / MIB) * MIB;
    this.contexts = [0x10_0000, 0x10_1000, LARGE];
    const anywhere = Array.from({ length: 5 }, () => random.below(platform.pages) * PAGE);
    this.pages = [...anywhere, LARGE, LARGE + PAGE, 0x10_2000];
  }

  write(): Case {
    const { random, operations } = this;
    this.bringUp();
    for (let left = 40 + random.below(80); left > 0; left--) this.step();
    for (const gctx of this.contexts) operations.push({ op: "guest_status", gctx });
    return { platform: this.platform, operations };
  }

  /** A platform with one mistake, if any, and two tries to initialize it. */
  writeBringUp(): Case {
    const { random, operations } = this;
    this.bringUp(random.pick(MISTAKES));
    if (random.chance(0.5)) operations.push(random.chance(0.5) ? { op: "snp_shutdown" } : this.shutdownEx());
    operations.push(random.chance(0.5) ? { op: "snp_init" } : this.initEx(random.chance(0.4)));
    return { platform: this.platform, operations };
  }

  private all(msr: number, value: bigint): void {
    for (let core = 0; core < this.platform.cores; core++) this.operations.push({ op: "wrmsr", core, msr, value });
  }

  private one(msr: number, value: bigint): void {
    this.operations.push({ op: "wrmsr", core: this.random.below(this.platform.cores), msr, value });
  }

  /** Registers, then SNP_INIT. A register that freezes is written before SYSCFG. */
  private bringUp(mistake: Mistake = "none"): void {
    const { random, operations, platform } = this;
    if (mistake === "place") {
      const base = random.pick([0, MIB, this.rmp + 0x2000, platform.pages * PAGE, 0xa_0000]);
      this.putRmp(base, random.pick([0, 511, 512, 1000]));
    } else if (random.chance(0.3)) {
      // another table: elsewhere, larger or smaller
      this.putRmp(MIB * (2 + random.below(2)), random.pick([512, 1000, 1024, platform.pages]));
    }
    if (mistake === "apart") this.one(random.pick([RMP_BASE, RMP_END]), 0x5000n);
    if (mistake === "unequal") this.one(random.pick(COMPARED), 0x5000n);
    if (mistake === "hsave") this.one(VM_HSAVE_PA, 0x5000n);
    const bit = 1n << BigInt(random.pick([19, 19, 23, 24, 25]));
    const odd = random.below(platform.cores);
    for (let core = 0; core < platform.cores; core++) {
      const unlocked = mistake === "locks" || (mistake === "lock" && core === odd);
      operations.push({ op: "wrmsr", core, msr: HWCR, value: unlocked ? random.pick([0n, 0n, 2n]) : 1n });
      const wrong = mistake === "bits" || (mistake === "bit" && core === odd);
      operations.push({ op: "wrmsr", core, msr: SYSCFG, value: wrong ? READY ^ bit : READY });
    }
    operations.push(random.chance(0.5) ? { op: "snp_init" } : this.initEx(true));
    if (random.chance(0.85)) this.flush();
  }

  private flush(): void {
    const { random, operations, platform } = this;
    for (let core = 0; core < platform.cores; core++) if (random.chance(0.97)) operations.push({ op: "wbinvd", core });
    operations.push({ op: "df_flush" });
  }

  private putRmp(base: number, entries: number): void {
    this.all(RMP_BASE, BigInt(base));
    this.all(RMP_END, BigInt(base + 0x4000 + entries * 16 - 1));
  }

  private shutdownEx(): Operation {
    return { op: "snp_shutdown_ex", iommu: this.random.chance(0.5), x86: this.random.chance(0.2) };
  }

  private initEx(initRmp: boolean): Operation {
    const { random } = this;
    const count = initRmp || random.chance(0.5) ? random.below(4) : 0;
    const fixed = Array.from({ length: count }, (): Range => ({ spa: this.page(), pages: 1 + random.below(700) }));
    const aligned = fixed.map(({ spa, pages }) => ({ spa: spa - (spa % PAGE), pages }));
    return { op: "snp_init_ex", initRmp, fixed: aligned, reserved: random.chance(0.03) };
  }

  /** Most often a page that something else is about too. */
  private page(): number {
    const { random, platform } = this;
    if (random.chance(0.85)) return random.pick(this.pages);
    return random.pick([
      this.rmp,
      this.rmp - PAGE,
      this.rmp + PAGE * random.below(8),
      0xa_0000,
      LARGE * random.below(4),
      platform.covered * PAGE,
      platform.pages * PAGE,
      random.pick(this.contexts),
      random.pick(this.pages) + 8,
    ]);
  }

  private context(): number {
    return this.random.chance(0.9) ? this.random.pick(this.contexts) : this.page();
  }

  private asid(): number {
    return this.random.chance(0.85) ? this.random.pick(this.asids) : this.random.pick([0, 1006, 1007, 70_000]);
  }

  private size(): PageSize {
    return this.random.chance(0.75) ? "4K" : "2M";
  }

  private gpa(): number {
    return this.random.pick([0, 0, PAGE, 0x3000, LARGE, 2 * LARGE]);
  }

  private policy(): bigint {
    const { random } = this;
    return random.chance(0.6) ? POLICY : random.pick([0n, POLICY | 0x138n, POLICY | (1n << 21n), POLICY | 0x137n]);
  }

  /** LAUNCH_UPDATE's */
  private type(): number {
    return this.random.chance(0.85) ? 1 + this.random.below(6) : this.random.pick([0, 7, 255]);
  }

  private mask(): number {
    return this.random.pick([0, 0, 1, 0xf, 0x1f]);
  }

  private entry(
    spa: number,
    kind: "firmware" | "pre-guest" | "guest" | "hypervisor" | "reclaim",
    asid = this.asid(),
  ): void {
    const guests = kind === "pre-guest" || kind === "guest";
    const size = this.size();
    this.operations.push({
      op: "rmpupdate",
      spa: size === "2M" && this.random.chance(0.9) ? spa - (spa % LARGE) : spa,
      gpa: guests ? this.gpa() : this.random.chance(0.9) ? 0 : this.gpa(),
      asid: guests ? asid : 0,
      assigned: kind !== "hypervisor",
      immutable: kind === "firmware" || kind === "pre-guest",
      size,
    });
  }

  /** Everything that makes a guest, in order; now and then a step is missing. */
  private launch(): void {
    const { random, operations } = this;
    const gctx = random.pick(this.contexts);
    // mostly an ASID that no stray page has
    const asid = random.chance(0.7) ? 10 + random.below(20) : random.pick(this.asids);
    const spa = random.pick(this.pages);
    const imi = random.chance(0.15);
    const gpa = this.gpa();
    const guest = { op: "rmpupdate", spa, gpa, asid, assigned: true, immutable: true, size: "4K" } as const;
    const large = { ...guest, spa: 2 * LARGE, gpa: LARGE, size: "2M" } as const;
    const steps: Operation[] = [
      { op: "rmpupdate", spa: gctx, gpa: 0, asid: 0, assigned: true, immutable: true, size: "4K" },
      { op: "gctx_create", gctx },
      { op: "launch_start", gctx, policy: this.policy(), imi },
      { op: "launch_start", gctx, policy: POLICY, imi },
      { op: "activate", gctx, asid: random.chance(0.1) ? random.pick([0, 1007]) : asid },
      { op: "activate", gctx, asid },
      guest,
      { op: "launch_update", gctx, spa, type: this.type(), size: "4K", imi: imi && random.chance(0.7) },
      large,
      { op: "launch_update", gctx, spa: large.spa, type: this.type(), size: "2M", imi },
      { op: "launch_finish", gctx },
      { op: "npt-map", asid, gpa, spa, size: "4K", w: true, x: true },
    ];
    const until = random.chance(0.6) ? steps.length : 1 + random.below(steps.length);
    for (const step of steps.slice(0, until)) if (random.chance(0.96)) operations.push(step);
  }

  private step(): void {
    const { random, operations } = this;
    const kind = random.weighted({
      launch: 10,
      entry: 26,
      instruction: 14,
      context: 26,
      update: 10,
      page: 18,
      register: 4,
      platform: 4,
      flush: 3,
      end: 2,
    });
    if (kind === "launch") this.launch();
    else if (kind === "flush") this.flush();
    else if (kind === "end") this.end();
    else if (kind === "entry") {
      const whose = random.weighted({ firmware: 5, "pre-guest": 5, guest: 4, hypervisor: 6, reclaim: 1 });
      this.entry(random.chance(0.2) ? random.pick(this.contexts) : this.page(), whose);
    } else operations.push(this.single(kind));
  }

  /** Every guest goes, and with luck the platform too. */
  private end(): void {
    const { random, operations } = this;
    for (const gctx of this.contexts) operations.push({ op: "decommission", gctx });
    if (random.chance(0.8)) this.flush();
    operations.push(random.chance(0.5) ? { op: "snp_shutdown" } : this.shutdownEx());
    if (random.chance(0.8)) this.bringUp();
  }

  private single(kind: "instruction" | "context" | "update" | "page" | "register" | "platform"): Operation {
    switch (kind) {
      case "instruction":
        return this.instruction();
      case "context":
        return this.onContext();
      case "update":
        return this.update();
      case "page":
        return this.onPage();
      case "register":
        return this.register();
      case "platform":
        return this.onPlatform();
    }
  }

  private instruction(): Operation {
    const { random } = this;
    const who = { asid: random.pick(this.asids), vmpl: random.chance(0.95) ? 0 : 1, cpl: 0, gva: this.gpa() };
    switch (random.weighted({ pvalidate: 5, rmpadjust: 1, map: 5, psmash: 3 })) {
      case "pvalidate":
        return { op: "pvalidate", ...who, size: this.size(), validate: random.chance(0.8) };
      case "rmpadjust":
        return { op: "rmpadjust", ...who, size: "4K", target: 1, perms: this.mask(), vmsa: random.chance(0.5) };
      case "map":
        return { op: "npt-map", asid: who.asid, gpa: who.gva, spa: this.page(), size: this.size(), w: true, x: true };
      case "psmash":
        return { op: "psmash", spa: this.page() };
    }
  }

  private onContext(): Operation {
    const { random } = this;
    const gctx = this.context();
    switch (random.weighted({ create: 6, start: 5, activate: 5, finish: 4, remove: 2, status: 2, request: 5 })) {
      case "create":
        return { op: "gctx_create", gctx };
      case "start": {
        const policy = random.chance(0.8)
          ? POLICY
          : random.pick([0n, POLICY | 0x138n, POLICY | (1n << 21n), 0x1_0137n]);
        return { op: "launch_start", gctx, policy, imi: random.chance(0.2) };
      }
      case "activate":
        return { op: "activate", gctx, asid: this.asid() };
      case "finish":
        return { op: "launch_finish", gctx };
      case "remove":
        return { op: "decommission", gctx };
      case "status":
        return { op: "guest_status", gctx };
      case "request":
        return { op: "guest_request", gctx, vmpck: random.below(5), vmpl: random.below(4) };
    }
  }

  private update(): Operation {
    const { random } = this;
    const size = this.size();
    const spa = this.page();
    return {
      op: "launch_update",
      gctx: this.context(),
      spa: size === "2M" && random.chance(0.7) ? spa - (spa % LARGE) : spa,
      type: this.type(),
      size,
      perms: [this.mask(), this.mask(), this.mask()],
      imi: random.chance(0.3),
      reserved: random.chance(0.03),
    };
  }

  private onPage(): Operation {
    const { random } = this;
    const spa = this.page();
    switch (random.weighted({ reclaim: 8, fix: 3, metadata: 3 })) {
      case "reclaim": {
        const size = this.size();
        return { op: "page_reclaim", spa: size === "2M" && random.chance(0.8) ? spa - (spa % LARGE) : spa, size };
      }
      case "fix": {
        const pages = random.pick([0, 1, 1, 1, 2, 512, 5000]);
        return { op: "page_set_state", spa: random.chance(0.8) ? spa - (spa % LARGE) : spa, pages };
      }
      case "metadata":
        return { op: "page_md_init", gctx: this.context(), spa };
    }
  }

  private register(): Operation {
    const { random } = this;
    const msr = random.chance(0.5) ? random.pick([SYSCFG, HWCR, VM_HSAVE_PA, 0x10]) : random.pick(FROZEN);
    const core = random.below(this.platform.cores);
    if (random.chance(0.5)) return { op: "rdmsr", core, msr };
    return { op: "wrmsr", core, msr, value: random.pick([0n, 1n, READY, 0x5000n]) };
  }

  private onPlatform(): Operation {
    const { random } = this;
    switch (random.weighted({ init: 3, ex: 4, shutdown: 2, "shutdown-ex": 1 })) {
      case "init":
        return { op: "snp_init" };
      case "ex":
        return this.initEx(random.chance(0.4));
      case "shutdown":
        return { op: "snp_shutdown" };
      case "shutdown-ex":
        return this.shutdownEx();
    }
  }
}
