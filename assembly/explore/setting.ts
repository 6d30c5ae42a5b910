/**
 * The small machine that is searched: a few pages, a few guest-physical addresses, and one nested table that every guest
 * runs on. What the machine may look like is a row of digits: for each page the number of its RMP entry, for each gpa 0
 * (not mapped) or 1 + the page that it is mapped to.
 *
 *   state = sum of entry[s] * pageWeight[s]  +  sum of leaf[g] * gpaWeight[g]
 */
import { LEAF_W, LEAF_X } from "../state/npt";

/** 1 to 8. */
export let pageCount: u32 = 0;
/** 1 to 8. */
export let gpaCount: u32 = 0;
export let asidCount: u32 = 0;
export let vmplCount: u32 = 0;
/** RMPADJUST is tried with so many masks, 0 to 32. */
export let maskCount: u32 = 0;
/** PVALIDATE is tried at every VMPL and RMPADJUST on every VMPL, not only where they are known to be allowed. */
export let everybody: bool = false;

/** Masks, a byte each. */
const masks = memory.data(32);

export function choose(pages: u32, gpas: u32, asids: u32, vmpls: u32, everybody_: bool): void {
  pageCount = pages;
  gpaCount = gpas;
  asidCount = asids;
  vmplCount = vmpls;
  everybody = everybody_;
  maskCount = 0;
}

export function addMask(mask: u32): void {
  store<u8>(masks + maskCount++, <u8>mask);
}

// @ts-ignore: decorator
@inline
export function maskAt(index: u32): u32 {
  return load<u8>(masks + index);
}

/** The pages lie away from 0, so that no page's address is that of an unassigned entry's gpa. */
const FIRST_PFN: u32 = 16;

// @ts-ignore: decorator
@inline
export function pfnAt(page: u32): u32 {
  return FIRST_PFN + page;
}

// @ts-ignore: decorator
@inline
export function spaAt(page: u32): u64 {
  return <u64>(FIRST_PFN + page) << 12;
}

// @ts-ignore: decorator
@inline
export function gpaAt(gpa: u32): u64 {
  return <u64>(gpa + 1) << 12;
}

/** Nested leaves allow everything: only the RMP judges. */
export const EVERYTHING: u32 = <u32>(LEAF_W | LEAF_X);
