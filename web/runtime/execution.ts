/**
 * One run: the machine, the guest's and the hypervisor's sandbox, and how it ended.
 *
 * An end is a state of this object, not an exception: a program's `catch` catches what a refused call throws, and whatever it
 * does then no longer counts.
 */
import { Actor, Outcome } from "../../assembly/abi";
import type { Place } from "../core/event";
import type { Machine } from "../core/machine";
import { Frames } from "./frames";
import { Fuel, type Watch } from "./fuel";
import { type Call, Hook, Status } from "./inside/calls";
import { LIMITS } from "./limits";
import { Log } from "./log";
import { NOWHERE, type Where } from "./places";
import type { End } from "./protocol";
import type { Ready, Sandbox, Thrown } from "./sandbox";
import { Trail } from "./trail";

/** A defect of ours (the core trapped): this instance must not be used again. */
export class Defect extends Error {
  override name = "Defect";
}

/** What a program is run with. */
export interface Part {
  sandbox: Sandbox;
  ready: Ready;
}

export interface Setting {
  machine: Machine;
  guest: Part;
  hypervisor: Part;
  /** keep the place of each event */
  places: boolean;
  /** `export function boot` in the guest's text, for what happens before its first line */
  bootPlace: Place | null;
  watch?: Watch | undefined;
}

/** The one guest. */
export const ASID = 1;

export class Execution {
  end: End | null = null;
  readonly machine: Machine;
  readonly frames: Frames;
  readonly log = new Log();
  readonly trail = new Trail();
  /** of the boot vCPU, which is the only one */
  readonly vcpu = 0;
  vmpl = 0;
  cpl = 0;
  /** spa of the VMSA that runs next; null before the first VMRUN */
  next: number | null = null;
  /** spa of the VMSA that runs */
  private current: number | null = null;
  private readonly fuel: Fuel;
  /** instructions of the guest so far */
  private count = 0;
  private inBetween = false;
  /** where the guest stands while it is left */
  private guestWhere: Where = NOWHERE;
  private fault = { identity: "", times: 0 };
  /** something changed since the last #NPF */
  changed = false;

  constructor(readonly setting: Setting) {
    this.machine = setting.machine;
    this.frames = new Frames(setting.machine);
    this.fuel = new Fuel(setting.watch);
    if (setting.bootPlace) this.guestWhere = { at: setting.bootPlace, caller: setting.bootPlace };
    for (const text of setting.hypervisor.ready.log) this.log.add(0, "hypervisor", text);
    for (const text of setting.guest.ready.log) this.log.add(0, "guest", text);
  }

  // ---- the whole run ---------------------------------------------------------------------------------------------------

  /** From the platform's start to the end. `guestCall` and `hostCall` do what the programs ask for. */
  run(
    guestCall: (op: Call) => Status,
    hostCall: (op: Call) => Status,
    text: (actor: "guest" | "hypervisor", op: Call, text: string) => Status,
  ): End {
    const { guest, hypervisor } = this.setting;
    const interrupt = () => this.interrupt();
    hypervisor.sandbox.start(hypervisor.ready, {
      call: this.safely(hostCall),
      text: (op, line) => text("hypervisor", op, line),
      interrupt,
    });
    guest.sandbox.start(guest.ready, {
      call: this.safely(guestCall),
      text: (op, line) => text("guest", op, line),
      interrupt,
    });
    try {
      if (this.launch() && this.enter() && this.firstFetch()) this.boot();
    } catch (error) {
      if (error instanceof Defect) throw error;
      // The guest's engine met the end of the worker's own stack, or trapped: the program's doing.
      this.finish(guest.sandbox.hostFault(error));
    } finally {
      guest.sandbox.stop();
      hypervisor.sandbox.stop();
    }
    return this.end ?? { end: "completed" };
  }

  /** What fails in a request is ours, except for the end of the stack, which the program may well have reached. */
  private safely(handle: (op: Call) => Status): (op: Call) => Status {
    return (op) => {
      try {
        return handle(op);
      } catch (error) {
        throw error instanceof Defect || this.isPrograms(error) ? error : new Defect(String(error), { cause: error });
      }
    };
  }

  private isPrograms(error: unknown): boolean {
    return error instanceof RangeError && /call stack/i.test(error.message);
  }

  private launch(): boolean {
    const { num } = this.setting.hypervisor.sandbox;
    if (!this.hook(Hook.LAUNCH)) return false;
    this.next = num[1] ?? 0;
    return true;
  }

  /**
   * The fetch that starts a vCPU.
   * Simplified: program code is not in memory, so this one fetch stands for all: a VMPL that may not execute the page it
   * starts on gets nowhere.
   */
  private firstFetch(): boolean {
    if (this.operate(() => this.machine.guestFetch(ENTRY), this.guestWhere)) return true;
    if (!this.end) this.uncaught(this.raised());
    return false;
  }

