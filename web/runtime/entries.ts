/** Into guest mode and out of it: VMRUN, #VMEXIT, and the #NPF that the hypervisor deals with in between. */
import { Actor, Event, Outcome, Vector } from "../../assembly/abi";
import type { VmsaState } from "../core/machine";
import { Context, type Start } from "./context";
import { type Guest, LAUNCH_RIP } from "./guest";
import type { Host } from "./host";
import { LIMITS } from "./limits";
import type { Programs } from "./programs";
import type { RunState } from "./state";
import type { Vcpu } from "./vcpu";
import { vmrunRefused } from "./vmrun-refused";

/** Where launched contexts start, and what the first entry of every context fetches: a launched page. */
const ENTRY = LAUNCH_RIP;

/** Why a vCPU leaves guest mode: EXIT_CODE of the VMCB, and of the VMSA. APM vol. 2, appendix C. */
export enum Exit {
  INTR = 0x60,
  HLT = 0x78,
  SHUTDOWN = 0x7f,
  NPF = 0x400,
  VMGEXIT = 0x403,
}

/** An exception on its way to the guest. */
export interface Raised {
  vector: number;
  errorCode: number;
  cr2: number;
}

/** How an attempt came out: the exception is the machine's last, or the vCPU left and tries again at its turn. */
export type Attempt = "done" | "again" | "exception" | "ended";

export class Entries {
  private readonly guest: Guest;

  constructor(
    private readonly state: RunState,
    private readonly host: Host,
    private readonly programs: Programs,
  ) {
    this.guest = state.guest;
  }

  // ---- VMRUN -----------------------------------------------------------------------------------------------------------

  /** VMRUN of what the hypervisor named. An event when it is another page than before, or refused. */
  enter(vcpu: Vcpu): void {
    const { state, host } = this;
    const { machine } = state;
    const page = vcpu.vmsa;
    if (page === null) throw new Error("a vCPU without a VMSA was to run");
    host.acts(vcpu);
    const before = machine.step;
    const outcome = machine.vmrun(page, page === vcpu.entered);
    if (machine.step !== before && !state.recorded(outcome, vcpu.where)) return;
    if (outcome === Outcome.VMEXIT_INVALID || outcome === Outcome.VMEXIT_BUSY) {
      const text = vmrunRefused(machine, page, host.failure);
      return state.finish({ end: "stopped", reason: "vmexit-invalid", text });
    }
    vcpu.entered = page;
    const vmsa = machine.loadVmsa(this.guest.asid, page);
    const context = this.contextOf(vcpu, page, vmsa);
    if (!context) return;
    const { vmpl, cpl, regs } = vmsa;
    context.vmpl = vmpl;
    context.cpl = cpl;
    context.load(regs);
    vcpu.context = context;
    if (context.ended) vcpu.status = "ended";
    else vcpu.inGuest = true;
  }

  /** The context that the page has become: what it started as goes on, unless the page names another entry by now. */
  private contextOf(vcpu: Vcpu, page: number, { rip, vmpl }: VmsaState): Context | null {
    const { state, guest, programs } = this;
    const known = guest.contexts.get(page);
    if (known?.rip === rip) return known;
    const start = this.startAt(vcpu, page, rip);
    if (!start) {
      state.finish({ end: "shutdown", vector: Vector.UD, errorCode: 0, vcpu: vcpu.id, vmpl });
      return null;
    }
    if (++guest.started > LIMITS.contexts) {
      state.finish({ end: "fuel", limit: "contexts" });
      return null;
    }
    const entry = guest.forkAt(rip) ? null : vcpu.id === 0 ? "boot" : "ap";
    const context = new Context(page, rip, start, entry);
    context.where = programs.entryPlace(entry);
    guest.contexts.set(page, context);
    return context;
  }

  /** What runs at a RIP; null when it names nothing. */
  private startAt(vcpu: Vcpu, page: number, rip: number): Start | null {
    const fork = this.guest.forkAt(rip);
    if (fork) return this.programs.startFork(fork);
    if (rip !== LAUNCH_RIP && !this.guest.launched.has(page)) return null;
    return vcpu.id === 0 ? this.programs.startBoot() : this.programs.startAp(vcpu.id);
  }

  // ---- attempts --------------------------------------------------------------------------------------------------------

