/** A guest: its ASID, its vCPUs, and the contexts that its VMSA pages have become. */
import type { Context } from "./context";
import type { Snapshot } from "./engine";
import { LIMITS } from "./limits";
import { Vcpu } from "./vcpu";

/** The guest that the default hypervisor launches: the playground has one. */
export const ASID = 1;

/** RIP of the launched VMSAs; the n-th fork's is n strides behind it. Program code is not in memory: it is only a name. */
export const LAUNCH_RIP = 0x1000;
const ENTRY_STRIDE = 0x10;
const MAX_FORKS = 255;

export class Guest {
  readonly vcpus: readonly Vcpu[];
  /** by the spa of its VMSA: the context that was last started from the page */
  readonly contexts = new Map<number, Context>();
  /** spa of each VMSA that the launch named: it starts the program's own entry, whatever RIP says */
  readonly launched = new Set<number>();
  /** how many contexts were ever started */
  started = 0;
  private forkBytes = 0;
  private readonly forks = new Map<number, Snapshot>();

  constructor(
    readonly asid: number,
    vcpus: number,
  ) {
    this.vcpus = Array.from({ length: vcpus }, (_, id) => new Vcpu(id));
  }

  get bootVcpu(): Vcpu {
    return this.vcpus[0] as Vcpu;
  }

  /** Mask of the vCPUs in guest mode: their VMSA pages are in use. */
  get inUse(): number {
    let mask = 0;
    for (const { id, inGuest } of this.vcpus) if (inGuest) mask |= 1 << id;
    return mask;
  }

  /** Keeps the program as it stands, under the RIP that is given back; or says why that is too much. */
  fork(take: () => Snapshot): number | string {
    if (this.forks.size === MAX_FORKS) {
      return `create_vmsa(): entry was given ${MAX_FORKS} times, and there are no more addresses for it`;
    }
    const snapshot = take();
    this.forkBytes += snapshot.heap.length;
    if (this.forkBytes > LIMITS.forks) return "create_vmsa(): the program is too large to be copied once more";
    const rip = LAUNCH_RIP + (this.forks.size + 1) * ENTRY_STRIDE;
    this.forks.set(rip, snapshot);
    return rip;
  }

  forkAt(rip: number): Snapshot | null {
    return this.forks.get(rip) ?? null;
  }
}
