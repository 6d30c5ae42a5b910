/** One run, from the platform's start to the end: host, vCPU, and their programs' requests. */
import { Defect } from "./defect";
import { guestCall } from "./guest-calls";
import { Host } from "./host";
import { hostCall } from "./host-calls";
import { Call, Status } from "./inside/calls";
import type { LogLine } from "./protocol";
import { isStackOverflow } from "./sandbox";
import { RunState, type Setting } from "./state";
import { Vcpu } from "./vcpu";

/** Runs loaded programs on a machine at its first step. The end is in the state that it gives back. */
export function execute(setting: Setting): RunState {
  const { guest, hypervisor } = setting;
  const state = new RunState(setting);
  const host = new Host(state, hypervisor);
  const vcpu = new Vcpu(state, host, guest);
  for (const text of hypervisor.ready.log) state.say("hypervisor", text);
  for (const text of guest.ready.log) state.say("guest", text);
  const interrupt = () => state.interrupt();
  hypervisor.sandbox.start(hypervisor.ready, {
    call: (op) => safely(() => hostCall(host, op)),
    text: (op, text) => say(state, "hypervisor", op, text),
    interrupt,
  });
  guest.sandbox.start(guest.ready, {
    call: (op) => safely(() => guestCall(vcpu, op)),
    text: (op, text) => say(state, "guest", op, text),
    interrupt,
  });
  try {
    if (host.launch() && vcpu.enter() && vcpu.fetchFirst()) vcpu.boot();
  } catch (error) {
    if (error instanceof Defect) throw error;
    // The guest's engine met the end of the worker's own stack, or trapped: the program's doing.
    state.finish(guest.sandbox.hostFault(error));
  } finally {
    guest.sandbox.stop();
    hypervisor.sandbox.stop();
  }
  return state;
}

/** What fails in a request is ours, except for the end of the stack, which the program may well have reached. */
function safely(handle: () => Status): Status {
  try {
    return handle();
  } catch (error) {
    if (error instanceof Defect || isStackOverflow(error)) throw error;
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
  else if (op === Call.REFUSE) state.finish({ end: "refused", status: text });
  else throw new Defect(`no text goes with ${Call[op] ?? op}`);
  return Status.ENDED;
}
