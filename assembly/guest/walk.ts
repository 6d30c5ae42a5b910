/**
 * What every guest instruction and access does first: guest page table, nested page table, and the RMP's ownership checks.
 * APM vol. 2, 15.36.10 and table 15-39: the RMP is asked after all paging checks.
 */
import { Check, Entry, Flag, Npf, Pf, Rule, Size } from "../abi";
import { GPT_C, GPT_P, guestLeaf } from "../state/gpt";
import { LEAF_RESERVED, leafSize, leafSpa, nestedLeaf } from "../state/npt";
import { coveringOf, entryAt, FRAME, isCovered } from "../state/rmp";
import { pagesInUse } from "../state/vcpu";
import { asid, table } from "../step/actor";
import { gpa as walked, npf, pf, reached, vcMmio, walkedTo } from "../step/outcome";
import { Either, rung, switched } from "../step/rung";

/** EXITINFO1 of every #NPF that the RMP raises for a private access, beside US and the access's own bits. */
export const RMP_FAULT: u64 = (<u64>1 << Npf.P) | (<u64>1 << Npf.RMP) | (<u64>1 << Npf.FINAL) | (<u64>1 << Npf.ENC);
const NESTED_FAULT: u64 = (<u64>1 << Npf.FINAL) | (<u64>1 << Npf.ENC);

/** Size of the nested leaf that the walk went through. */
let leafIs: u32 = 0;

/**
 * The walk of PVALIDATE, RMPADJUST and RMPQUERY: as a private read of one byte (LKML, B. Petkov 2022-07-22).
 * Address of the covering entry, 0 when it faulted.
 */
// @ts-ignore: decorator
@inline
export function walkPrivate<For = Either>(gva: u64): usize {
  const leaf = guestLeaf(table, gva);
  // APM vol. 2, 5.3; a not-present page was seen to give error code 0 on real guests (LKML, T. Lendacky, October 2023)
  if (!rung<For>(Rule.GUEST_PRESENT, (leaf & GPT_P) != 0, (leaf & GPT_P) >>> 1, 1)) return pf(0, gva);
  // One source only, by analogy with APM vol. 2, 15.36.7
  if (!rung<For>(Rule.GUEST_PRIVATE, (leaf & GPT_C) != 0, leaf & GPT_C, 1)) return pf(Pf.P | Pf.RSVD, gva);
  const gpa = leaf & FRAME;
  walkedTo(gpa, GPT_C);
  const nested = nestedLeaf(asid, gpa);
  if (!rung<For>(Rule.NESTED_PRESENT, nested != 0, nested != 0 ? 1 : 0, 1)) return npf(NESTED_FAULT, gpa);
  const reserved = (nested & LEAF_RESERVED) != 0;
  if (!rung<For>(Rule.NESTED_RESERVED, !reserved, reserved ? 1 : 0, 0)) return vcMmio(gva);
  leafIs = leafSize(nested);
  const spa = leafSpa(nested, gpa);
  reached(spa);
  return owned<For>(spa, gpa, 0);
}

/**
 * Is the page the guest's, at this gpa, and may it be used? `bits` are the access's own in EXITINFO1 (RW, ID).
 * APM vol. 2, table 15-39: RMP-Covered, Guest-Owned, Reverse-Map, Mutable; and no page that a vCPU has in use. Address of the covering entry, 0 when it faulted.
 */
// @ts-ignore: decorator
@inline
export function owned<For = Either>(spa: u64, gpa: u64, bits: u64): usize {
  if (!rung<For>(Rule.RMP_COVERED, isCovered(spa), spa, 0)) return npf(RMP_FAULT | bits, gpa);
  const pfn = <u32>(spa >>> 12);
  // LKML, A. Kalra (AMD), 2025-04-30: whose VMSA it is does not matter. Assumed: the place in the order
  const busy = pagesInUse(pfn, 1);
  if (!rung<For>(Rule.RMP_IN_USE, busy == 0, busy, 0)) return npf(RMP_FAULT | bits, gpa);
  const covering = coveringOf(pfn);
  const entry = entryAt(covering);
  const head = load<u64>(entry);
  if (!switched<For>(Rule.RMP_ASSIGNED, Check.GUEST_OWNED, (head & Flag.ASSIGNED) != 0, head & Flag.ASSIGNED, 1)) {
    return npf(RMP_FAULT | bits, gpa);
  }
  const owner = load<u32>(entry, Entry.ASID);
  if (!switched<For>(Rule.RMP_ASID, Check.GUEST_OWNED, owner == asid, owner, asid)) return npf(RMP_FAULT | bits, gpa);
  const named = (head & FRAME) + (<u64>(pfn - covering) << 12);
  if (!switched<For>(Rule.RMP_GPA, Check.REVERSE_MAP, named == gpa, named, gpa)) return npf(RMP_FAULT | bits, gpa);
  if (!switched<For>(Rule.RMP_MUTABLE, Check.IMMUTABLE, (head & Flag.IMMUTABLE) == 0, (head & Flag.IMMUTABLE) >>> 2, 0)) {
    return npf(RMP_FAULT | bits, gpa);
  }
  return entry;
}

/** Size of an entry, by its first word. */
// @ts-ignore: decorator
@inline
export function entrySize(head: u64): u32 {
  return (<u32>head & Flag.LARGE) / Flag.LARGE;
}

/**
 * 4K asked of a 2M entry: #NPF with SIZEM and without FINAL, so that the hypervisor smashes the page and the guest tries
 * again. APM vol. 2, table 15-40; EXITINFO1 C_8000_0005h seen on real machines (LKML, B. Singh, A. Kalra).
 * 4K asked, entry 4K, but nested leaf 2M: #NPF without SIZEM (Assumed).
 */
// @ts-ignore: decorator
@inline
export function smallEnough<For = Either>(size: u32, head: u64): bool {
  const entry = entrySize(head);
  if (!switched<For>(Rule.SIZE_4K_IN_2M, Check.PAGE_SIZE, entry <= size, size, entry)) {
    return npf((<u64>1 << Npf.P) | (<u64>1 << Npf.RMP) | (<u64>1 << Npf.ENC) | (<u64>1 << Npf.SIZEM), walked());
  }
  // (a 4K request inside a 2M entry whose check is off has passed; only a 4K entry can clash with the leaf here)
  const small = leafIs <= (size | entry);
  if (!switched<For>(Rule.SIZE_NESTED_2M, Check.PAGE_SIZE, small, leafIs, size)) return npf(RMP_FAULT, walked());
  return true;
}

/** 2M asked: entry and nested leaf must both be 2M, else FAIL_SIZEMISMATCH. APM vol. 2, 15.36.6, table 15-40. */
// @ts-ignore: decorator
@inline
export function largeEnough<For = Either>(size: u32, head: u64): bool {
  const both = entrySize(head) & leafIs;
  return switched<For>(
    Rule.SIZE_2M_ON_4K,
    Check.PAGE_SIZE,
    size <= both,
    <u64>entrySize(head) | (<u64>leafIs << 1),
    size == Size.S4K ? 0 : 3,
  );
}
