/** The host: calls the hypervisor's hooks, and does what its programs ask for under its own name. */
import { Actor, type Op, Outcome, Page } from "../../assembly/abi";
import type { Place } from "../core/event";
import { operation } from "../trace/operations";
import { Defect } from "./defect";
import { LEAVE } from "./engine";
import { type Entries, Exit } from "./entries";
import { Frames } from "./frames";
import { Hook, Status } from "./inside/calls";
import { Measured } from "./measured";
import { isAddress } from "./operands";
import { NOWHERE, type Where } from "./places";
import type { Thrown } from "./sandbox";
import type { Scheduler } from "./scheduler";
import type { Part, RunState } from "./state";
import { placeOfExport } from "./texts";
import type { Vcpu } from "./vcpu";

const GP = 13;
const PF = 14;

/** What is about to run: its Op, and the address it is about. */
export interface Coming {
  op: Op;
  gva: number | null;
}

export class Host {
  readonly frames: Frames;
  readonly measured = new Measured();
  /** event of the firmware command that failed last */
  failure: number | null = null;
  readonly num: Float64Array;
  readonly wide: BigUint64Array;
  readonly page: Uint8Array;
  scheduler!: Scheduler;
  entries!: Entries;
  /** exits of vCPUs that were made to leave: their hook waits for the one that is running */
  private readonly exits: { vcpu: Vcpu; code: number }[] = [];
  /** the last #NPF was dealt with by a program of the user's, without the default */
  ownNpf = false;
  private hookName = "launch";
  private isRunning = false;
  /** the default's lines, with the guest's line that made it act */
  private readonly onBehalf = new Map<Where, Where>();

  constructor(
    readonly state: RunState,
    private readonly part: Part,
  ) {
    this.frames = new Frames(state.machine);
    const { num, wide, page } = part.sandbox;
    this.num = num;
    this.wide = wide;
    this.page = page;
  }

  // ---- hooks -----------------------------------------------------------------------------------------------------------

  launch(): void {
    const boot = this.state.guest.bootVcpu;
    if (!this.hook(boot, Hook.LAUNCH, "launch")) return;
    const spa = this.given(this.num[1], "launch() gave no address");
    if (spa !== null) this.run(boot, spa);
  }

  npf(vcpu: Vcpu, gpa: number, exitinfo1: bigint): boolean {
    this.num.set([vcpu.id, vcpu.vmpl, gpa], 1);
    this.wide[0] = exitinfo1;
    if (!this.hook(vcpu, Hook.NPF, "npf")) return false;
    this.ownNpf = this.num[1] === 1;
    return true;
  }

  /** The answer to a request of the MSR protocol; null when the run has ended. */
  vmgexitMsr(vcpu: Vcpu, msr: bigint): bigint | null {
    this.num.set([vcpu.id, vcpu.vmpl], 1);
    this.wide[0] = msr;
    return this.hook(vcpu, Hook.VMGEXIT_MSR, "vmgexit") ? (this.wide[0] ?? 0n) : null;
  }

  /**
   * The request in the GHCB page at `spa`; -1 for the shared side of its address, which has no page yet. Where the answer is;
   * null when the run has ended.
   */
  vmgexitPage(
    vcpu: Vcpu,
    spa: number,
    values: readonly [msr: bigint, code: bigint, info1: bigint, info2: bigint],
  ): number | null {
    this.num.set([vcpu.id, vcpu.vmpl, spa], 1);
    this.wide.set(values);
    if (!this.hook(vcpu, Hook.VMGEXIT_GHCB, "vmgexit")) return null;
    return this.given(this.num[3], "The default's page for the shared side is none", this.end);
  }

  /** Is this an address of the guest's memory? */
  isRam(gpa: number): boolean {
    return gpa < (this.state.machine.config.pages * Page.BYTES) / 2;
  }

  /** The page of QEMU's memory that the default has for an address of the guest; null when it has none. No event. */
  sharedSide(gpa: number): number | null {
    this.num[1] = gpa;
    if (!this.inside("sharedSide")) return null;
    const [, spa = -1] = this.num;
    return spa < 0 ? null : this.given(spa, "The default's page for the shared side is none", this.end);
  }

