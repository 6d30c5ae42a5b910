/** The state after a step, as the page draws it. */
import { Rung } from "../../assembly/abi";
import type { Mapping, Reason, TraceEvent } from "../core/event";
import type { Machine } from "../core/machine";
import { spaOf } from "./nested";
import type { StepView } from "./protocol";
import { entryRows } from "./rows";
import { ASID } from "./state";

const MAX_PAGES = 4096;
const LARGE = 0x20_0000;

/** `step` is from 0 to `events`; `event` is the one that led there. The machine is left at that step. */
export function stepView(
  machine: Machine,
  step: number,
  events: number,
  event: TraceEvent | null,
  spa: number | null,
): StepView {
  machine.seek(step);
  const changes = machine.changes(step);
  const tiles = machine.tiles();
  const { rows, rowsLeft } = entryRows(machine, tiles, changes);
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  return {
    step,
    events,
    event,
    reasons: step === 0 ? [] : reasonsOf(machine, step),
    changed: changes.fields,
    changedPages: changes.pages.slice(0, MAX_PAGES),
    tiles,
    rows,
    rowsLeft,
    selected: spa === null || spa >= machine.config.pages * 4096 ? null : selected(machine, spa),
    ghcbMsr: hex(machine.ghcbMsr(0)),
    syscfg: hex(machine.syscfg(0)),
  };
}

/** The rungs that were asked, with the values that were compared. Those that were not reached are the page's to add. */
function reasonsOf(machine: Machine, step: number): Reason[] {
  return machine.explain(step).map(({ name, outcome, left, right }) => ({
    rule: name,
    outcome: outcome === Rung.PASSED ? "passed" : outcome === Rung.OFF ? "off" : "failed",
    left: `0x${left.toString(16)}`,
    right: `0x${right.toString(16)}`,
  }));
}

function selected(machine: Machine, spa: number): NonNullable<StepView["selected"]> {
  return { covering: machine.entry(spa), own: machine.ownEntry(spa), mappings: mappingsOf(machine, spa) };
}

/** Who maps a page: every leaf of the guest's nested table that leads to it. */
function mappingsOf(machine: Machine, spa: number): Mapping[] {
  const page = spa - (spa % 4096);
  const found: Mapping[] = [];
  const end = machine.config.pages * 4096;
  for (let gpa = 0; gpa < end; gpa += 4096) {
    const leaf = machine.nptGet(ASID, gpa);
    if (!leaf) continue;
    const first = leaf.size === "2M" ? gpa - (gpa % LARGE) : gpa;
    if (spaOf(leaf, gpa) === page) found.push({ asid: ASID, ...leaf, gpa: first, spa: spaOf(leaf, first) });
  }
  return found;
}
