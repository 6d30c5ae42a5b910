/**
 * A guest's memory accesses. APM vol. 2, 15.36.10, table 15-39: after all paging checks, in the table's order.
 * CR0.WP = 1, NX on, no SMEP, no SMAP; CPL 1 and 2 count as supervisor.
 */
import { Check, Entry, Flag, Npf, Op, Perm, Pf, Rule } from "../abi";
import { entrySize, owned, RMP_FAULT } from "./walk";
import { readBytes, readPage, readRaw, readRawPage, writeBytes, writePage } from "../state/contents";
import { GPT_C, GPT_P, GPT_U, GPT_W, GPT_X, guestLeaf } from "../state/gpt";
import { LEAF_RESERVED, LEAF_W, LEAF_X, leafSize, leafSpa, nestedLeaf } from "../state/npt";
import { FRAME, takenPages } from "../state/rmp";
import { asid, cpl, table, vmpl } from "../step/actor";
import { begin, finish } from "../step/event";
import { npf, pf, reached, result, spa, vcMmio, vcNotValidated, walkedTo } from "../step/outcome";
import { Act, Either, plain, rung, switched } from "../step/rung";

export const READ: u32 = 0;
export const WRITE: u32 = 1;
export const FETCH: u32 = 2;

/** C-bit of the access that guestAccess() let through: the page's key is the ASID, or none. */
let isPrivate: bool = false;

/** Reads 1, 2, 4, 8 or 4096 bytes (the last into scratch); they must not cross a page. */
export function guestRead(gva: u64, length: u32): u32 {
  if (begin(Op.GUEST_READ, gva, length, 0, 0) && mayAccess(gva, READ)) {
    if (length == 4096) {
      if (isPrivate) readPage(asid, spa());
      else readRawPage(spa());
    } else {
      const at = spa() | (gva & 4095);
      result(isPrivate ? readBytes(asid, at, length) : readRaw(at, length));
    }
  }
  return finish();
}

/** Writes 1, 2, 4, 8 or 4096 bytes (the last from scratch); they must not cross a page. */
export function guestWrite(gva: u64, length: u32, value: u64): u32 {
  if (begin(Op.GUEST_WRITE, gva, length, value, 0) && mayAccess(gva, WRITE)) {
    const key = isPrivate ? asid : 0;
    if (length == 4096) writePage(key, spa());
    else writeBytes(key, spa() | (gva & 4095), length, value);
  }
  return finish();
}

export function guestFetch(gva: u64): u32 {
  if (begin(Op.GUEST_FETCH, gva, 0, 0, 0)) mayAccess(gva, FETCH);
  return finish();
}

// @ts-ignore: decorator
@inline
function mayAccess(gva: u64, kind: u32): bool {
  return (plain && guestAccess<Act>(gva, kind)) || guestAccessLadder(gva, kind);
}

/** True if the access goes through. */
export function guestAccessLadder(gva: u64, kind: u32): bool {
  return guestAccess<Either>(gva, kind);
}

