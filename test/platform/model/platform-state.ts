/** The state that the second model's firmware works on: the machine of test/model, registers, guests. */
import { type Entry, pageOf } from "../../model/rmp";
import { State } from "../../model/state";
import type { Platform, Result } from "../operation";
import { stateOf } from "./page-states";
import { Registers, RMP_BASE, RMP_END } from "./registers";

const MIB = 0x10_0000;
export const PAGE = 4096;

/** A firmware command's result. */
export const status = (name: string): Result => ({ status: name });

/** What the firmware knows of an ASID; one that it has not met since SNP_INIT is dirty, one that SNP_DF_FLUSH met clean. */
export type AsidState = "dirty" | "clean" | "allocated" | "in use";

export interface Guest {
  state: "INIT" | "LAUNCH" | "RUNNING";
  asid: number;
  policy: bigint;
  imi: boolean;
}

export class PlatformState {
  machine: State;
  readonly registers: Registers;
  initialized = false;
  /** the RMP was built since reset, and not given up by SNP_SHUTDOWN_EX */
  rmpBuilt = false;
  /** ASIDs that are not as all others are */
  private readonly asids = new Map<number, AsidState>();
  private otherAsids: AsidState = "dirty";
  /** host cores that did WBINVD since SNP_INIT, and since the last guest that was RUNNING ended */
  readonly flushed = new Set<number>();
  /** by the address of the context page */
  readonly guests = new Map<number, Guest>();

  constructor(readonly platform: Platform) {
    const { pages, covered, cores, checksOff = [] } = platform;
    this.machine = new State({ pages, covered, vmpls: 4, sss: true, checksOff });
    this.registers = new Registers(cores);
    // the BIOS: a table just large enough, as high in memory as a multiple of 1 MiB allows
    const bytes = covered * 16 + 0x4000;
    const base = Math.floor((pages * PAGE - bytes) / MIB) * MIB;
    for (let core = 0; core < cores; core++) {
      this.registers.set(core, RMP_BASE, BigInt(base));
      this.registers.set(core, RMP_END, BigInt(base + bytes - 1));
    }
  }

  /** A fresh RMP that covers so many pages; page tables are the hypervisor's and stay. */
  replaceRmp(covered: number): void {
    const { nested, guest } = this.machine;
    this.machine = Object.assign(new State({ ...this.machine.config, covered }), { nested, guest });
  }

  asidState(asid: number): AsidState {
    return this.asids.get(asid) ?? this.otherAsids;
  }

  setAsid(asid: number, state: AsidState): void {
    this.asids.set(asid, state);
  }

  /** SNP_INIT. */
  allDirty(): void {
    this.asids.clear();
    this.otherAsids = "dirty";
    this.flushed.clear();
  }

  /** SNP_DF_FLUSH. */
  dirtyToClean(): void {
    for (const [asid, state] of this.asids) if (state === "dirty") this.asids.set(asid, "clean");
    if (this.otherAsids === "dirty") this.otherAsids = "clean";
  }

  everyAsidIsClean(): boolean {
    return this.otherAsids === "clean" && [...this.asids.values()].every((state) => state === "clean");
  }

  own(spa: number): Entry {
    return this.machine.rmp.own(pageOf(spa));
  }

  /** State by the page's own entry: that it lies inside a 2M one is not the firmware's business. */
  ownState(spa: number): string {
    return this.machine.rmp.covers(pageOf(spa)) ? stateOf(this.own(spa)) : "UNCOVERED";
  }

  /** State by the entry that speaks for the page. */
  coveringState(spa: number): string {
    const { rmp } = this.machine;
    return rmp.covers(pageOf(spa)) ? stateOf(rmp.covering(pageOf(spa))) : "UNCOVERED";
  }

  /** Changes fields of a page's own entry. */
  change(spa: number, fields: Partial<Entry>): void {
    this.machine.rmp.write(pageOf(spa), { ...this.own(spa), ...fields });
  }

  /** Is the address in the RMP? */
  inRmp(spa: number): boolean {
    return BigInt(spa) >= this.registers.get(0, RMP_BASE) && BigInt(spa) <= this.registers.get(0, RMP_END);
  }

  anyPageOf(asid: number): boolean {
    const { rmp } = this.machine;
    for (let page = 0; page < rmp.coveredPages; page++) if (rmp.own(page).asid === asid) return true;
    return false;
  }
}
