/** The state after a step, as the page draws it. */
import { Cell, ContextField, FirmwareState, GuestState, Limit, PageState } from "../../assembly/abi";
import type { Mapping, TraceEvent } from "../core/event";
import type { Machine } from "../core/machine";
import { hex } from "../trace/operand";
import { reasons } from "../trace/reasons";
import { ASID } from "./guest";
import { spaOf } from "./nested";
import type { PlatformView, StepView } from "./protocol";
import { entryRows } from "./rows";
import { tilesOf } from "./tiles";

/** Fields that are told one by one, runs of changed pages, and mappings of a page: an answer has at most 64 KiB. */
const MAX_FIELDS = 64;
const MAX_SPANS = 32;
const MAX_MAPPINGS = 16;
const LARGE = 0x20_0000;

/**
 * `step` is from 0 to `events`; `event` is the one that led there. `mapped`: guest-physical addresses at which anything is
 * ever mapped; `wanted`: 2 MiB regions that are in sight. The machine is left at that step.
 */
export function stepView(
  machine: Machine,
  step: number,
  events: number,
  event: TraceEvent | null,
  spa: number | null,
  mapped: () => readonly number[],
  wanted: readonly number[] = [],
): StepView {
  machine.seek(step);
  const { fields, spans, pages: changedPages } = machine.changes(step, MAX_FIELDS);
  const { pages } = machine.config;
  const { counts, regions } = machine.overview();
  const free = (counts.states[PageState.HYPERVISOR] ?? 0) + (counts.states[PageState.UNCOVERED] ?? 0);
  const changed = fields.slice(0, MAX_FIELDS);
  if (event && changed.length > 0) event.changed = changed;
  return {
    step,
    events,
    event,
    reasons: event ? reasons(event, machine.explain(step)) : [],
    changed,
    changes: {
      pages: changedPages.length,
      fields: spans.reduce((sum, span) => sum + span.pages * span.fields.length, 0),
      spans: spans.slice(0, MAX_SPANS),
    },
    pages,
    counts,
    regions,
    tiles: tilesOf(machine, regions, wanted),
    ...entryRows(machine, spans, pages - free),
    selected: spa === null || spa >= pages * 4096 ? null : selected(machine, spa, mapped()),
    ghcbMsr: hex(machine.ghcbMsr(0)),
    syscfg: hex(machine.syscfg(0)),
    platform: platformView(machine),
  };
}

/** Registers of every core and the firmware's guests, at the machine's present step. */
export function platformView(machine: Machine): PlatformView {
  const cores = Array.from({ length: Number(machine.cell(Cell.CORES)) }, (_, core) => ({
    syscfg: hex(machine.cell(Cell.SYSCFG + core)),
    hwcr: hex(machine.cell(Cell.HWCR + core)),
    rmpBase: hex(machine.cell(Cell.RMP_BASE + core)),
    rmpEnd: hex(machine.cell(Cell.RMP_END + core)),
  }));
  const guests: PlatformView["guests"] = [];
  for (let i = 0; i < Limit.CONTEXTS; i++) {
    const field = (which: ContextField) => machine.cell(Cell.CONTEXTS + i * ContextField.COUNT + which);
    const page = field(ContextField.PAGE);
    if (page === 0n) continue;
    guests.push({
      context: Number(page - 1n),
      state: GuestState[Number(field(ContextField.STATE))] as keyof typeof GuestState,
      asid: Number(field(ContextField.ASID)),
      policy: hex(field(ContextField.POLICY)),
      imi: field(ContextField.IMI) !== 0n,
    });
  }
  const initialized = Number(machine.cell(Cell.FW_STATE)) === FirmwareState.INIT;
  return { cores, initialized, covered: machine.covered * 4096, guests };
}

function selected(machine: Machine, spa: number, mapped: readonly number[]): NonNullable<StepView["selected"]> {
  const mappings = mappingsOf(machine, spa, mapped);
  return {
    covering: machine.entry(spa),
    own: machine.ownEntry(spa),
    mappings: mappings.slice(0, MAX_MAPPINGS),
    mappingsLeft: Math.max(0, mappings.length - MAX_MAPPINGS),
  };
}

/** Who maps a page: every leaf of the guest's nested table that leads to it. */
function mappingsOf(machine: Machine, spa: number, mapped: readonly number[]): Mapping[] {
  const page = spa - (spa % 4096);
  const found = new Map<number, Mapping>();
  for (const gpa of mapped) {
    const leaf = machine.nptGet(ASID, gpa);
    if (!leaf) continue;
    const first = leaf.size === "2M" ? gpa - (gpa % LARGE) : gpa;
    const start = spaOf(leaf, first);
    if (page < start || page >= start + (leaf.size === "2M" ? LARGE : 4096)) continue;
    found.set(first, { asid: ASID, ...leaf, gpa: first, spa: start });
  }
  return [...found.values()];
}
