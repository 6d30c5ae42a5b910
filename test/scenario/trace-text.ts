/**
 * A run as text for review: one line an event, as in
 *
 *       58 guest v0 VMPL1 pvalidate gva=0x8000 size=0 validate=0 -> #GP error=0x0 PVALIDATE_VMPL (guest:18)
 *
 * The place is the nearest line of the scenario's own programs: a comment moved in the library changes nothing here.
 */
import { createHash } from "node:crypto";
import type { TraceEvent } from "../../web/core/event";
import type { End, LogLine } from "../../web/runtime/protocol";

/** Longer traces are cut here; a digest of all lines stands for the rest. */
const LINES = 360;

/** Of the changes of one event so many are shown. */
const CHANGES = 6;

/** @param foldLaunch true: a digest stands for the events up to the first VMRUN, the default launch */
export function traceText(events: readonly TraceEvent[], foldLaunch: boolean): string[] {
  const launch = foldLaunch ? events.findIndex((event) => event.op === "vmrun") + 1 : 0;
  const lines = events.slice(launch).map(eventLine);
  const head =
    launch > 0 ? [`${"1".padStart(5)} to ${launch}: the default launch, ${digestOf(events.slice(0, launch))}`] : [];
  const cut = lines.length - LINES;
  const tail = cut > 0 ? [`... and ${cut} more, ${digestOf(events)}`] : [];
  return [...head, ...lines.slice(0, LINES), ...tail];
}

/** Of everything in the events but their places. */
function digestOf(events: readonly TraceEvent[]): string {
  const bare = events.map(({ at: _, caller: __, ...event }) => JSON.stringify(event));
  return `SHA-256 ${createHash("sha256").update(bare.join("\n")).digest("hex").slice(0, 32)}`;
}

export function endText(end: End): string {
  const { end: kind, ...rest } = end;
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [kind, ...fields].join(" ");
}

export function logText(log: readonly LogLine[]): string[] {
  return log.map(({ step, actor, text }) => `after ${step}, ${actor}: ${text}`);
}

function eventLine(event: TraceEvent): string {
  const { n, actor, vcpu, vmpl, cpl, op, args } = event;
  const who = actor === "guest" ? `guest v${vcpu} VMPL${vmpl}${cpl === 0 ? "" : ` CPL${cpl}`}` : actor;
  const parts = [`${String(n).padStart(5)} ${who} ${op}`, ...pairs(args), "->", outcome(event)];
  if (event.rule !== undefined) parts.push(event.rule);
  const own = [event.caller, event.at].find((place) => place?.file === "guest" || place?.file === "hypervisor");
  if (own !== undefined) parts.push(`(${own.file}:${own.line})`);
  const changed = event.changed ?? [];
  for (const { spa, field, from, to } of changed.slice(0, CHANGES)) parts.push(`| ${spa} ${field} ${from}>${to}`);
  if (changed.length > CHANGES) parts.push(`| and ${changed.length - CHANGES} more, ${digestOf([event])}`);
  return parts.join(" ");
}

function outcome({ eax, cf, status, fault, error, cr2, exitinfo1, exitinfo2, result }: TraceEvent): string {
  const fields = { eax, cf, status, error, cr2, exitinfo1, exitinfo2, ...result };
  return [...(fault === undefined ? [] : [fault]), ...pairs(fields)].join(" ") || "done";
}

function pairs(fields: Record<string, unknown>): string[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}
