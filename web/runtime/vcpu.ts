/**
 * A vCPU: runs the guest's instructions, takes its exceptions, leaves to the hypervisor and comes back.
 *
 * This version has one. Several need a sandbox each, whose stack can be put aside; what is per vCPU is here already.
 */
import { Actor, Outcome } from "../../assembly/abi";
import type { Place } from "../core/event";
import type { Host } from "./host";
import { Status } from "./inside/calls";
import { LIMITS } from "./limits";
import { NOWHERE, type Where } from "./places";
import type { Thrown } from "./sandbox";
import { ASID, type Part, type RunState, type VcpuState } from "./state";
import { placeOfExport } from "./texts";

const GP = 13;
const PF = 14;
const VC = 29;

/** Where the boot vCPU starts: a launched page. */
const ENTRY = 0x1000;

export class Vcpu {
  /** vmpl, cpl, and the line that is being run: none before the first entry, boot() itself before its first line */
  readonly self: VcpuState;
  readonly num: Float64Array;
  readonly wide: BigUint64Array;
  readonly page: Uint8Array;
  /** spa of the VMSA that it runs on */
  private vmsa: number | null = null;
  private entered = false;
  /** the last #NPF, and how often it came */
  private fault = { identity: "", times: 0 };
  private readonly bootPlace: Place;

  constructor(
    readonly state: RunState,
    readonly host: Host,
    private readonly part: Part,
  ) {
    this.self = state.vcpu;
    const { num, wide, page } = part.sandbox;
    this.num = num;
    this.wide = wide;
    this.page = page;
    const { text } = part.ready.program;
    this.bootPlace = placeOfExport("guest", text, "boot") ?? { file: "guest", line: 1, column: 1 };
  }

  // ---- instructions ----------------------------------------------------------------------------------------------------

  /**
   * One instruction or memory access, as often as it takes: #NPF leaves to the hypervisor, and it runs again.
   * Another host core may act just before it.
   */
  instruction(act: () => Outcome): Status {
    const { state } = this;
    if (state.end) return Status.ENDED;
    this.self.where = this.place();
    state.instructions++;
    if (!this.host.between(state.instructions) || !this.settled()) return Status.ENDED;
    if (this.operate(act)) return Status.DONE;
    return state.end ? Status.ENDED : Status.EXCEPTION;
  }

  /** What is no instruction of its own: an event, but nothing that another core could come in front of. */
  aside(act: () => Outcome): Status {
    const { state } = this;
    if (state.end) return Status.ENDED;
    const where = this.place();
    this.acts();
    return state.recorded(act(), where) ? Status.DONE : Status.ENDED;
  }

  /** False: the run has ended, or an exception was raised, whose operands are in num. */
  private operate(act: () => Outcome): boolean {
    this.fault.identity = "";
    for (;;) {
      this.acts();
      const outcome = act();
      if (!this.state.recorded(outcome, this.self.where)) return false;
      if (outcome === Outcome.NPF) {
        if (!this.nestedFault()) return false;
        continue;
      }
      if (outcome !== Outcome.GP && outcome !== Outcome.PF && outcome !== Outcome.VC) return true;
      const { machine } = this.state;
      this.num[1] = outcome === Outcome.GP ? GP : outcome === Outcome.PF ? PF : VC;
      this.num[2] = Number(machine.error);
      this.num[3] = outcome === Outcome.GP ? 0 : machine.address;
      return false;
    }
  }

  /** The guest acts from here on, and its VMSA is in use. */
  private acts(): void {
    const { machine } = this.state;
    machine.as(Actor.GUEST, this.self.id, ASID, this.self.vmpl, this.self.cpl);
    machine.inUse(1 << this.self.id);
  }

  private place(): Where {
    return this.state.places ? this.part.sandbox.where() : NOWHERE;
  }

