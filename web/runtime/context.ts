/**
 * A context: one VMSA page that became a running program. Its variables are its own; what contexts share is memory.
 *
 * An engine cannot put a call aside. So a context that does not go on for now may lose its engine, and comes back by running
 * again from its start, with the answers it got the first time (history.ts): a program is a function of its answers.
 */

import type { CallSites } from "./call-sites";
import type { Snapshot, Value } from "./engine";
import { type Answers, History } from "./history";
import { NOWHERE, type Where } from "./places";

/** What a context runs, and the state of the engine in which it is called. */
export interface Start {
  snapshot: Snapshot;
  f: Value;
  /** ap() is told its vCPU */
  operand: number | null;
  /** places of the programs: a fork's functions may lie where the creator's other functions do */
  sites: CallSites<Where>;
}

export class Context {
  vmpl = 0;
  cpl = 0;
  /** the guest's line that is being run */
  where: Where = NOWHERE;
  /** the page it starts on was fetched */
  fetched = false;
  /** the coming instruction has its number: it is tried again after #NPF */
  counted = false;
  /** the program has returned or called halt() */
  ended = false;
  /** the last answer is there, and the program has not gone on since */
  answered = false;
  readonly history = new History();
  /** where it has a program on the stack; null while it has none */
  live: Answers | null = null;
  /** the registers, while they are not the live program's */
  private readonly saved = new Uint32Array(32);
  private loaded = false;
  private begun = false;

  constructor(
    /** spa of its VMSA */
    readonly page: number,
    /** what the VMSA named when it started */
    readonly rip: number,
    readonly start: Start,
    /** the file's own entry, and what the function is called there: where errors of the program as a whole are shown */
    readonly entryName: "boot" | "ap" | null,
  ) {}

  /** Low and high half of rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8 to r15. */
  get regs(): Uint32Array {
    return this.live && !this.loaded ? this.live.regs : this.saved;
  }

  /** VMRUN loads the registers; the program sees them with its next answer. */
  load(regs: Uint32Array): void {
    const now = this.regs;
    let i = 0;
    while (i < regs.length && regs[i] === now[i]) i++;
    if (i === regs.length) return;
    this.saved.set(regs);
    this.loaded = true;
  }

  /** The program starts, for the first time or again: only the first time do the registers come from the VMSA. */
  begin(): void {
    if (!this.begun) this.deliver();
    this.begun = true;
  }

  /** The program goes on: it sees the registers that were loaded. */
  deliver(): void {
    this.answered = false;
    if (!this.loaded || !this.live) return;
    this.loaded = false;
    this.live.regs.set(this.saved);
    this.history.load(this.saved);
  }

  /** It loses its engine. */
  leave(): void {
    if (this.live && !this.loaded) this.saved.set(this.live.regs);
    this.live = null;
  }
}
