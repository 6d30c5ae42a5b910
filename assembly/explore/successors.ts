/**
 * What every move makes of every entry, found by running the instructions themselves.
 *
 * A move writes one RMP entry or one nested leaf, and reads one of each at most: so an instruction is run once for each entry
 * and gpa, and the search goes by what came out. That this is so is checked in test/explore against a search that runs every
 * instruction in every state.
 *
 *   row: u32 count | u32 transitions | u32 Broken | u32 reached | count times i32: number of the new entry, less the old one
 *
 * Different moves that come to the same entry are one successor and several transitions. `reached`: 1 if an access with C=1
 * goes through.
 */
import { Actor, Outcome, Size } from "../abi";
import { guestRead } from "../guest/access";
import { pvalidate } from "../guest/pvalidate";
import { rmpadjust } from "../guest/rmpadjust";
import { nptMap, nptUnmap } from "../host/paging";
import { rmpupdate } from "../host/rmpupdate";
import { actAs } from "../step/actor";
import { clearEntries, entryCount, numberNow, putEntry } from "./entries";
import { brokenByAccess, brokenByHost, brokenByPvalidate, brokenByRmpadjust } from "./invariants";
import { asidCount, EVERYTHING, everybody, gpaAt, gpaCount, maskAt, maskCount, pfnAt, spaAt, vmplCount } from "./setting";

/** A row's head, in bytes. */
export const ROW_HEAD: usize = 16;

/** Addresses of rows: by RMPUPDATE one an entry, by the guests one an entry and gpa. */
export let hostRows: usize = 0;
export let guestRows: usize = 0;
/** The most successors that a row has. */
export let longestRow: u32 = 0;
/** First byte behind the tables. */
export let tablesEnd: usize = 0;

/** The most entries: 16 bytes and 1 + gpas rows each. */
const MOST_ENTRIES: u32 = 1 << 16;

let row: usize = 0;
let limit: usize = 0;
let crowded: bool = false;

/** Fills the tables from `at` on. False if there are more entries than they hold. */
export function makeSuccessors(at: usize): bool {
  hostRows = at + (<usize>MOST_ENTRIES << 4);
  guestRows = hostRows + (<usize>MOST_ENTRIES << 2);
  row = guestRows + (<usize>(MOST_ENTRIES * gpaCount) << 2);
  if (!reserve(row)) return false;
  clearEntries(at, MOST_ENTRIES);
  crowded = false;
  longestRow = 0;
  // entries come up while the loop runs: it ends when nothing leads to a new one
  for (let entry: u32 = 0; entry < entryCount; entry++) {
    store<u32>(hostRows + (<usize>entry << 2), <u32>row);
    if (!hostRow(entry)) return false;
    for (let gpa: u32 = 0; gpa < gpaCount; gpa++) {
      store<u32>(guestRows + (<usize>(entry * gpaCount + gpa) << 2), <u32>row);
      for (let asid: u32 = 1; asid <= asidCount; asid++) nptMap(asid, gpaAt(gpa), spaAt(0), Size.S4K, EVERYTHING);
      const fits = guestRow(entry, gpa);
      for (let asid: u32 = 1; asid <= asidCount; asid++) nptUnmap(asid, gpaAt(gpa), Size.S4K);
      if (!fits) return false;
    }
  }
  putEntry(pfnAt(0), 0);
  tablesEnd = (row + 15) & ~15;
  return true;
}

/** Makes sure that memory goes beyond `to`, in steps of 1 MiB. */
export function reserve(to: usize): bool {
  const have = <usize>memory.size() << 16;
  if (to < have) return true;
  const wanted = ((to - have) >>> 16) + 16;
  return memory.grow(<i32>wanted) >= 0;
}

function open(): bool {
  // a row has no more successors than there are moves
  const most: u32 = gpaCount * asidCount + 1 + asidCount * vmplCount * (2 + vmplCount * maskCount);
  limit = row + ROW_HEAD + (<usize>most << 2);
  if (!reserve(limit)) return false;
  memory.fill(row, 0, ROW_HEAD);
  return true;
}

function close(): bool {
  const count = load<u32>(row);
  longestRow = max(longestRow, count);
  row += ROW_HEAD + (<usize>count << 2);
  return !crowded;
}

/** The page's entry was `was` before the move; what it is now goes into the row, and the page gets its old entry back. */
function take(was: u32): u32 {
  const is = numberNow(pfnAt(0));
  if (is == was) return was;
  putEntry(pfnAt(0), was);
  if (is == ~0) {
    crowded = true;
    return was;
  }
  store<u32>(row, load<u32>(row, 4) + 1, 4);
  const delta = <i32>(is - was);
  const count = load<u32>(row);
  for (let i: u32 = 0; i < count; i++) if (load<i32>(row + ROW_HEAD + (<usize>i << 2)) == delta) return is;
  store<i32>(row + ROW_HEAD + (<usize>count << 2), delta);
  store<u32>(row, count + 1);
  return is;
}

function broke(what: u32): void {
  store<u32>(row, load<u32>(row, 8) | what, 8);
}

/** RMPUPDATE gives the page to every guest at every gpa, and takes it back. */
function hostRow(was: u32): bool {
  if (!open()) return false;
  actAs(Actor.HYPERVISOR, 0, 0, 0, 0);
  putEntry(pfnAt(0), was);
  for (let asid: u32 = 1; asid <= asidCount; asid++) {
    for (let gpa: u32 = 0; gpa < gpaCount; gpa++) {
      rmpupdate(spaAt(0), gpaAt(gpa), asid, 1, 0, Size.S4K);
      broke(brokenByHost(was, take(was)));
    }
  }
  rmpupdate(spaAt(0), 0, 0, 0, 0, Size.S4K);
  broke(brokenByHost(was, take(was)));
  return close();
}

/** What every guest does at a gpa that is mapped to the page. */
function guestRow(was: u32, gpa: u32): bool {
  if (!open()) return false;
  putEntry(pfnAt(0), was);
  const gva = gpaAt(gpa);
  for (let asid: u32 = 1; asid <= asidCount; asid++) {
    actAs(Actor.GUEST, 0, asid, 0, 0);
    if (guestRead(gva, 8) == Outcome.DONE) {
      broke(brokenByAccess(was, asid));
      store<u32>(row, 1, 12);
    }
    for (let vmpl: u32 = 0; vmpl < vmplCount; vmpl++) {
      actAs(Actor.GUEST, 0, asid, vmpl, 0);
      for (let validate: u32 = 0; validate < 2 && (vmpl == 0 || everybody); validate++) {
        pvalidate(gva, Size.S4K, validate);
        broke(brokenByPvalidate(was, take(was), vmpl));
      }
      for (let target: u32 = everybody ? 0 : vmpl + 1; target < vmplCount; target++) {
        for (let i: u32 = 0; i < maskCount; i++) {
          rmpadjust(gva, Size.S4K, target, maskAt(i), 0);
          broke(brokenByRmpadjust(was, take(was), vmpl));
        }
      }
    }
  }
  return close();
}