  /** Where system memory ends. */
  private get end(): number {
    return this.state.machine.config.pages * Page.BYTES;
  }

  /**
   * An address that a sandbox gave back. A program shares its realm with the default hypervisor, whose answers are only as good as
   * what the program left of the language: null and the end of the run for what is no address.
   */
  private given(address: number | undefined, message: string, end = Number.POSITIVE_INFINITY): number | null {
    if (isAddress(address) && address < end) return address;
    this.state.finish({ end: "error", message, ...this.hookPlace() });
    return null;
  }

  get hasBetween(): boolean {
    return this.part.ready.between;
  }

  /** Another core acts while the guest is about to run its n-th instruction. */
  between(vcpu: Vcpu, n: number, { op, gva }: Coming): boolean {
    this.num.set([n, vcpu.id, vcpu.vmpl, gva ?? -1], 1);
    this.part.sandbox.message = operation(op).name;
    return this.hook(vcpu, Hook.BETWEEN, "between");
  }

  /** An automatic exit, or a kick: the hook of the user's program hears of it, once no other is running. */
  exited(vcpu: Vcpu, code: number): void {
    if (!this.part.ready.vmexit) return;
    this.exits.push({ vcpu, code });
    if (!this.isRunning) this.tellExits();
  }

  private tellExits(): void {
    for (let exit = this.exits.shift(); exit && !this.state.end; exit = this.exits.shift()) {
      this.num.set([exit.vcpu.id, exit.vcpu.vmpl], 1);
      this.wide.set([BigInt(exit.code), 0n, 0n]);
      this.hook(exit.vcpu, Hook.VMEXIT, "vmexit");
    }
  }

  /** Calls a hook; its operands are in num and wide. False when the run has ended. */
  private hook(vcpu: Vcpu, hook: Hook, name: string): boolean {
    const { state } = this;
    state.on = vcpu;
    this.hookName = name;
    this.num[0] = hook;
    this.isRunning = true;
    const goesOn = this.inside("dispatch");
    this.isRunning = false;
    if (hook !== Hook.VMEXIT) this.keepResults(() => this.tellExits());
    return goesOn && state.end === null;
  }

  /** Calls a function of the sandbox's own side. False when the run has ended. */
  private inside(name: string): boolean {
    const { state } = this;
    const { sandbox } = this.part;
    try {
      const came = sandbox.run(sandbox.function(name));
      if (!state.end && "thrown" in came) this.threw(came.thrown);
    } catch (error) {
      if (error instanceof Defect) throw error;
      // a program that was told to stop and did not
      if (error !== LEAVE) state.finish(sandbox.hostFault(error));
    }
    return state.end === null;
  }

  /** What the hook has answered stays, whatever other hooks are called for. */
  private keepResults(others: () => void): void {
    if (this.exits.length === 0) return;
    const { state } = this;
    const { on } = state;
    const [num, wide] = [this.num.slice(), this.wide.slice()];
    others();
    this.num.set(num);
    this.wide.set(wide);
    state.on = on;
  }

  private threw(thrown: Thrown): void {
    const { state } = this;
    if (thrown.kind === "error") {
      const place = thrown.where.at ?? this.hookPlace();
      return state.finish({ end: "error", message: thrown.message, ...place });
    }
    if (thrown.vector === GP) {
      return state.finish({
        end: "stopped",
        reason: "hypervisor",
        text: "#GP(0) of the host, and nobody catches it",
      });
    }
    const [at, code] = [thrown.cr2.toString(16), thrown.errorCode.toString(16)];
    const text = `#PF of the host at 0x${at}, error code 0x${code}, and nobody catches it`;
    state.finish({ end: "stopped", reason: "host-pf", text });
  }

  /** The hook that is or was running, in the program's text. */
  hookPlace(): Place {
    const { text } = this.part.ready.program;
    return placeOfExport("hypervisor", text, this.hookName) ?? { file: "hypervisor", line: 1, column: 1 };
  }

