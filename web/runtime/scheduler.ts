/**
 * Whose turn it is. vCPU 0 begins; the next is the lowest number above, around the end, that runs. A turn ends where the vCPU
 * says so, waits or ends, after an #NPF that changed nothing, and after a slice of instructions.
 */
import type { Context } from "./context";
import type { Entries } from "./entries";
import { LIMITS } from "./limits";
import type { RunState } from "./state";
import type { Vcpu } from "./vcpu";

export class Scheduler {
  private turn: Vcpu;
  /** instructions that are left of the slice */
  private left: number;
  private last: Context | null = null;
  private switches = 0;

  constructor(
    private readonly state: RunState,
    private readonly entries: Entries,
  ) {
    this.turn = state.guest.bootVcpu;
    this.left = state.slice;
  }

  /** The context that goes on now: its vCPU is in guest mode and has the turn. Null when the run has ended. */
  next(): Context | null {
    const { state } = this;
    for (;;) {
      if (state.end) return null;
      const { turn } = this;
      if (turn.status !== "running") {
        const other = this.following();
        if (!other) return this.allStand();
        this.give(other);
      } else if (!turn.inGuest || !turn.context) {
        this.entries.enter(turn);
      } else if (!turn.context.fetched) {
        this.fetchFirst(turn, turn.context);
      } else {
        if (turn.context !== this.last) this.switchTo(turn.context);
        state.on = turn;
        if (!state.end) return turn.context;
      }
    }
  }

  /** An instruction of the vCPU that has the turn is counted. */
  count(): void {
    this.left--;
  }

  /** An instruction was done: the turn ends with the slice. */
  done(): void {
    if (this.left <= 0) this.endTurn();
  }

  /** Another vCPU comes, if one runs. */
  endTurn(): void {
    this.give(this.following() ?? this.turn);
  }

  /** The coming instruction is this vCPU's. */
  give(vcpu: Vcpu): void {
    this.turn = vcpu;
    this.left = this.state.slice;
  }

  /** The vCPU that has the turn. */
  get current(): Vcpu {
    return this.turn;
  }

  private following(): Vcpu | null {
    const { vcpus } = this.state.guest;
    for (let i = 1; i < vcpus.length; i++) {
      const vcpu = vcpus[(this.turn.id + i) % vcpus.length];
      if (vcpu?.status === "running") return vcpu;
    }
    return null;
  }

  private switchTo(context: Context): void {
    const { state } = this;
    if (this.last) {
      this.switches++;
      this.left = state.slice;
    }
    this.last = context;
    if (this.switches > LIMITS.switches) state.finish({ end: "fuel", limit: "switches" });
  }

  private fetchFirst(vcpu: Vcpu, context: Context): void {
    if (this.entries.fetch(vcpu, context) === "again") this.unchanged();
  }

  /** The turn ends after an #NPF that changed nothing. */
  unchanged(): void {
    if (!this.state.changed) this.endTurn();
  }

  /** No vCPU runs: the guest has ended with its boot vCPU, or nobody will ever wake it. */
  private allStand(): null {
    const { state } = this;
    const boot = state.guest.bootVcpu;
    if (boot.status === "ended") state.finish({ end: "completed" });
    else state.finish({ end: "stopped", reason: "deadlock", text: "Every vCPU waits, and nobody is left to wake one" });
    return null;
  }
}
