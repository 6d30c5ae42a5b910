/** A vCPU: which VMSA it runs, and whether it is in guest mode. It acts at the VMPL and CPL of the context that it runs. */
import type { Context } from "./context";
import { NOWHERE, type Where } from "./places";

/**
 * running: in guest mode, or about to enter it at its turn; waiting: nobody has named what it runs, or somebody holds it; ended:
 * the context that ran on it last has ended.
 */
export type VcpuStatus = "running" | "waiting" | "ended";

export class Vcpu {
  status: VcpuStatus = "waiting";
  /** spa of the VMSA that it runs, or is to run at its next entry */
  vmsa: number | null = null;
  /** spa of the VMSA that it entered last */
  entered: number | null = null;
  /** from VMRUN to #VMEXIT, whether it has the turn or not */
  inGuest = false;
  context: Context | null = null;
  /** the last #NPF, and how often it came */
  fault = { identity: "", times: 0 };
  /** instructions that it has completed */
  instructions = 0;

  /** an exception that the hypervisor has injected, for before the next instruction */
  injected: { vector: number; errorCode: number } | null = null;
  /** by VMPL: spa of the VMSA that was named for it last */
  readonly vmsas: (number | null)[] = [null, null, null, null];

  constructor(readonly id: number) {}

  get vmpl(): number {
    return this.context?.vmpl ?? 0;
  }

  get cpl(): number {
    return this.context?.cpl ?? 0;
  }

  get where(): Where {
    return this.context?.where ?? NOWHERE;
  }
}