  // ---- acting ----------------------------------------------------------------------------------------------------------

  /** The host acts from here on, for this vCPU. While it handles an exit of a vCPU, that one's VMSA is not in use. */
  acts({ id, vmpl, cpl }: Vcpu, actor: Actor = Actor.HYPERVISOR): void {
    const { machine, guest } = this.state;
    machine.as(actor, id, guest.asid, vmpl, cpl);
    machine.inUse(guest.inUse);
  }

  /** One operation: an event. `counts`: what it writes is a change between two #NPF. */
  act(operate: () => Outcome, actor: Actor = Actor.HYPERVISOR, counts = true): Status {
    const { state } = this;
    const { machine } = state;
    const where = this.place();
    this.acts(state.on, actor);
    const before = machine.journalEnd;
    const outcome = operate();
    if (!state.recorded(outcome, where)) return Status.ENDED;
    if (counts && machine.journalEnd !== before) state.changed = true;
    if (outcome !== Outcome.PF && outcome !== Outcome.GP) return Status.DONE;
    this.num[1] = outcome === Outcome.PF ? PF : GP;
    this.num[2] = Number(machine.error);
    this.num[3] = outcome === Outcome.PF ? machine.address : 0;
    return Status.EXCEPTION;
  }

  /** VMRUN of a page by a vCPU, without running it: num[1] is 1 if it is refused, which is an event. */
  check(vcpu: Vcpu, vmsa: number): Status {
    const { state } = this;
    const { machine, guest } = state;
    const where = this.place();
    this.acts(vcpu);
    const before = machine.step;
    const outcome = machine.vmrun(vmsa, true);
    if (machine.step !== before && !state.recorded(outcome, where)) return Status.ENDED;
    const isTaken = guest.vcpus.some((other) => other !== vcpu && other.inGuest && other.entered === vmsa);
    this.num[1] = outcome === Outcome.VMEXIT_INVALID || outcome === Outcome.VMEXIT_BUSY || isTaken ? 1 : 0;
    return Status.DONE;
  }

  /** A request that makes no sense: the program's error. */
  wrong(message: string): Status {
    this.part.sandbox.message = message;
    return Status.WRONG;
  }

  /** The vCPU leaves guest mode now, if it is there, and enters again at its turn. */
  kick(vcpu: Vcpu): void {
    if (!vcpu.inGuest) return;
    this.entries.exit(vcpu, Exit.INTR, 0n, 0n, 0);
    this.exited(vcpu, Exit.INTR);
  }

  /** The vCPU runs no more until it is woken, or given a VMSA. */
  hold(vcpu: Vcpu): void {
    this.kick(vcpu);
    if (vcpu.status === "running") vcpu.status = "waiting";
  }

  /** The vCPU has nothing to run any more. */
  takeVmsa(vcpu: Vcpu): void {
    vcpu.vmsa = null;
    vcpu.status = "waiting";
  }

  wake(vcpu: Vcpu): void {
    if (vcpu.status === "waiting" && vcpu.vmsa !== null) vcpu.status = "running";
  }

  /** The vCPU runs this VMSA from its next entry on; one that the launch names waits if the guest has nothing for it. */
  run(vcpu: Vcpu, vmsa: number): void {
    const { machine, guest } = this.state;
    vcpu.vmsas[machine.loadVmsa(guest.asid, vmsa).vmpl & 3] = vmsa;
    if (this.hookName === "launch") this.state.guest.launched.add(vmsa);
    vcpu.vmsa = vmsa;
    const starts = this.hookName !== "launch" || vcpu.id === 0 || this.state.hasAp;
    vcpu.status = starts ? "running" : "waiting";
  }

  /** Where the hypervisor stands. What the default does, it does for the guest's line. */
  private place(): Where {
    if (!this.state.places) return NOWHERE;
    const own = this.part.sandbox.where();
    const { caller } = this.state.on.where;
    if (own.caller || !caller) return own;
    let known = this.onBehalf.get(own);
    if (known?.caller !== caller) {
      known = { at: own.at, caller };
      this.onBehalf.set(own, known);
    }
    return known;
  }
}
