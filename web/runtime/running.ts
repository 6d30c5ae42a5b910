/** A context that has a program on the stack, and what the program asks for: instructions, as often as they take. */
import type { Outcome } from "../../assembly/abi";
import type { Context } from "./context";
import { LEAVE } from "./engine";
import type { Entries } from "./entries";
import type { Coming, Host } from "./host";
import { Status } from "./inside/calls";
import { NOWHERE, type Where } from "./places";
import type { Sandbox } from "./sandbox";
import type { Scheduler } from "./scheduler";
import type { RunState } from "./state";
import type { Vcpu } from "./vcpu";

export class Running {
  readonly num: Float64Array;
  readonly wide: BigUint64Array;
  readonly page: Uint8Array;

  constructor(
    readonly state: RunState,
    readonly host: Host,
    readonly scheduler: Scheduler,
    readonly entries: Entries,
    readonly context: Context,
    readonly sandbox: Sandbox,
    /** Lets the others run until it is this context's turn; gives the program up when it has to. */
    private readonly settle: () => Vcpu,
  ) {
    const { num, wide, page } = sandbox;
    this.num = num;
    this.wide = wide;
    this.page = page;
  }

  /**
   * One instruction or memory access, as often as it takes: #NPF leaves to the hypervisor, and it runs again.
   * Another host core may act just before it.
   */
  instruction(coming: Coming, act: () => Outcome): Status {
    const { state, context } = this;
    for (;;) {
      const vcpu = this.settle();
      if (!context.counted) {
        context.where = this.place();
        if (!this.count(vcpu, coming)) continue;
      }
      if (vcpu.injected) return this.inject(vcpu);
      const came = this.entries.attempt(vcpu, context, act);
      if (came === "ended") throw LEAVE;
      if (came === "again") {
        this.scheduler.unchanged();
        continue;
      }
      context.counted = false;
      vcpu.instructions++;
      state.completed++;
      return came === "done" ? Status.DONE : this.exception();
    }
  }

  /** What is no instruction of its own: an event, but nothing that another core could come in front of. */
  aside(act: () => Outcome): Status {
    const { state, context } = this;
    const vcpu = this.settle();
    const where = this.place();
    this.entries.acts(vcpu, context);
    if (!state.recorded(act(), where)) throw LEAVE;
    return Status.DONE;
  }

  /** Gives the coming instruction its number. False: another core has acted before it, and it is to be seen who goes on. */
  private count(vcpu: Vcpu, coming: Coming): boolean {
    const { state, host } = this;
    const n = state.instructions + 1;
    if (host.hasBetween && state.announced < n) {
      state.announced = n;
      host.between(vcpu, n, coming);
      return false;
    }
    state.instructions = n;
    this.scheduler.count();
    this.context.counted = true;
    vcpu.fault.identity = "";
    return true;
  }

  /** Keeps the program as it stands: a VMSA that names the RIP starts a context from there. */
  fork(): Status {
    const rip = this.state.guest.fork(() => this.sandbox.snapshot());
    if (typeof rip === "string") {
      this.sandbox.message = rip;
      return Status.WRONG;
    }
    this.num[1] = rip;
    return Status.DONE;
  }

  /** The context has ended. */
  halt(): void {
    this.entries.halted(this.scheduler.current, this.context);
  }

  /** EVENTINJ: the exception comes in place of the instruction. */
  private inject(vcpu: Vcpu): Status {
    const { vector = 0, errorCode = 0 } = vcpu.injected ?? {};
    vcpu.injected = null;
    this.context.counted = false;
    this.num.set([vector, errorCode, 0], 1);
    return Status.EXCEPTION;
  }

  private exception(): Status {
    const { vector, errorCode, cr2 } = this.entries.raised();
    this.num.set([vector, errorCode, cr2], 1);
    return Status.EXCEPTION;
  }

  private place(): Where {
    return this.state.places ? this.sandbox.where() : NOWHERE;
  }
}
