/** One case on both machines at once: where, and in what, do they disagree? */
import { Rule, type Rung } from "../../assembly/abi";
import { CoreMachine } from "../../cli/core-machine";
import { type Operation, writeOperation } from "../../cli/operation";
import { type CaseConfig, matches, printCase, type Result } from "../../cli/vectors";
import type { EntryView } from "../../web/core/event";
import { Model } from "../model/model";
import type { Entry } from "../model/rmp";
import { type Disagreement, firstOf, sample } from "./disagreement";
import { NoiseLedger } from "./noise";

const PAGE = 4096;
/** Of a 2 MiB operation's 512 entries, those compared at once; the rest are compared at the end of the case. */
const COMPARED_AT_ONCE = 6;

/** Told about every check that either machine made: for coverage. */
export type Witness = (rule: Rule, rung: Rung) => void;

export interface Recorded {
  /** of every event of the core: the checks of its operation, as the model made them */
  rungs: { rule: Rule; rung: Rung }[][];
  core: CoreMachine;
  model: Model;
}

export interface Compared {
  disagreement?: Disagreement;
  recorded: Recorded;
}

function asView(page: number, entry: Entry): Omit<EntryView, "state"> {
  return { spa: page * PAGE, covered: true, ...entry, perms: [...entry.perms] as unknown as EntryView["perms"] };
}

function sameEntry(core: EntryView, entry: Entry): boolean {
  return (
    core.covered &&
    core.assigned === entry.assigned &&
    core.size === entry.size &&
    core.immutable === entry.immutable &&
    core.gpa === entry.gpa &&
    core.asid === entry.asid &&
    core.vmsa === entry.vmsa &&
    core.validated === entry.validated &&
    core.perms.every((mask, vmpl) => mask === entry.perms[vmpl])
  );
}

function compareEntry({ core, model }: Recorded, page: number): string | undefined {
  const view = core.machine.ownEntry(page * PAGE);
  const entry = model.state.rmp.own(page);
  if (sameEntry(view, entry)) return undefined;
  return `entry of page ${page}: core ${JSON.stringify(view)}, model ${JSON.stringify(asView(page, entry))}`;
}

/** The page whose entry an operation is most likely to touch by mistake: the one it names. */
function namedPage(operation: Operation): number | undefined {
  if ("spa" in operation) return Math.floor(operation.spa / PAGE);
  return "vmsa" in operation && typeof operation.vmsa === "number" ? Math.floor(operation.vmsa / PAGE) : undefined;
}

/** #PF and #VC leave an address in CR2, which vectors do not show. APM vol. 2, 8.2.15 and 15.36.10. */
function leavesCr2({ fault }: Result): boolean {
  return fault === "#PF" || fault === "#VC";
}

/** Of an access the address as given; of PVALIDATE and its like the page, as they take no more from RAX. */
function faultingAddress(operation: Operation): number {
  if ("gva" in operation) return operation.op.startsWith("guest-") ? operation.gva : alignDown(operation.gva);
  return "spa" in operation ? operation.spa : 0;
}

function alignDown(address: number): number {
  return address - (address % PAGE);
}

class Comparison {
  private readonly noise = new NoiseLedger();

  constructor(
    private readonly recorded: Recorded,
    private readonly config: CaseConfig,
  ) {}

  step(operation: Operation): string | undefined {
    const { core, model } = this.recorded;
    const events = core.machine.events;
    const got: Result = core.apply(operation);
    // noise in a VMSA: the core's word is taken for what it reads as
    model.state.noiseBit = (rule) => (rule === Rule.VMRUN_SVME) !== (core.machine.rule === rule);
    const wanted = model.apply(operation);
    if (!matches(wanted, got)) return `core ${JSON.stringify(got)}, model ${JSON.stringify(wanted)}`;
    if (core.machine.events > events) {
      this.recorded.rungs.push([...model.rungs]);
      if (core.machine.rule !== model.rule) {
        return `deciding check: core ${Rule[core.machine.rule]}, model ${Rule[model.rule]}`;
      }
      const { address } = core.machine;
      if (leavesCr2(got) && address !== faultingAddress(operation)) return `CR2 is ${address.toString(16)}`;
    }
    return this.noise.witness(model.state.memory, model.bytes, got.value) ?? this.entries(operation);
  }

  private entries(operation: Operation): string | undefined {
    const { covered } = this.config;
    const pages = sample(this.recorded.model.touched, COMPARED_AT_ONCE);
    const named = namedPage(operation);
    if (named !== undefined && named < covered) pages.push(named);
    return firstOf(pages, (page) => compareEntry(this.recorded, page));
  }

  /** The whole RMP. */
  end(): string | undefined {
    return firstOf(Array.from({ length: this.config.covered }).keys(), (page) => compareEntry(this.recorded, page));
  }
}

/** Runs a case on both. Without a disagreement both machines are left as they are at its end. */
export function compareCase(
  module: WebAssembly.Module,
  config: CaseConfig,
  operations: readonly Operation[],
  witness?: Witness,
): Compared {
  const core = new CoreMachine(module, config, operations);
  const recorded: Recorded = { core, model: new Model(config), rungs: [] };
  const comparison = new Comparison(recorded, config);
  for (const [index, operation] of operations.entries()) {
    const what = comparison.step(operation);
    if (what !== undefined) return { disagreement: { index, what }, recorded };
    if (witness) for (const { rule, rung } of recorded.model.rungs) witness(rule, rung);
  }
  const what = comparison.end();
  return what === undefined ? { recorded } : { disagreement: { index: operations.length - 1, what }, recorded };
}

/** The case as a vector file would hold it, with what the model expects. */
export function asVector(name: string, config: CaseConfig, operations: readonly Operation[]): string {
  const model = new Model(config);
  const steps = operations.map((operation) => ({ operation, expect: model.apply(operation) }));
  return printCase(name, config, steps);
}

/** What a failed comparison tells a reader: the difference, the operation, and the case to paste into test/vectors. */
export function describeDisagreement(
  name: string,
  config: CaseConfig,
  operations: readonly Operation[],
  at: Disagreement,
): string {
  const operation = operations[at.index];
  const after = operation === undefined ? "" : JSON.stringify(writeOperation(operation));
  return `${at.what}\nafter ${after}\n\n${asVector(name, config, operations)}\n`;
}
