/** The state that the instructions of the second model work on. */

import type { Rule } from "../../assembly/abi";
import type { CaseConfig } from "../../cli/vectors";
import type { CheckName } from "../../web/scenario/schema";
import { Memory } from "./memory";
import { GuestTables, NestedTables } from "./page-tables";
import { Rmp } from "./rmp";

/** A permission mask with every bit. APM vol. 2, table 15-36; bit 4 only with VmplSSS. */
const EVERYTHING = 0x0f;
const EVERYTHING_AND_SSS = 0x1f;

export class State {
  readonly vmpls: number;
  readonly rmp: Rmp;
  readonly nested = new NestedTables();
  readonly guest = new GuestTables();
  readonly memory = new Memory();
  readonly checksOff: ReadonlySet<CheckName>;
  /** spa of the VMSA that each vCPU runs on */
  readonly vmsaOf = new Map<number, number>();
  /** vCPUs between VMRUN and #VMEXIT while the next operation is done */
  running: number[] = [];
  /** what a bit is that `rule` asks for in bytes that went through the wrong key: nobody's business but the cipher's */
  noiseBit: (rule: Rule) => boolean = () => false;

  constructor(readonly config: CaseConfig) {
    this.vmpls = config.vmpls;
    this.rmp = new Rmp(config.covered, config.sss ? EVERYTHING_AND_SSS : EVERYTHING);
    this.checksOff = new Set(config.checksOff ?? []);
  }

  /** Pages whose VMSA a running vCPU uses. */
  pagesInUse(): number[] {
    return this.running.flatMap((vcpu) => this.vmsaOf.get(vcpu) ?? []).map((spa) => Math.floor(spa / 4096));
  }
}
