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

export function traceText(events: readonly TraceEvent[]): string[] {
  const lines = events.map(eventLine);
  if (lines.length <= LINES) return lines;
  const digest = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 32);
  return [...lines.slice(0, LINES), `... and ${lines.length - LINES} more; SHA-256 of all event lines: ${digest}`];
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
  for (const { spa, field, from, to } of event.changed ?? []) parts.push(`| ${spa} ${field} ${from}>${to}`);
  return parts.join(" ");
}

function outcome({ eax, cf, status, fault, error, cr2, exitinfo1, exitinfo2, result }: TraceEvent): string {
  const fields = { eax, cf, status, error, cr2, exitinfo1, exitinfo2, ...result };
  return [...(fault === undefined ? [] : [fault]), ...pairs(fields)].join(" ") || "done";
}

function pairs(fields: Record<string, unknown>): string[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}