// @ts-ignore: decorator
@inline
function guestAccess<For>(gva: u64, kind: u32): bool {
  const write = kind == WRITE;
  const fetch = kind == FETCH;
  const user = cpl == 3;

  // guest paging, as on any x86: APM vol. 2, 5.6 and 8.4.2
  const leaf = guestLeaf(table, gva);
  const code: u64 = (write ? Pf.W : 0) | (user ? Pf.U : 0) | (fetch ? Pf.I : 0);
  if (!rung<For>(Rule.GUEST_PRESENT, (leaf & GPT_P) != 0, (leaf & GPT_P) >>> 1, 1)) return pf(code, gva);
  if (!rung<For>(Rule.GUEST_USER, !user || (leaf & GPT_U) != 0, cpl, (leaf & GPT_U) >>> 3)) return pf(code | Pf.P, gva);
  if (write && !rung<For>(Rule.GUEST_WRITABLE, (leaf & GPT_W) != 0, (leaf & GPT_W) >>> 2, 1)) {
    return pf(code | Pf.P, gva);
  }
  if (fetch && !rung<For>(Rule.GUEST_EXECUTABLE, (leaf & GPT_X) != 0, (leaf & GPT_X) >>> 4, 1)) {
    return pf(code | Pf.P, gva);
  }
  const gpa = leaf & FRAME;
  // fetches count as C = 1 whatever the page table says: table 15-39 has no C = 0 row for them
  const c = fetch || (leaf & GPT_C) != 0;
  isPrivate = c;
  walkedTo(gpa, c ? 1 : 0);

  // nested paging
  const bits: u64 = (write ? <u64>1 << Npf.RW : 0) | (fetch ? <u64>1 << Npf.ID : 0);
  const missing: u64 = (<u64>1 << Npf.FINAL) | (c ? <u64>1 << Npf.ENC : 0) | bits;
  const forbidding: u64 = missing | (<u64>1 << Npf.P);
  const nested = nestedLeaf(asid, gpa);
  const size = leafSize(nested);
  if (!rung<For>(Rule.NESTED_PRESENT, nested != 0, nested != 0 ? 1 : 0, 1)) return npf(missing, gpa);
  const reserved = (nested & LEAF_RESERVED) != 0;
  if (!rung<For>(Rule.NESTED_RESERVED, !reserved, reserved ? 1 : 0, 0)) return vcMmio(gva);
  if (write && !rung<For>(Rule.NESTED_WRITABLE, (nested & LEAF_W) != 0, nested & LEAF_W, 1)) return npf(forbidding, gpa);
  if (fetch && !rung<For>(Rule.NESTED_EXECUTABLE, (nested & LEAF_X) != 0, (nested & LEAF_X) >>> 1, 1)) {
    return npf(forbidding, gpa);
  }
  const spa = leafSpa(nested, gpa);
  reached(spa);

  if (!c) {
    if (!write) return true;
    const taken = takenPages(spa, size);
    if (!switched<For>(Rule.SHARED_WRITE_OWNED, Check.HOST_WRITE_OWNED, taken == 0, taken, 0)) {
      return npf(forbidding | (<u64>1 << Npf.RMP), gpa);
    }
    return true;
  }

  const entry = owned<For>(spa, gpa, bits);
  if (!entry) return false;
  const head = load<u64>(entry);
  // LKML, A. Kalra: plain accesses never set SIZEM
  if (!switched<For>(Rule.SIZE_ACCESS, Check.PAGE_SIZE, entrySize(head) == size, size, entrySize(head))) {
    return npf(RMP_FAULT | bits, gpa);
  }
  const valid = (head & Flag.VALIDATED) != 0;
  if (!switched<For>(Rule.VALIDATED, Check.VALIDATED, valid, valid ? 1 : 0, 1)) return vcNotValidated(gva);
  return permitted<For>(load<u8>(entry + vmpl, Entry.PERMS), kind, user, bits, gpa);
}

/** APM vol. 2, table 15-36: a mask with W but without R allows no data access. */
// @ts-ignore: decorator
@inline
function permitted<For>(mask: u32, kind: u32, user: bool, bits: u64, gpa: u64): bool {
  let rule: u32 = Rule.VMPL_READ;
  let needed: u32 = Perm.R;
  if (kind == WRITE) {
    rule = Rule.VMPL_WRITE;
    needed = Perm.R | Perm.W;
  } else if (kind == FETCH) {
    rule = Rule.VMPL_EXECUTE;
    needed = user ? Perm.XU : Perm.XS;
  }
  if (!switched<For>(rule, Check.VMPL_PERMISSION, (mask & needed) == needed, mask, needed)) {
    return npf(RMP_FAULT | (<u64>1 << Npf.VMPL) | bits, gpa);
  }
  return true;
}
