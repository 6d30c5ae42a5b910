/**
 * One operation on many pages in a row, for measuring (bench/). Page k has gva = gpa = spa = k << 12.
 */
import { Header, Op, Outcome, Size } from "./abi";
import { guestRead, guestWrite } from "./guest/access";
import { pvalidate } from "./guest/pvalidate";
import { nptMap } from "./host/paging";
import { rmpupdate } from "./host/rmpupdate";
import { keepFrames } from "./memory/frames";
import { setRecords } from "./memory/journal";
import { forgetSummaries } from "./state/summary";
import { asid } from "./step/actor";

/**
 * Runs `op` on `count` pages from page `from` on, as whoever acts now, and returns how many came out DONE.
 * `value`: RMPUPDATE the asid, PVALIDATE 1 or 0, GUEST_WRITE what is written; NPT_MAP and GUEST_READ ignore it.
 */
export function sweep(op: u32, from: u32, count: u32, value: u32): u32 {
  switch (op) {
    case Op.RMPUPDATE: return assign(from, from + count, value);
    case Op.PVALIDATE: return validate(from, from + count, value);
    case Op.GUEST_READ: return read(from, from + count);
    case Op.GUEST_WRITE: return write(from, from + count, value);
    case Op.NPT_MAP: return map(from, from + count);
    default: return 0;
  }
}

function assign(from: u32, to: u32, asid: u32): u32 {
  let done: u32 = 0;
  for (let pfn = from; pfn < to; pfn++) {
    if (rmpupdate(<u64>pfn << 12, <u64>pfn << 12, asid, 1, 0, Size.S4K) == Outcome.DONE) done++;
  }
  return done;
}

function validate(from: u32, to: u32, value: u32): u32 {
  let done: u32 = 0;
  for (let pfn = from; pfn < to; pfn++) {
    if (pvalidate(<u64>pfn << 12, Size.S4K, value) == Outcome.DONE) done++;
  }
  return done;
}

function read(from: u32, to: u32): u32 {
  let done: u32 = 0;
  for (let pfn = from; pfn < to; pfn++) {
    if (guestRead(<u64>pfn << 12, 8) == Outcome.DONE) done++;
  }
  return done;
}

function write(from: u32, to: u32, value: u32): u32 {
  let done: u32 = 0;
  for (let pfn = from; pfn < to; pfn++) {
    if (guestWrite(<u64>pfn << 12, 8, value) == Outcome.DONE) done++;
  }
  return done;
}

function map(from: u32, to: u32): u32 {
  let done: u32 = 0;
  for (let pfn = from; pfn < to; pfn++) {
    if (nptMap(asid, <u64>pfn << 12, <u64>pfn << 12, Size.S4K, 3) == Outcome.DONE) done++;
  }
  return done;
}

/** The state stays, how it came about is forgotten: all room for events and journal is free again. */
export function forget(): void {
  setRecords(0);
  keepFrames();
  forgetSummaries();
  store<u32>(Header.STEP, 0);
  store<u32>(Header.EVENTS, 0);
}
