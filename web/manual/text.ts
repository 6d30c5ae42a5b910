/**
 * A step or a trace as plain text for a mail: 72 columns, nothing that a mail program would spoil. A word longer than
 * the line is cut, so that no line is ever longer.
 */
import type { Reason, TraceEvent } from "../core/event";
import type { End } from "../runtime/protocol";
import { codes } from "./codes";
import { compared } from "./compared";
import { endSentence } from "./ends";
import { count, hex } from "./format";
import { ruleText } from "./rules";
import { sentence } from "./sentences";

export const COLUMNS = 72;

/** Control characters would move the reader's cursor, marks of direction turn the text: they and line breaks become spaces. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+/gu;

/**
 * Fills lines of at most `columns` characters (code points). `first` stands before the first line, as many spaces
 * before the others. Words longer than a line are cut.
 */
export function wrap(text: string, first = "", columns = COLUMNS): string[] {
  const hang = " ".repeat(Math.min(Array.from(first).length, columns >> 1));
  const lines: string[] = [];
  let line = first;
  let empty = true;
  const next = () => {
    lines.push(line.trimEnd());
    line = hang;
    empty = true;
  };
  for (let word of text.replace(CONTROL, " ").split(" ")) {
    if (word === "") continue;
    const need = () => Array.from(line).length + (empty ? 0 : 1) + Array.from(word).length;
    if (!empty && need() > columns) next();
    while (need() > columns) {
      const room = columns - Array.from(line).length;
      if (room <= 0) {
        next();
        continue;
      }
      const letters = Array.from(word);
      line += letters.slice(0, room).join("");
      word = letters.slice(room).join("");
      next();
    }
    if (word === "") continue;
    line += (empty ? "" : " ") + word;
    empty = false;
  }
  if (!empty || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

const MARK: Record<Reason["outcome"], string> = {
  passed: "ok",
  failed: "FAILED",
  off: "OFF",
  "not reached": "not reached",
};

function who(event: TraceEvent): string {
  if (event.actor !== "guest") return event.actor;
  return `guest, vCPU ${event.vcpu}, VMPL${event.vmpl}, CPL${event.cpl}, ASID ${event.asid}`;
}

/** Operands by name; addresses grouped. */
function operands(event: TraceEvent): string {
  return Object.entries(event.args)
    .map(([name, value]) => `${name}=${typeof value === "string" && value.startsWith("0x") ? hex(value) : value}`)
    .join(" ");
}

function place(event: TraceEvent): string {
  const at = event.caller ?? event.at;
  return at ? `${at.file} line ${at.line}` : "";
}

/** Mark of a rung and its hanging indent: the longest mark, "not reached", and two spaces. */
const RUNG = 13;

function rungLines(reason: Reason, event: TraceEvent): string[] {
  const rule = ruleText(reason.rule, event);
  const lines = wrap(rule?.asks ?? reason.rule, MARK[reason.outcome].padEnd(RUNG));
  const indent = " ".repeat(RUNG);
  if (reason.outcome === "not reached") return lines;
  const values = compared(reason);
  if (values) lines.push(...wrap(values, indent));
  if (rule) lines.push(...wrap(`[${rule.cite}; ${rule.sure}]`, indent));
  if (rule && (reason.outcome === "failed" || reason.outcome === "off")) {
    if (rule.note) lines.push(...wrap(`Not sure: ${rule.note}`, indent));
    lines.push(...wrap(`To pass: ${rule.fix}`, indent));
  }
  return lines;
}

/** What stands in the heading besides the step itself. */
export interface Heading {
  title?: string;
  /** number of events of the run */
  of?: number;
  /** model version */
  model?: string;
}

function headingLines(step: string, { title, model }: Heading): string[] {
  const lines: string[] = [];
  if (title) lines.push(...wrap(title));
  lines.push(...wrap(`${step}${model ? `, model ${model}` : ""}`));
  return lines;
}

/** One step: who, what, one sentence, the codes, what changed, and every check in order. Ends with a line break. */
export function stepText(event: TraceEvent, reasons: readonly Reason[], heading: Heading = {}): string {
  const step = `Step ${event.n}${heading.of === undefined ? "" : ` of ${heading.of}`}`;
  const lines = headingLines(`${step}: ${who(event)}`, heading);
  lines.push("", ...wrap(`${event.op} ${operands(event)}`, "  "));
  const at = place(event);
  if (at) lines.push(...wrap(`at ${at}`, "  "));
  lines.push("", ...wrap(sentence(event)));
  const code = codes(event);
  if (code) lines.push(...wrap(code));
  const changed = event.changed ?? [];
  if (changed.length) {
    lines.push("", "Changed:");
    for (const { spa, field, from, to } of changed.slice(0, CHANGES)) {
      lines.push(...wrap(`${hex(spa)} ${field}: ${from} -> ${to}`, "  "));
    }
    if (changed.length > CHANGES) lines.push(`  and ${changed.length - CHANGES} more`);
  }
  if (reasons.length) {
    lines.push("", "Checks, in order:");
    for (const reason of reasons) lines.push(...rungLines(reason, event));
  }
  return `${lines.join("\n")}\n`;
}

/** Changed fields listed under a step; a 2M RMPUPDATE changes thousands. */
const CHANGES = 16;

const ACTOR: Record<TraceEvent["actor"], string> = { guest: "v", hypervisor: "hv", firmware: "fw" };

/** A whole trace: a line or two an event, the end last. Ends with a line break. */
export function traceText(events: readonly TraceEvent[], end: End | null, heading: Heading = {}): string {
  const last = events.at(-1)?.n ?? 0;
  const width = String(last).length;
  const lines = headingLines(count(events.length, "event"), heading);
  lines.push("");
  for (const event of events) {
    const actor = event.actor === "guest" ? `v${event.vcpu} VMPL${event.vmpl}` : ACTOR[event.actor];
    const lead = `${String(event.n).padStart(width)}  ${actor.padEnd(8)}  `;
    lines.push(...wrap(sentence(event), lead));
    const code = codes(event);
    if (code) lines.push(...wrap(code, " ".repeat(lead.length)));
  }
  if (end) lines.push("", ...wrap(endSentence(end)));
  return `${lines.join("\n")}\n`;
}
