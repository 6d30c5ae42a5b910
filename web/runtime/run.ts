/**
 * A scenario in, its trace out. Nothing around it counts: the same call in the page's worker, in Node and in a test gives the
 * same bytes. The one exception is a caller who lends a clock: then a run that is silent for too long ends by it.
 */
import type { Machine } from "../core/machine";
import type { Scenario } from "../scenario/schema";
import { Defect } from "./defect";
import { Execution } from "./execution";
import type { Watch } from "./fuel";
import { ASID, Guest } from "./guest";
import { LIMITS } from "./limits";
import { Log } from "./log";
import type { End } from "./protocol";
import { type Parts, Runtime } from "./runtime";
import type { Sandbox } from "./sandbox";
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
  return runtime;
}

/** Runs a scenario. Throws Defect when something of ours broke; then none of `parts` must be used again. */
export async function run(scenario: Scenario, parts: Parts, options: Options = {}): Promise<Trace> {
  const runtime = await runtimeOf(parts);
  const machine = runtime.takeMachine(scenario.machine);
  const { end, log, trail } = await perform(runtime, scenario, machine, true, options.watch);
  return new Trace(machine, end, log, trail, () => runtime.giveMachine(machine));
}

/** Runs a scenario for its end only: no places, no log, nothing kept. */
export async function runEnd(scenario: Scenario, parts: Parts, options: Options = {}): Promise<Ended> {
  const runtime = await runtimeOf(parts);
  const machine = runtime.takeMachine(scenario.machine);
  const { end } = await perform(runtime, scenario, machine, false, options.watch);
  return give(runtime, machine, end);
}

/** The same, again and again without giving up the thread: for searches. `scenario` may differ from call to call. */
export async function runner(parts: Parts): Promise<(scenario: Scenario, options?: Options) => Ended> {
  const runtime = await runtimeOf(parts);
  return (scenario, options = {}) => {
    const machine = runtime.takeMachine(scenario.machine);
    const begun = begin(runtime, scenario, machine, false, options.watch);
    if ("execution" in begun) finish(begun.execution, () => begun.execution.go());
    return give(runtime, machine, resultOf(begun).end);
  };
}

function give(runtime: Runtime, machine: Machine, end: End): Ended {
  const events = machine.step;
  runtime.giveMachine(machine);
  return { end, events };
}

/** What came of a run: the end of one that could not begin, or what it left. */
interface Result {
  end: End;
  log: Log;
  trail: Trail;
}

/**
 * A run with one context is over in one go. Once there are more, it is left for the moment that a second engine takes to make (of
 * which the run shows nothing), and goes on faster.
 */
async function perform(
  runtime: Runtime,
  scenario: Scenario,
  machine: Machine,
  places: boolean,
  watch?: Watch,
): Promise<Result> {
  const begun = begin(runtime, scenario, machine, places, watch);
  if (!("execution" in begun)) return resultOf(begun);
  const { execution, guest, engines } = begun;
  const wants = () => guest.contexts.size > 1 && engines.length < LIMITS.engines && runtime.mayHaveMore;
  let isOver = finish(execution, () => execution.go(wants));
  while (!isOver) {
    engines.push(...(await runtime.moreGuests()));
    isOver = finish(execution, () => execution.go(wants));
  }
  return resultOf(begun);
}

type Begun = Result | { execution: Execution; guest: Guest; engines: Sandbox[] };

/** Loads the programs and launches. */
function begin(runtime: Runtime, scenario: Scenario, machine: Machine, places: boolean, watch?: Watch): Begun {
  const program = runtime.loadGuest(scenario, watch);
  const hypervisor = program.ok ? runtime.loadHypervisor(scenario, watch) : program;
  if (!program.ok || !hypervisor.ok) {
    // nothing ran: the machine stays as the BIOS left it
    const { end } = program.ok ? (hypervisor as { end: End }) : program;
    return { end, log: new Log(), trail: new Trail() };
  }
  const guest = new Guest(ASID, scenario.machine.vcpus);
  const engines = [...runtime.guests];
  const execution = new Execution({
    machine,
    config: scenario.machine,
    guest,
    program,
    engines,
    hypervisor: { sandbox: runtime.hypervisor, ready: hypervisor },
    places,
    watch,
  });
  finish(execution, () => {
    execution.launch();
    return false;
  });
  return { execution, guest, engines };
}

/** Goes on with a run; one that broke or is over lets its sandboxes go. */
function finish(execution: Execution, go: () => boolean): boolean {
  let isOver = true;
  try {
    isOver = go();
  } finally {
    if (isOver) execution.stop();
  }
  return isOver;
}

function resultOf(begun: Begun): Result {
  if (!("execution" in begun)) return begun;
  const { end, log, trail } = begun.execution.state;
  return { end: end ?? COMPLETED, log, trail };
}

const COMPLETED: End = { end: "completed" };
