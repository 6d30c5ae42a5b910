/**
 * A scenario in, its trace out. Nothing around it counts: the same call in the page's worker, in Node and in a test gives the
 * same bytes. The one exception is a caller who lends a clock: then a run that is silent for too long ends by it.
 */
import type { Machine } from "../core/machine";
import type { Scenario } from "../scenario/schema";
import { Defect } from "./defect";
import { execute } from "./execution";
import type { Watch } from "./fuel";
import { Log } from "./log";
import type { End } from "./protocol";
import { type Parts, Runtime } from "./runtime";
import { Trace } from "./trace";
import { Trail } from "./trail";

export type { Parts, Watch };
export { Defect };

export interface Options {
  /** lent by who wants to hear of a long run, and to end a silent one */
  watch?: Watch;
}

/** How a run ended, and nothing else. */
export interface Ended {
  end: End;
  events: number;
}

const runtimes = new WeakMap<Parts, Promise<Runtime>>();

/** Sandboxes are made once for the same parts (the same object). */
async function runtimeOf(parts: Parts): Promise<Runtime> {
  let runtime = runtimes.get(parts);
  if (!runtime) {
    runtime = Runtime.create(parts);
    runtimes.set(parts, runtime);
    runtime.catch(() => runtimes.delete(parts));
  }
  const ready = await runtime;
  await ready.mend();
  return ready;
}

/** Runs a scenario. Throws Defect when something of ours broke; then none of `parts` must be used again. */
export async function run(scenario: Scenario, parts: Parts, options: Options = {}): Promise<Trace> {
  const runtime = await runtimeOf(parts);
  const machine = runtime.takeMachine(scenario.machine);
  const { end, log, trail } = perform(runtime, scenario, machine, true, options.watch);
  return new Trace(machine, end, log, trail, () => runtime.giveMachine(machine));
}

/** Runs a scenario for its end only: no places, no log, nothing kept. */
export async function runEnd(scenario: Scenario, parts: Parts, options: Options = {}): Promise<Ended> {
  return endOf(await runtimeOf(parts), scenario, options);
}

/** The same, again and again without giving up the thread: for searches. `scenario` may differ from call to call. */
export async function runner(parts: Parts): Promise<(scenario: Scenario, options?: Options) => Ended> {
  const runtime = await runtimeOf(parts);
  return (scenario, options = {}) => endOf(runtime, scenario, options);
}

function endOf(runtime: Runtime, scenario: Scenario, options: Options): Ended {
  const machine = runtime.takeMachine(scenario.machine);
  const { end } = perform(runtime, scenario, machine, false, options.watch);
  const events = machine.step;
  runtime.giveMachine(machine);
  return { end, events };
}

function perform(runtime: Runtime, scenario: Scenario, machine: Machine, places: boolean, watch?: Watch) {
  const guest = runtime.loadGuest(scenario, watch);
  const hypervisor = guest.ok ? runtime.loadHypervisor(scenario, watch) : guest;
  if (!guest.ok || !hypervisor.ok) {
    // nothing ran: the machine stays as the BIOS left it
    const { end } = guest.ok ? (hypervisor as { end: End }) : guest;
    return { end, log: new Log(), trail: new Trail() };
  }
  const state = execute({
    machine,
    config: scenario.machine,
    guest: { sandbox: runtime.guest, ready: guest },
    hypervisor: { sandbox: runtime.hypervisor, ready: hypervisor },
    places,
    watch,
  });
  return { end: state.end ?? COMPLETED, log: state.log, trail: state.trail };
}

const COMPLETED: End = { end: "completed" };
