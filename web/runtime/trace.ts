/** What a run left behind: the machine at every step, the places, the log and the end. */
import { Event, Model, Op } from "../../assembly/abi";
import type { TraceEvent } from "../core/event";
import type { Machine } from "../core/machine";
import { printableJson } from "../scenario/quoted";
import { decidedBy, launchSteps } from "./launch-steps";
import type { Log } from "./log";
import type { End, LaunchStep, Look, RunResult, StepView } from "./protocol";
import { stepView } from "./step-view";
import type { Trail } from "./trail";

/** Version of the machine's model, as traces and links carry it. */
export const MODEL = `${Model.VERSION}`;

export class Trace {
  /** number of events */
  readonly events: number;
  private gpas: number[] | null = null;
  private launched: LaunchStep[] | null = null;

  /** `give`: hands the machine back, when nobody will ask for a step any more. */
  constructor(
    readonly machine: Machine,
    readonly end: End,
    readonly log: Log,
    private readonly trail: Trail,
    private readonly give: () => void,
  ) {
    this.events = machine.step;
  }

  /** For the page: how it ended, and a strip of four bytes an event (Op, Actor, Outcome, VMPL). `ms`: for the hint. */
  result(ms: number): RunResult {
    const { machine, events, end, log } = this;
    const strip = new Uint8Array(events * 4);
    for (let step = 1; step <= events; step++) {
      const at = step * 4 - 4;
      strip[at] = machine.eventByte(step, Event.OP);
      strip[at + 1] = machine.eventByte(step, Event.ACTOR);
      strip[at + 2] = machine.eventByte(step, Event.OUTCOME);
      strip[at + 3] = machine.eventByte(step, Event.VMPL);
    }
    const { places, files } = this.trail.lines(events);
    const decided = decidedBy(machine, events);
    const said = { log: log.lines, logDropped: log.dropped, model: MODEL, ms };
    return { end, events, strip, places, files, ...said, touched: this.touched(), decided };
  }

  private touched(): RunResult["touched"] {
    const masks = this.machine.touched();
    const regions = Uint32Array.from(masks.keys()).filter((region) => masks[region] !== 0);
    return { regions, rows: regions.map((region) => masks[region] ?? 0) };
  }

  /** The pages launched and the launch digest after each; measured when first asked for. */
  launch(): LaunchStep[] {
    this.launched ??= launchSteps(this.machine, this.events);
    return this.launched;
  }

  /** Event `step` (1-based) with its places, and what it changed. The machine is left there: the next one is near. */
  event(step: number): TraceEvent {
    const event = this.placed(step);
    const { fields } = this.machine.changes(step);
    if (fields.length > 0) event.changed = fields;
    return event;
  }

  private placed(step: number): TraceEvent {
    this.machine.seek(step);
    const event = this.machine.event(step);
    const { at, caller } = this.trail.at(step);
    if (at) event.at = at;
    if (caller) event.caller = caller;
    return event;
  }

  /** The state after `step` events, with what is known of the page at `spa`, and the tiles of the regions in sight. */
  view({ step, spa, wanted }: Look): StepView {
    const clamped = Math.max(0, Math.min(this.events, Math.trunc(step) || 0));
    const event = clamped === 0 ? null : this.placed(clamped);
    return stepView(this.machine, clamped, this.events, event, spa, () => this.mapped(), wanted);
  }

  /** Guest-physical addresses, in order, at which anything is ever mapped: no table has a leaf without an event. */
  private mapped(): number[] {
    if (this.gpas) return this.gpas;
    const gpas = new Set<number>();
    for (let step = 1; step <= this.events; step++) {
      if (this.machine.eventByte(step, Event.OP) === Op.NPT_MAP) gpas.add(Number(this.machine.event(step).args.gpa));
    }
    this.gpas = [...gpas].sort((a, b) => a - b);
    return this.gpas;
  }

  /** JSON Lines: an object an event, one a line of the log where it was printed, the end last and flat. */
  *lines(): Generator<string> {
    let printed = 0;
    for (let step = 0; step <= this.events; step++) {
      if (step > 0) yield JSON.stringify(this.event(step));
      for (let line = this.log.lines[printed]; line?.step === step; line = this.log.lines[++printed]) {
        const { text, actor, vcpu, vmpl, console } = line;
        const said = { log: text, after: step, actor, vcpu, vmpl, ...(console && { console: 1 }) };
        yield printableJson(JSON.stringify(said));
      }
    }
    yield printableJson(JSON.stringify(this.flatEnd()));
  }

  flatEnd(): End & { events: number; model: string } {
    return { ...this.end, events: this.events, model: MODEL };
  }

  /** Nobody will ask for a step any more: another run may have the machine. */
  release(): void {
    this.give();
  }
}
