/**
 * Rows of the table of entries that matter, as they travel, 28 bytes each: u32 page | u32 pages | the entry as the RMP has it, 16 |
 * u32 mask of the fields that changed.
 */
import { entryView, rawEntry } from "../core/entry";
import type { EntryView } from "../core/event";

export const ROW_BYTES = 28;
const PAGE = 4096;

/** Names of the fields that can change, in the order of fieldChanges(): a bit of a row's mask each. */
export const FIELDS = [
  "assigned",
  "size",
  "immutable",
  "gpa",
  "asid",
  "vmsa",
  "validated",
  "perms[0]",
  "perms[1]",
  "perms[2]",
  "perms[3]",
];

/** A run of neighbouring pages whose entries differ only by a stepping gpa, and changed in the same fields. */
export interface EntryRow {
  first: EntryView;
  /** number of 4 KiB pages in the run (512 for one 2M entry) */
  pages: number;
  /** changed by the current step: names of fields */
  changed: string[];
}

/** The rows that came as bytes. `covered`: bytes below which the RMP covers. */
export function unpackRows(bytes: Uint8Array, covered: number): EntryRow[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / ROW_BYTES }, (_, i) => {
    const at = i * ROW_BYTES;
    const spa = view.getUint32(at, true) * PAGE;
    const mask = view.getUint32(at + 24, true);
    return {
      first: entryView(spa, spa < covered, rawEntry(view, at + 8)),
      pages: view.getUint32(at + 4, true),
      changed: FIELDS.filter((_, bit) => mask & (1 << bit)),
    };
  });
}