  /** One instruction or access of the context that has the turn, tried once. */
  attempt(vcpu: Vcpu, context: Context, act: () => Outcome): Attempt {
    const { state } = this;
    this.acts(vcpu, context);
    const outcome = act();
    if (!state.recorded(outcome, context.where)) return "ended";
    if (outcome === Outcome.NPF) {
      this.nestedFault(vcpu);
      return "again";
    }
    return outcome === Outcome.GP || outcome === Outcome.PF || outcome === Outcome.VC ? "exception" : "done";
  }

  /**
   * The fetch that starts a context.
   * Simplified: program code is not in memory, so this one fetch stands for all: a VMPL that may not execute the page it
   * starts on gets nowhere.
   */
  fetch(vcpu: Vcpu, context: Context): Attempt {
    const came = this.attempt(vcpu, context, () => this.state.machine.guestFetch(ENTRY));
    if (came === "done") context.fetched = true;
    if (came === "exception") this.uncaught(vcpu, this.raised());
    if (came === "done") vcpu.fault.identity = "";
    return came;
  }

  /** The guest acts from here on. */
  acts(vcpu: Vcpu, context: Context): void {
    const { machine, guest } = this.state;
    machine.as(Actor.GUEST, vcpu.id, guest.asid, context.vmpl, context.cpl);
    machine.inUse(guest.inUse);
  }

  // ---- #VMEXIT ---------------------------------------------------------------------------------------------------------

  /** The vCPU leaves guest mode: its state goes into its VMSA, with the event that exits. */
  exit(vcpu: Vcpu, code: Exit, info1 = 0n, info2 = 0n, step = this.state.machine.step): void {
    const { state, guest } = this;
    const { context } = vcpu;
    if (!vcpu.inGuest || !context) return;
    vcpu.inGuest = false;
    state.answered(state.machine.saveVmsa(guest.asid, vcpu.id, context, { code, info1, info2 }, step));
  }

  /** Early boot has no handlers: an exception that nobody catches ends in shutdown. APM vol. 2, 15.14.3. */
  uncaught(vcpu: Vcpu, { vector, errorCode, cr2 }: Raised): void {
    const at = vector === Vector.PF || vector === Vector.VC ? { cr2: `0x${cr2.toString(16)}` } : {};
    const { id, vmpl } = vcpu;
    this.exit(vcpu, Exit.SHUTDOWN);
    if (vcpu.context) vcpu.context.ended = true;
    vcpu.status = "ended";
    this.host.exited(vcpu, Exit.SHUTDOWN);
    // unless the hypervisor's program has something else for the vCPU
    if (vcpu.status === "ended") this.state.finish({ end: "shutdown", vector, errorCode, ...at, vcpu: id, vmpl });
  }

  /** The exception that the last operation raised. */
  raised(): Raised {
    const { machine } = this.state;
    const outcome = machine.eventByte(machine.step, Event.OUTCOME);
    const vector = outcome === Outcome.GP ? Vector.GP : outcome === Outcome.PF ? Vector.PF : Vector.VC;
    return { vector, errorCode: Number(machine.error), cr2: vector === Vector.GP ? 0 : machine.address };
  }

  /** The context has ended, and #VMEXIT(HLT) leaves its vCPU with nothing to run. */
  halted(vcpu: Vcpu, context: Context): void {
    context.ended = true;
    vcpu.status = "ended";
    this.exit(vcpu, Exit.HLT);
    this.host.exited(vcpu, Exit.HLT);
  }

  /** #VMEXIT(NPF): the hypervisor deals with it, and the guest tries again. */
  private nestedFault(vcpu: Vcpu): void {
    const { state, host } = this;
    const { machine } = state;
    const exitinfo1 = machine.error;
    const gpa = machine.address;
    this.exit(vcpu, Exit.NPF, exitinfo1, BigInt(gpa));
    const others = state.completed - vcpu.instructions;
    const identity = `${exitinfo1} ${gpa} ${others}`;
    const same = identity === vcpu.fault.identity && !state.changed;
    vcpu.fault = { identity, times: same ? vcpu.fault.times + 1 : 1 };
    state.changed = false;
    if (vcpu.fault.times < LIMITS.identicalNpf) {
      host.npf(vcpu, gpa, exitinfo1);
      return;
    }
    const spins = host.ownNpf ? "Your npf() said that it dealt with this" : "KVM would spin here";
    const text =
      `${spins}: ${LIMITS.identicalNpf} times the same #NPF at guest-physical 0x${gpa.toString(16)}, ` +
      `EXITINFO1 0x${exitinfo1.toString(16)}, and nothing changed in between`;
    state.finish({ end: "stopped", reason: "npf-loop", text });
  }
}
