/** What an event changed: the core's list of changes (assembly/step/changes.ts), as fields of RMP entries. */
import { Change, ChangeKind, Flag, Form } from "../../assembly/abi";
import { fieldChanges, type RawEntry, rawEntry, ZERO_ENTRY } from "./entry";
import type { ChangeSpan, FieldChange } from "./event";

export interface Changes {
  fields: FieldChange[];
  spans: ChangeSpan[];
  /** spa of every page whose own entry changed */
  pages: number[];
}

/**
 * Decodes `count` changes at `at`. A region's further entries are derived from their form and the first entry. No more than `most`
 * fields are told one by one, and then those of the page at hand to its last; spans and pages are whole.
 */
export function decodeChanges(view: DataView, at: number, count: number, most = Number.POSITIVE_INFINITY): Changes {
  const fields: FieldChange[] = [];
  const spans: ChangeSpan[] = [];
  const pages: number[] = [];
  let first: [RawEntry, RawEntry] = [ZERO_ENTRY, ZERO_ENTRY];
  const put = (spa: number, from: RawEntry, to: RawEntry) => {
    const found = fieldChanges(spa, from, to);
    if (found.length > 0) note(spa, 1, found);
  };
  const note = (spa: number, count: number, found: FieldChange[]) => {
    if (fields.length < most) fields.push(...found);
    const names = found.map(({ field }) => field);
    for (let page = 0; page < count; page++) pages.push(spa + page * 4096);
    const last = spans.at(-1);
    const goesOn = last && last.spa + last.pages * 4096 === spa && last.fields.join() === names.join();
    if (goesOn) last.pages += count;
    else spans.push({ spa, pages: count, fields: names });
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
      // the 511 differ in nothing but their gpa: what changed is the same in each
      for (let page = 1; page < 512; page++) {
        const [from, to] = [further(before, first[0], page), further(after, first[1], page)];
        if (fields.length < most) put(spa + page * 4096, from, to);
        else {
          const found = fieldChanges(spa + page * 4096, from, to);
          if (found.length > 0) note(spa + page * 4096, 512 - page, found);
          break;
        }
      }
    }
  }
  return { fields, spans, pages };
}

function further(form: Form, first: RawEntry, page: number): RawEntry {
  if (form === Form.ZERO) return ZERO_ENTRY;
  if (form === Form.INNER) return { ...ZERO_ENTRY, flags: Flag.ASSIGNED };
  return form === Form.ALIKE ? first : { ...first, gpa: first.gpa + page * 4096 };
}
