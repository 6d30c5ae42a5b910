/**
 * The table of RMP entries that matter: everything that is not the hypervisor's, or changed in this step; neighbours whose
 * entries differ only by a stepping gpa make one row.
 */
import { PageState, Tile } from "../../assembly/abi";
import type { Changes } from "../core/change";
import type { EntryView } from "../core/event";
import type { Machine } from "../core/machine";
import type { EntryRow } from "./protocol";

const MAX_ROWS = 512;
const PAGE = 4096;
const LARGE = 512;

export function entryRows(
  machine: Machine,
  tiles: Uint8Array,
  changes: Changes,
): { rows: EntryRow[]; rowsLeft: number } {
  const changed = new Map<number, string[]>();
  for (const { spa, field } of changes.fields) {
    const pfn = Number(spa) / PAGE;
    const names = changed.get(pfn);
    if (names) names.push(field);
    else changed.set(pfn, [field]);
  }

  const rows: EntryRow[] = [];
  let rowsLeft = 0;
  let last: EntryRow | null = null;
  for (let pfn = 0; pfn < tiles.length; ) {
    const tile = tiles[pfn] ?? 0;
    const fields = changed.get(pfn) ?? NONE;
    const state = tile & Tile.STATE;
    if ((state === PageState.HYPERVISOR || state === PageState.UNCOVERED) && fields === NONE) {
      last = null;
      pfn++;
      continue;
    }
    const entry = machine.ownEntry(pfn * PAGE);
    const pages = tile & Tile.HEAD ? LARGE : 1;
    if (last && continues(last, entry, fields)) {
      last.pages += pages;
    } else {
      last = { first: entry, pages, changed: fields };
      if (rows.length < MAX_ROWS) rows.push(last);
      else rowsLeft++;
    }
    pfn += pages;
  }
  return { rows, rowsLeft };
}

const NONE: string[] = [];

/** Is this entry the next one of the row? */
function continues(row: EntryRow, entry: EntryView, changed: string[]): boolean {
  const { first, pages } = row;
  const gpa = first.gpa === 0 ? 0 : first.gpa + pages * PAGE;
  return (
    first.state === entry.state &&
    first.size === entry.size &&
    first.asid === entry.asid &&
    first.vmsa === entry.vmsa &&
    first.validated === entry.validated &&
    first.immutable === entry.immutable &&
    entry.gpa === gpa &&
    first.perms.every((mask, vmpl) => mask === entry.perms[vmpl]) &&
    row.changed.length === changed.length &&
    row.changed.every((field, i) => field === changed[i])
  );
}