  /** #VMEXIT(NPF): the hypervisor deals with it. True when the guest goes on. */
  private nestedFault(): boolean {
    const { state, host, self } = this;
    const { machine } = state;
    const exitinfo1 = machine.error;
    const gpa = machine.address;
    const identity = `${exitinfo1} ${gpa}`;
    const same = identity === this.fault.identity && !state.changed;
    this.fault = { identity, times: same ? this.fault.times + 1 : 1 };
    state.changed = false;
    if (this.fault.times < LIMITS.identicalNpf) return host.npf(self, gpa, exitinfo1) && this.enter();
    const spins = host.ownNpf ? "Your npf() said that it dealt with this" : "KVM would spin here";
    const text =
      `${spins}: ${LIMITS.identicalNpf} times the same #NPF at guest-physical 0x${gpa.toString(16)}, ` +
      `EXITINFO1 0x${exitinfo1.toString(16)}, and nothing changed in between`;
    state.finish({ end: "stopped", reason: "npf-loop", text });
    return false;
  }

  // ---- entries ---------------------------------------------------------------------------------------------------------

  /** VMRUN of what the hypervisor named. The first is an event; an entry after an exit only when it is refused. */
  enter(): boolean {
    const { state, host } = this;
    const { machine } = state;
    if (!this.settled() || this.vmsa === null) return false;
    host.acts();
    const before = machine.step;
    const outcome = machine.vmrun(this.vmsa, this.entered);
    if (machine.step !== before && !state.recorded(outcome, this.self.where)) return false;
    if (outcome === Outcome.VMEXIT_INVALID) {
      const text = `VMRUN of 0x${this.vmsa.toString(16)} gives VMEXIT_INVALID: it is no VMSA page of this guest`;
      state.finish({ end: "stopped", reason: "vmexit-invalid", text });
      return false;
    }
    if (!this.entered) {
      const state = Number(machine.value);
      this.self.vmpl = state & 0xff;
      this.self.cpl = (state >>> 8) & 0xff;
      if (this.state.places) this.self.where = { at: this.bootPlace, caller: this.bootPlace };
      this.entered = true;
    }
    return true;
  }

  /** What the hypervisor named to run next. This version runs one VMSA: a second one is recognised and refused. */
  private settled(): boolean {
    const { state } = this;
    const next = this.host.takeNext();
    if (state.end) return false;
    if (next === null || next === this.vmsa) return true;
    if (this.vmsa === null) {
      this.vmsa = next;
      return true;
    }
    const both = `the VMSA at 0x${next.toString(16)} cannot run beside the one at 0x${this.vmsa.toString(16)}`;
    state.finish({ end: "error", message: `This version runs one vCPU: ${both}`, ...this.host.hookPlace() });
    return false;
  }

  /**
   * The fetch that starts the vCPU.
   * Simplified: program code is not in memory, so this one fetch stands for all: a VMPL that may not execute the page it
   * starts on gets nowhere.
   */
  fetchFirst(): boolean {
    if (this.operate(() => this.state.machine.guestFetch(ENTRY))) return true;
    if (!this.state.end) this.uncaught(this.raised());
    return false;
  }

  // ---- the program -----------------------------------------------------------------------------------------------------

  boot(): void {
    const { state, part } = this;
    const { boot } = part.ready;
    if (boot === null) throw new Error("a guest without boot() was run");
    const came = part.sandbox.run(boot);
    if (state.end) return;
    if ("thrown" in came) return this.uncaught(came.thrown);
    if (!part.sandbox.isPromise(came.returned)) return state.finish({ end: "completed" });
    const message = "boot() must not be async: what it waits for would never arrive";
    state.finish({ end: "error", message, ...this.bootPlace });
  }

  private raised(): Thrown {
    const [, vector = 0, errorCode = 0, cr2 = 0] = this.num;
    return { kind: "exception", vector, errorCode, cr2 };
  }

  /** Early boot has no handlers: an exception that nobody catches ends in shutdown. APM vol. 2, 15.14.3. */
  private uncaught(thrown: Thrown): void {
    if (thrown.kind === "error") {
      const place = thrown.where.at ?? this.bootPlace;
      return this.state.finish({ end: "error", message: thrown.message, ...place });
    }
    const { vector, errorCode, cr2 } = thrown;
    const at = vector === GP ? {} : { cr2: `0x${cr2.toString(16)}` };
    this.state.finish({ end: "shutdown", vector, errorCode, ...at });
  }
}