  private boot(): void {
    const { sandbox, ready } = this.setting.guest;
    if (ready.boot === null) throw new Defect("a guest without boot() was run");
    const came = sandbox.run(ready.boot);
    if (this.end) return;
    if ("thrown" in came) return this.uncaught(came.thrown);
    if (!sandbox.isPromise(came.returned)) return this.finish({ end: "completed" });
    const { file, line, column } = this.setting.bootPlace ?? { file: "guest", line: 1, column: 1 };
    const message = "boot() must not be async: what it waits for would never arrive";
    this.finish({ end: "error", message, file, line, column });
  }

  /** Early boot has no handlers: an exception that nobody catches is a triple fault. APM vol. 2, 15.15.3 (shutdown). */
  private uncaught(thrown: Thrown): void {
    if (thrown.kind === "error") return this.finish(this.errorOf(thrown, "guest"));
    const { vector, errorCode, cr2 } = thrown;
    const at = vector === GP ? {} : { cr2: `0x${cr2.toString(16)}` };
    this.finish({ end: "shutdown", vector, errorCode, ...at });
  }

  private errorOf(thrown: Extract<Thrown, { kind: "error" }>, file: string): End {
    const place = thrown.where.at ?? { file, line: 1, column: 1 };
    return { end: "error", message: thrown.message, ...place };
  }

  /** The first end counts; what comes after it does not. */
  finish(end: End): void {
    this.end ??= end;
  }

  private interrupt(): boolean {
    if (this.end) return true;
    const limit = this.fuel.interrupt();
    if (limit) this.finish({ end: "fuel", limit });
    return limit !== null;
  }

  // ---- the guest -------------------------------------------------------------------------------------------------------

  /** Where the guest stands that asks for something. */
  guestPlace(): Where {
    return this.setting.places ? this.setting.guest.sandbox.where() : NOWHERE;
  }

  /** Who acts from here on: the guest, running. */
  asGuest(): void {
    this.machine.as(Actor.GUEST, this.vcpu, ASID, this.vmpl, this.cpl);
    this.machine.inUse(1 << this.vcpu);
  }

  /**
   * One instruction or memory access of the guest, as often as it takes: #NPF leaves to the hypervisor, and it runs again.
   */
  instruction(act: () => Outcome): Status {
    if (this.end) return Status.ENDED;
    const where = this.guestPlace();
    this.guestWhere = where;
    this.count++;
    if (this.setting.hypervisor.ready.between && !this.between()) return Status.ENDED;
    if (this.operate(act, where)) return Status.DONE;
    return this.end ? Status.ENDED : Status.EXCEPTION;
  }

  /** False: the run has ended, or an exception was raised (its operands are in the guest's num). */
  private operate(act: () => Outcome, where: Where): boolean {
    this.fault.identity = "";
    for (;;) {
      this.asGuest();
      const outcome = act();
      if (!this.recorded(outcome, where)) return false;
      if (outcome === Outcome.NPF) {
        if (!this.nestedFault()) return false;
        continue;
      }
      if (outcome !== Outcome.GP && outcome !== Outcome.PF && outcome !== Outcome.VC) return true;
      this.raise(this.setting.guest.sandbox, outcome);
      return false;
    }
  }

  /** An exception's operands, for the sandbox to throw. */
  raise(sandbox: Sandbox, outcome: Outcome): Status {
    sandbox.num[1] = outcome === Outcome.GP ? GP : outcome === Outcome.PF ? PF : VC;
    sandbox.num[2] = Number(this.machine.error);
    sandbox.num[3] = outcome === Outcome.GP ? 0 : this.machine.address;
    return Status.EXCEPTION;
  }

  private raised(): Thrown {
    const [, vector = 0, errorCode = 0, cr2 = 0] = this.setting.guest.sandbox.num;
    return { kind: "exception", vector, errorCode, cr2 };
  }

  /** Keeps the place of the event that was just appended. False when there was no room for it: the run has ended. */
  recorded(outcome: Outcome, where: Where): boolean {
    if (outcome >= Outcome.NO_EVENTS) {
      this.finish({ end: "fuel", limit: outcome === Outcome.NO_EVENTS ? "steps" : "changes" });
      return false;
    }
    const { step: events } = this.machine;
    if (this.setting.places) this.trail.put(events, where);
    this.fuel.event(events);
    return true;
  }

  /** Another host core acts while the guest is about to run an instruction. */
  private between(): boolean {
    this.setting.hypervisor.sandbox.num[1] = this.count;
    this.inBetween = true;
    const goesOn = this.hook(Hook.BETWEEN);
    this.inBetween = false;
    return goesOn && this.settleNext();
  }

