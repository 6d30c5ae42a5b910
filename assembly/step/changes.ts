/** What an event changed: worked out from the journal when asked. */
import { Change, ChangeKind, Limit } from "../abi";
import { records } from "../memory/journal";
import { journal, scratch } from "../memory/layout";
import { entryAt } from "../state/rmp";
import { firstRecord } from "../state/time";

/**
 * Writes what event `step` changed to scratch (Change) and returns how many; the current state must be the one after it.
 * A region is written as an ENTRY for its first page and, where they change, one REGION for the 511 others, whose OLD and NEW
 * begin with a Form: the reader derives them from Form and first entry.
 */
export function changes(step: u32): u32 {
  const from = firstRecord(step);
  let count: u32 = 0;
  for (let i = from; i < records; i++) {
    if ((count + 2) * Change.BYTES > <u32>Limit.SCRATCH_BYTES) break;
    const at = journal + (<usize>i << 5);
    const kind = load<u32>(at);
    const where = load<u32>(at, 4);
    if (kind == ChangeKind.ANSWER) continue;
    const here: usize = kind == ChangeKind.BLOCK ? <usize>where : entryAt(where);
    const to = scratch + <usize>count * Change.BYTES;
    store<u32>(to, kind == ChangeKind.BLOCK ? ChangeKind.BLOCK : ChangeKind.ENTRY, Change.KIND);
    store<u32>(to, where, Change.PFN);
    memory.copy(to + Change.OLD, at + 8, 16);
    memory.copy(to + Change.NEW, here, 16);
    count++;
    if (kind != ChangeKind.REGION || load<u8>(at, 24) == load<u8>(at, 25)) continue;
    const more = to + Change.BYTES;
    store<u32>(more, ChangeKind.REGION, Change.KIND);
    store<u32>(more, where, Change.PFN);
    store<u64>(more, load<u8>(at, 24), Change.OLD);
    store<u64>(more, load<u8>(at, 25), Change.NEW);
    count++;
  }
  return count;
}
