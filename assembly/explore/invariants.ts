/**
 * What the architecture promises, as what may never happen. Each is a bit; abi.ts names them (Broken).
 *
 *   ALIAS      a page is reached at two guest-physical addresses          reverse map, APM vol. 2, 15.36.10
 *   GRANT      a mask changes not by a lower-numbered VMPL, or beyond its own     APM vol. 2, 15.36.7
 *   OWNER      an access with C=1 reaches a page of another guest, or one not validated   15.36.10, table 15-39
 *   PVALIDATE  Validated rises otherwise than by PVALIDATE at VMPL0       15.36.6
 *   RESET      an entry whose owner or gpa changed keeps Validated or a mask      15.36.11
 *
 * That one gpa is valid on two pages is the guest's mistake, and no invariant.
 */
import { Broken, Flag } from "../abi";
import { FRAME } from "../state/rmp";
import { asidAt, headAt, isValidated, maskOf } from "./entries";
import { vmplCount } from "./setting";

/** RMPUPDATE took an entry from `was` to `is`. */
export function brokenByHost(was: u32, is: u32): u32 {
  let broken: u32 = 0;
  if (isValidated(is) && !isValidated(was)) broken |= Broken.PVALIDATE;
  const both = headAt(was) & headAt(is) & Flag.ASSIGNED;
  const changed = ((headAt(was) ^ headAt(is)) & FRAME) != 0 || asidAt(was) != asidAt(is);
  if (both != 0 && changed && isValidated(is) && isValidated(was)) broken |= Broken.RESET;
  for (let vmpl: u32 = 1; vmpl < vmplCount; vmpl++) {
    const before = maskOf(was, vmpl);
    const after = maskOf(is, vmpl);
    if (after & ~before) broken |= Broken.GRANT;
    if (both != 0 && changed && after != 0 && after == before) broken |= Broken.RESET;
  }
  return broken;
}

/** PVALIDATE, executed at `vmpl`, took an entry from `was` to `is`. */
export function brokenByPvalidate(was: u32, is: u32, vmpl: u32): u32 {
  let broken: u32 = 0;
  if (isValidated(is) && !isValidated(was) && vmpl != 0) broken |= Broken.PVALIDATE;
  for (let other: u32 = 1; other < vmplCount; other++) if (maskOf(was, other) != maskOf(is, other)) broken |= Broken.GRANT;
  return broken;
}

/** RMPADJUST, executed at `vmpl`, took an entry from `was` to `is`. */
export function brokenByRmpadjust(was: u32, is: u32, vmpl: u32): u32 {
  let broken: u32 = 0;
  if (isValidated(is) && !isValidated(was)) broken |= Broken.PVALIDATE;
  for (let other: u32 = 0; other < vmplCount; other++) {
    const after = maskOf(is, other);
    if (after == maskOf(was, other)) continue;
    if (other <= vmpl || (after & ~maskOf(was, vmpl)) != 0) broken |= Broken.GRANT;
  }
  return broken;
}

/** An access with C=1 by `asid` went through to a page with this entry. */
export function brokenByAccess(entry: u32, asid: u32): u32 {
  const own = (headAt(entry) & Flag.ASSIGNED) != 0 && asidAt(entry) == asid && isValidated(entry);
  return own ? 0 : Broken.OWNER;
}
