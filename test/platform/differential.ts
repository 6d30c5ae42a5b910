/** One case on the core and on the second model at once: where, and in what, do they disagree? */
import { PageState, Rule, type Rung } from "../../assembly/abi";
import type { EntryView } from "../../web/core/event";
import { type Disagreement, firstOf, sample } from "../core/disagreement";
import type { Entry } from "../model/rmp";
import { CorePlatform } from "./core";
import { ModelPlatform } from "./model/model";
import type { Operation, Platform } from "./operation";

const PAGE = 4096;
/** Of an operation that writes many entries, those compared at once; the rest at the end of the case. */
const AT_ONCE = 12;

export interface Compared {
  disagreement?: Disagreement;
  core: CorePlatform;
  model: ModelPlatform;
  /** of every event of the core: the checks of its operation, as the model made them */
  rungs: { rule: Rule; rung: Rung }[][];
}

const text = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `0x${v.toString(16)}` : v));

function sameEntry(core: EntryView, entry: Entry): boolean {
  return (
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

function differs(core: CorePlatform, model: ModelPlatform, page: number): string | undefined {
  const { rmp } = model.state.machine;
  const view = core.machine.ownEntry(page * PAGE);
  if (view.covered !== rmp.covers(page)) return `coverage of page ${page}: core ${view.covered}`;
  if (!view.covered) return undefined;
  const entry = rmp.own(page);
  if (!sameEntry(view, entry)) return `entry of page ${page}: core ${text(view)}, model ${text(entry)}`;
  const state = PageState[core.machine.entry(page * PAGE).state];
  const wanted = model.state.coveringState(page * PAGE);
  return state === wanted ? undefined : `state of page ${page}: core ${state}, model ${wanted}`;
}

function sorted(fields: object): [string, unknown][] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Runs a case on both. `each` is told when an operation came out the same. */
export function compareCase(
  platform: Platform,
  operations: readonly Operation[],
  each?: (core: CorePlatform) => void,
): Compared {
  const core = new CorePlatform(platform, operations.length);
  const model = new ModelPlatform(platform);
  const compared: Compared = { core, model, rungs: [] };
  const step = (operation: Operation): string | undefined => {
    const wanted = text(sorted(model.apply(operation)));
    const got = text(sorted(core.apply(operation)));
    compared.rungs.push([...model.rungs]);
    if (got !== wanted) return `core ${got}, model ${wanted}`;
    if (core.machine.rule !== model.rule) {
      return `deciding check: core ${Rule[core.machine.rule]}, model ${Rule[model.rule]}`;
    }
    if (core.machine.covered !== model.state.machine.rmp.coveredPages) return `coverage: core ${core.machine.covered}`;
    return firstOf(sample(model.touched, AT_ONCE), (page) => differs(core, model, page));
  };
  for (const [index, operation] of operations.entries()) {
    const what = step(operation);
    if (what !== undefined) return { ...compared, disagreement: { index, what } };
    each?.(core);
  }
  const pages = Array.from({ length: platform.pages }).keys();
  const what = firstOf(pages, (page) => differs(core, model, page));
  return what === undefined ? compared : { ...compared, disagreement: { index: operations.length - 1, what } };
}

/** The difference and the operations, one a line, to paste into a test. */
export function describeCase(platform: Platform, operations: readonly Operation[], at: Disagreement): string {
  return [at.what, `after ${text(operations[at.index])}`, text(platform), ...operations.map(text)].join("\n");
}
