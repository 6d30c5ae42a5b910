/** What an event changed: the core's list of changes (assembly/step/changes.ts), as fields of RMP entries. */
import { Change, ChangeKind, Flag, Form } from "../../assembly/abi";
import { fieldChanges, type RawEntry, rawEntry, ZERO_ENTRY } from "./entry";
import type { FieldChange } from "./event";

export interface Changes {
  fields: FieldChange[];
  /** spa of every page whose own entry changed */
  pages: number[];
}

/** Decodes `count` changes at `at`. A region's further entries are derived from their form and the first entry. */
export function decodeChanges(view: DataView, at: number, count: number): Changes {
  const fields: FieldChange[] = [];
  const pages: number[] = [];
  let first: [RawEntry, RawEntry] = [ZERO_ENTRY, ZERO_ENTRY];
  const put = (spa: number, from: RawEntry, to: RawEntry) => {
    const found = fieldChanges(spa, from, to);
    if (found.length === 0) return;
    pages.push(spa);
    fields.push(...found);
  };
  for (let i = 0; i < count; i++) {
    const record = at + i * Change.BYTES;
    const kind = view.getUint32(record + Change.KIND, true);
    const spa = view.getUint32(record + Change.PFN, true) * 4096;
    if (kind === ChangeKind.ENTRY) {
      first = [rawEntry(view, record + Change.OLD), rawEntry(view, record + Change.NEW)];
      put(spa, ...first);
    } else if (kind === ChangeKind.REGION) {
      const before = view.getUint32(record + Change.OLD, true) as Form;
      const after = view.getUint32(record + Change.NEW, true) as Form;
      for (let page = 1; page < 512; page++) {
        put(spa + page * 4096, further(before, first[0], page), further(after, first[1], page));
      }
    }
  }
  return { fields, pages };
}

function further(form: Form, first: RawEntry, page: number): RawEntry {
  if (form === Form.ZERO) return ZERO_ENTRY;
  if (form === Form.INNER) return { ...ZERO_ENTRY, flags: Flag.ASSIGNED };
  return form === Form.ALIKE ? first : { ...first, gpa: first.gpa + page * 4096 };
}
