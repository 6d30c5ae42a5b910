/** One run, from the platform's start to the end: host, contexts, and their programs' requests. */
import type { Context } from "./context";
import { Defect } from "./defect";
import { LEAVE, type Value } from "./engine";
import { Entries } from "./entries";
import { guestCall } from "./guest-calls";
import { Host } from "./host";
import { hostCall } from "./host-calls";
import { Call, STEP_MARK, Status } from "./inside/calls";
import { Programs } from "./programs";
import type { LogLine } from "./protocol";
import { Running } from "./running";
import { isStackOverflow, type Sandbox, type Thrown } from "./sandbox";
import { Scheduler } from "./scheduler";
import { Stage } from "./stage";
import { RunState, type Setting } from "./state";

export class Execution {
  readonly state: RunState;
  private readonly programs: Programs;
  private readonly host: Host;
  private readonly entries: Entries;
  private readonly scheduler: Scheduler;
  private readonly stage: Stage;

  /** Loaded programs on a machine at its first step. */
  constructor(private readonly setting: Setting) {
    const { program, engines, hypervisor, places } = setting;
    this.state = new RunState(setting);
    this.programs = new Programs(program, engines[0] as Sandbox, places);
    this.host = new Host(this.state, hypervisor);
    this.entries = new Entries(this.state, this.host, this.programs);
    this.scheduler = new Scheduler(this.state, this.entries);
    this.host.scheduler = this.scheduler;
    this.host.entries = this.entries;
    this.stage = new Stage(this.state, engines, this.programs, this.scheduler, {
      answerer: (context, sandbox) => this.answerer(context, sandbox),
      finished: (context, came) => this.finished(context, came),
    });
  }

  /** The platform and the guest are started. The end is in the state. */
  launch(): void {
    const { state, host, setting } = this;
    const { hypervisor, program } = setting;
    state.printedBefore(hypervisor.ready.log);
    state.printedBefore(program.log);
    hypervisor.sandbox.start(hypervisor.ready, {
      call: (op) => safely(() => hostCall(host, op)),
      text: (op, text) => say(state, "hypervisor", op, text),
      interrupt: () => state.interrupt(),
    });
    host.launch();
  }

  /** Goes on, to the end; or until `wants` says that one engine more would make the rest faster: then false. */
  go(wants: () => boolean = () => false): boolean {
    return this.stage.play(wants);
  }

  stop(): void {
    const { engines, hypervisor } = this.setting;
    for (const engine of engines) engine.stop();
    hypervisor.sandbox.stop();
  }

  private answerer(context: Context, sandbox: Sandbox) {
    const { state, host, scheduler, entries, stage } = this;
    const running = new Running(state, host, scheduler, entries, context, sandbox, () => {
      stage.settle(context);
      return scheduler.current;
    });
    return {
      call: (op: Call) => safely(() => guestCall(running, op)),
      text: (op: Call, text: string) => say(state, "guest", op, text),
    };
  }

  /** A context's program has returned or thrown. */
  private finished(context: Context, came: { returned: Value } | { thrown: Thrown }): void {
    const { state, programs, scheduler } = this;
    if ("thrown" in came) return this.uncaught(context, came.thrown);
    const { entryName } = context;
    if (this.setting.engines[0]?.isPromise(came.returned)) {
      const message = `${entryName ?? "entry"}() must not be async: what it waits for would never arrive`;
      return state.finish({ end: "error", message, ...programs.wholePlace(entryName) });
    }
    if (entryName !== "boot") {
      const vcpu = scheduler.current;
      this.entries.acts(vcpu, context);
      if (!state.recorded(state.machine.halt(), context.where)) return;
    }
    this.entries.halted(scheduler.current, context);
  }

  private uncaught(context: Context, thrown: Thrown): void {
    const { state, programs, scheduler, entries } = this;
    if (thrown.kind === "exception") return entries.uncaught(scheduler.current, thrown);
    const place = thrown.where.at ?? programs.wholePlace(context.entryName);
    state.finish({ end: "error", message: thrown.message, ...place });
  }
}

/** What fails in a request is ours, except for the end of the stack, which the program may well have reached. */
function safely(handle: () => Status): Status {
  try {
    return handle();
  } catch (error) {
    if (error === LEAVE || error instanceof Defect || isStackOverflow(error)) throw error;
    throw new Defect(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Requests with a text. */
function say(state: RunState, actor: LogLine["actor"], op: Call, text: string): Status {
  if (state.end) return Status.ENDED;
  if (op === Call.LOG) {
    state.say(actor, text);
    return Status.DONE;
  }
  if (op === Call.STOP) state.finish({ end: "stopped", reason: "hypervisor", text });
  else if (op === Call.RUN_FAILED) state.finish({ end: "stopped", reason: "kvm-run", text });
  else if (op === Call.MEMORY_FAULT) state.finish({ end: "stopped", reason: "memory-fault", text });
  else if (op === Call.REFUSE) {
    const [status = "", step] = text.split(STEP_MARK);
    state.finish({ end: "refused", status, ...(step !== undefined && { step }) });
  } else throw new Defect(`no text goes with ${Call[op] ?? op}`);
  return Status.ENDED;
}
