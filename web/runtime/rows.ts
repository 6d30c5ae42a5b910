/**
 * The table of RMP entries that matter: everything that is not the hypervisor's, or changed in this step; neighbours whose
 * entries differ only by a stepping gpa and changed in the same fields make one row.
 */
import { Entry, Flag } from "../../assembly/abi";
import { type RawEntry, ZERO_ENTRY } from "../core/entry";
import type { ChangeSpan } from "../core/event";
import type { Machine, Run } from "../core/machine";
import { FIELDS, ROW_BYTES } from "../view/rows";

/** Rows that are sent. */
const MAX_ROWS = 256;
/** Runs of changed pages that are sent though they lie behind the last of those. */
const MAX_CHANGED = 16;
const PAGE = 4096;
const REGION = 512;

/** Pages `from` to before `to`, and the mask of what changed in them. */
interface Span {
  from: number;
  to: number;
  changed: number;
}

interface Row extends Run {
  changed: number;
}

/** Rows as bytes, and how many pages that are not the hypervisor's are in none of them. `matter`: how many such pages there are. */
export function entryRows(
  machine: Machine,
  changes: readonly ChangeSpan[],
  matter: number,
): { rows: Uint8Array; pagesLeft: number } {
  const spans = changes.map(({ spa, pages, fields }) => {
    return { from: spa / PAGE, to: spa / PAGE + pages, changed: maskOf(fields) };
  });
  spans.sort((a, b) => a.from - b.from);
  const all = machine.config.pages;
  const rows = rowsBetween(machine, spans, 0, all, MAX_ROWS);
  const last = rows.at(-1);
  if (rows.length === MAX_ROWS && last) {
    // what changed is told wherever it lies
    const behind = last.pfn + last.pages;
    for (const { from, to } of spans.filter((span) => span.to > behind).slice(0, MAX_CHANGED)) {
      rows.push(...rowsBetween(machine, spans, Math.max(from, behind), to, 2));
    }
  }
  const listed = rows.reduce((pages, row) => pages + (row.raw.flags & MATTERS ? row.pages : 0), 0);
  return { rows: packed(rows), pagesLeft: Math.max(0, matter - listed) };
}

const MATTERS = Flag.ASSIGNED | Flag.IMMUTABLE;

/** The first `most` rows of the pages `from` to before `to`. */
function rowsBetween(machine: Machine, spans: readonly Span[], from: number, to: number, most: number): Row[] {
  const runs = machine.runs(from, to, most);
  const last = runs.at(-1);
  const end = runs.length === most && last ? last.pfn + last.pages : to;
  const changed = spans.filter((span) => span.to > from && span.from < end);
  const bounds = new Set<number>();
  for (const { pfn, pages } of runs) bounds.add(pfn).add(pfn + pages);
  for (const span of changed) bounds.add(Math.max(from, span.from)).add(Math.min(end, span.to));
  const edges = [...bounds].sort((a, b) => a - b);
  const rows: Row[] = [];
  let [run, span] = [0, 0];
  for (let i = 0; i + 1 < edges.length && rows.length <= most; i++) {
    const [pfn, next] = [edges[i] as number, edges[i + 1] as number];
    while (runs[run] && endOf(runs[run] as Run) <= pfn) run++;
    while (changed[span] && (changed[span] as Span).to <= pfn) span++;
    const here = runs[run] && (runs[run] as Run).pfn <= pfn ? runs[run] : undefined;
    const now = changed[span] && (changed[span] as Span).from <= pfn ? changed[span] : undefined;
    if (here || now) add(rows, here, pfn, next, now?.changed ?? 0);
  }
  return rows.slice(0, most);
}

const endOf = ({ pfn, pages }: Run) => pfn + pages;

/** Adds pages of a run, or of none: then they are the hypervisor's. Of a 2M entry the first page alone tells what changed. */
function add(rows: Row[], run: Run | undefined, from: number, to: number, changed: number): void {
  const last = rows.at(-1);
  const inside = run && run.raw.flags & Flag.LARGE ? Math.min(to, Math.ceil(from / REGION) * REGION) : from;
  if (last) last.pages += inside - from;
  if (inside === to) return;
  const raw = run ? stepped(run.raw, inside - run.pfn) : ZERO_ENTRY;
  const row = { pfn: inside, pages: to - inside, raw, changed };
  if (last && continues(last, row)) last.pages += row.pages;
  else rows.push(row);
}

function stepped(raw: RawEntry, pages: number): RawEntry {
  return raw.gpa === 0 ? raw : { ...raw, gpa: raw.gpa + pages * PAGE };
}

/** Is this the next part of the row? */
function continues(row: Row, { pfn, raw, changed }: Row): boolean {
  const { flags, perms, asid } = row.raw;
  return (
    row.pfn + row.pages === pfn &&
    row.changed === changed &&
    flags === raw.flags &&
    asid === raw.asid &&
    stepped(row.raw, row.pages).gpa === raw.gpa &&
    perms.every((mask, vmpl) => mask === raw.perms[vmpl])
  );
}

function maskOf(fields: readonly string[]): number {
  return fields.reduce((mask, field) => mask | (1 << FIELDS.indexOf(field)), 0);
}

function packed(rows: readonly Row[]): Uint8Array {
  const bytes = new Uint8Array(rows.length * ROW_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, { pfn, pages, raw, changed }] of rows.entries()) {
    const at = i * ROW_BYTES;
    view.setUint32(at, pfn, true);
    view.setUint32(at + 4, pages, true);
    view.setUint32(at + 8 + Entry.HEAD, (raw.gpa % 2 ** 32) + raw.flags, true);
    view.setUint32(at + 8 + Entry.HEAD + 4, Math.floor(raw.gpa / 2 ** 32), true);
    for (const [vmpl, mask] of raw.perms.entries()) view.setUint8(at + 8 + Entry.PERMS + vmpl, mask);
    view.setUint32(at + 8 + Entry.ASID, raw.asid, true);
    view.setUint32(at + 24, changed, true);
  }
  return bytes;
}