  /** #VMEXIT(NPF): the hypervisor deals with it. True when the guest goes on. */
  private nestedFault(): boolean {
    const { machine } = this;
    const { num, wide } = this.setting.hypervisor.sandbox;
    const exitinfo1 = machine.error;
    const gpa = machine.address;
    const identity = `${exitinfo1} ${gpa}`;
    const same = identity === this.fault.identity && !this.changed;
    this.fault = { identity, times: same ? this.fault.times + 1 : 1 };
    this.changed = false;
    if (this.fault.times >= LIMITS.identicalNpf) {
      const text =
        `KVM would spin here: ${LIMITS.identicalNpf} times the same #NPF at guest-physical 0x${gpa.toString(16)}, ` +
        `EXITINFO1 0x${exitinfo1.toString(16)}, and nothing changed in between`;
      this.finish({ end: "stopped", reason: "npf-loop", text });
      return false;
    }
    num[1] = this.vcpu;
    num[2] = this.vmpl;
    num[3] = gpa;
    wide[0] = exitinfo1;
    return this.hook(Hook.NPF) && this.enter();
  }

  /** VMRUN of what the hypervisor named. The first is an event; an entry after an exit only when it is refused. */
  enter(): boolean {
    if (!this.settleNext() || this.current === null) return false;
    this.asHost();
    const first = this.machine.step;
    const quiet = this.entered;
    const outcome = this.machine.vmrun(this.current, quiet);
    if (this.machine.step !== first && !this.recorded(outcome, this.guestWhere)) return false;
    if (outcome === Outcome.VMEXIT_INVALID) {
      const text = `VMRUN of 0x${this.current.toString(16)} gives VMEXIT_INVALID: it is no VMSA page of this guest`;
      this.finish({ end: "stopped", reason: "vmexit-invalid", text });
      return false;
    }
    if (!quiet) this.enterAt(this.machine.value);
    this.entered = true;
    return true;
  }

  private entered = false;

  private enterAt(state: bigint): void {
    this.vmpl = Number(state & 0xffn);
    this.cpl = Number((state >> 8n) & 0xffn);
  }

  /** This version runs one vCPU: a second VMSA is recognised and refused. */
  private settleNext(): boolean {
    const { next } = this;
    this.next = null;
    if (next === null || next === this.current) return true;
    if (this.current === null) {
      this.current = next;
      return true;
    }
    const { file, line, column } = this.lastHostPlace ?? { file: "hypervisor", line: 1, column: 1 };
    const message = `This version runs one vCPU: the VMSA at 0x${next.toString(16)} cannot run beside the one at 0x${this.current.toString(16)}`;
    this.finish({ end: "error", message, file, line, column });
    return false;
  }

  /** For what the processor or the host does of itself while the guest is left: the guest's line. */
  exitPlace(): Where {
    return this.guestWhere;
  }

  // ---- the hypervisor --------------------------------------------------------------------------------------------------

  /** Where the last request of the hypervisor came from. */
  private lastHostPlace: Place | null = null;

  hostPlace(): Where {
    if (!this.setting.places) return NOWHERE;
    const own = this.setting.hypervisor.sandbox.where();
    this.lastHostPlace = own.at;
    if (own.caller || !this.guestWhere.caller) return own;
    // the default acts for the guest's line
    return this.borrowed(own);
  }

  private borrowed(own: Where): Where {
    let known = this.borrowedFrom.get(own);
    if (known?.caller !== this.guestWhere.caller) {
      known = { at: own.at, caller: this.guestWhere.caller };
      this.borrowedFrom.set(own, known);
    }
    return known as Where;
  }

  private readonly borrowedFrom = new Map<Where, Where>();

  /** Who acts from here on: the host. Nothing is in use while it handles an exit; another core sees the VMSA in use. */
  asHost(): void {
    this.machine.as(Actor.HYPERVISOR, this.vcpu, ASID, this.vmpl, this.cpl);
    this.machine.inUse(this.inBetween ? 1 << this.vcpu : 0);
  }

  /** Calls a hook; its operands are in num and wide. False when the run has ended. */
  hook(hook: Hook): boolean {
    const { sandbox } = this.setting.hypervisor;
    sandbox.num[0] = hook;
    try {
      const came = sandbox.run(sandbox.function("dispatch"));
      if (this.end) return false;
      if ("thrown" in came) this.hostThrew(came.thrown);
    } catch (error) {
      if (error instanceof Defect) throw error;
      this.finish(sandbox.hostFault(error));
    }
    return this.end === null;
  }

  private hostThrew(thrown: Thrown): void {
    if (thrown.kind === "error") return this.finish(this.errorOf(thrown, "hypervisor"));
    if (thrown.vector === PF) {
      const text = `#PF of the host at 0x${thrown.cr2.toString(16)}, error code 0x${thrown.errorCode.toString(16)}, and nobody catches it`;
      return this.finish({ end: "stopped", reason: "host-pf", text });
    }
    this.finish({ end: "stopped", reason: "hypervisor", text: "#GP(0) of the host, and nobody catches it" });
  }
}

const GP = 13;
const PF = 14;
const VC = 29;

/** Where the boot vCPU starts: a launched page. */
const ENTRY = 0x1000;
