/** What everything in a run shares: the machine, the guest, what was printed, and whether the run has ended. */
import { Outcome } from "../../assembly/abi";
import type { Machine } from "../core/machine";
import type { MachineConfig } from "../scenario/schema";
import { type End, short } from "./end";
import { Fuel, type Watch } from "./fuel";
import type { Guest } from "./guest";
import { Log } from "./log";
import type { Where } from "./places";
import type { LogLine } from "./protocol";
import type { Ready, Sandbox } from "./sandbox";
import { Serial } from "./serial";
import { Trail } from "./trail";
import type { Vcpu } from "./vcpu";

/** A program and the sandbox it runs in. */
export interface Part {
  sandbox: Sandbox;
  ready: Ready;
}

export interface Setting {
  machine: Machine;
  config: MachineConfig;
  guest: Guest;
  /** the guest's program, and the sandboxes that its contexts may have: at least one */
  program: Ready;
  engines: readonly Sandbox[];
  hypervisor: Part;
  /** keep the place of each event */
  places: boolean;
  watch?: Watch | undefined;
}

export class RunState {
  /** An end is a state and no exception: a program's `catch` cannot undo it. */
  end: End | null = null;
  /** something changed since the last #NPF */
  changed = false;
  /** instructions and memory accesses of the guest so far, over all vCPUs: the number of the last one */
  instructions = 0;
  /** the number of the last instruction that other cores were told of */
  announced = 0;
  /** instructions that came to an end */
  completed = 0;
  readonly machine: Machine;
  readonly config: MachineConfig;
  readonly guest: Guest;
  /** does the guest program have an ap()? */
  readonly hasAp: boolean;
  /** the vCPU that has the turn, or whose exit is handled */
  on: Vcpu;
  /** instructions that a turn has */
  readonly slice: number;
  /** is the place of each event kept? */
  readonly places: boolean;
  readonly log = new Log();
  private readonly serial = new Serial();
  readonly trail = new Trail();
  private readonly fuel: Fuel;

  constructor(setting: Setting) {
    this.machine = setting.machine;
    this.config = setting.config;
    this.guest = setting.guest;
    this.hasAp = setting.program.ap !== null;
    this.on = setting.guest.bootVcpu;
    this.slice = setting.config.slice;
    this.places = setting.places;
    this.fuel = new Fuel(setting.watch);
  }

  /** The first end counts; what comes after it does not. */
  finish(end: End): void {
    if (this.end) return;
    this.end = short(end);
    const rest = this.serial.rest();
    if (rest !== null) this.say("guest", rest, true);
  }

  /** A line of the log, printed now. */
  say(actor: LogLine["actor"], text: string, console?: true): void {
    const { id, vmpl } = this.on;
    this.log.add({ step: this.machine.step, actor, vcpu: id, vmpl, text, ...(console && { console }) });
  }

  /** What a program printed while it was loaded. */
  printedBefore(log: Log): void {
    for (const { actor, text } of log.lines) this.say(actor, text);
    this.log.dropped += log.dropped;
  }

  /** A byte that the guest wrote to its serial port. */
  printed(byte: number): void {
    const line = this.serial.put(byte);
    if (line !== null) this.say("guest", line, true);
  }

  /** Keeps the place of the event that was just appended. False when there was no room for it: the run has ended. */
  recorded(outcome: Outcome, where: Where): boolean {
    if (outcome >= Outcome.NO_EVENTS) {
      this.finish({ end: "fuel", limit: outcome === Outcome.NO_EVENTS ? "steps" : "changes" });
      return false;
    }
    const events = this.machine.step;
    if (this.places) this.trail.put(events, where);
    const limit = this.fuel.event(events);
    if (limit) this.finish({ end: "fuel", limit });
    return limit === null;
  }

  /** What a hypervisor answered is kept. False when there was no room for it: the run has ended. */
  answered(outcome: Outcome): boolean {
    if (outcome >= Outcome.NO_EVENTS) this.finish({ end: "fuel", limit: "changes" });
    return this.end === null;
  }

  /** An engine asks whether to stop. */
  interrupt(): boolean {
    if (this.end) return true;
    const limit = this.fuel.interrupt();
    if (limit) this.finish({ end: "fuel", limit });
    return limit !== null;
  }
}
