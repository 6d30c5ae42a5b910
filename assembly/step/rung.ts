/**
 * The rungs of a ladder: one check each, which names its rule. Explain mode climbs the same ladder again, from the same state, and
 * notes every rung: nothing is recorded on the hot path that could be computed later.
 */
import { Event, Header, Reason, Rung } from "../abi";
import { scratch } from "../memory/layout";
import { now } from "./event";

/** Mask of the checks that are switched off. */
export let off: u32 = 0;
/** The rungs are noted. */
let explaining: bool = false;
/** No check is off, and nothing is explained. */
export let plain: bool = true;
let noted: u32 = 0;

export function setOff(mask: u32): void {
  off = mask;
  plain = mask == 0 && !explaining;
  store<u32>(Header.CHECKS_OFF, mask);
}

/** From now on rungs are noted in scratch (Reason), or no more. Number of rungs noted. */
export function noteRungs(on: bool): u32 {
  const count = noted;
  explaining = on;
  plain = off == 0 && !on;
  noted = 0;
  return count;
}

/**
 * What a ladder is compiled for; only the sizes of these types matter. `Either`: asks at each rung whether it explains and
 * whether the check is off, and notes the rung that did not hold. `Act`: climbs while `plain`, as fast as can be; it notes
 * nothing, so a ladder that such a climb did not get to the end of is climbed again as Either.
 */
export type Act = u8;
export type Either = u32;

/** One check. `left` is what was found, `right` what it is compared with. */
// @ts-ignore: decorator
@inline
export function rung<For = Either>(rule_: u32, holds: bool, left: u64, right: u64): bool {
  if (sizeof<For>() == sizeof<Act>()) return holds;
  if (explaining) note(rule_, holds ? Rung.PASSED : Rung.FAILED, left, right);
  if (!holds) store<u32>(now, rule_, Event.RULE);
  return holds;
}

/** One check that has a switch. */
// @ts-ignore: decorator
@inline
export function switched<For = Either>(rule_: u32, check: u32, holds: bool, left: u64, right: u64): bool {
  if (sizeof<For>() == sizeof<Act>()) return holds;
  if (explaining) note(rule_, holds ? Rung.PASSED : isOff(check) ? Rung.OFF : Rung.FAILED, left, right);
  if (holds) return true;
  if (isOff(check)) return true;
  store<u32>(now, rule_, Event.RULE);
  return false;
}

// @ts-ignore: decorator
@inline
export function isOff(check: u32): bool {
  return (off & (1 << check)) != 0;
}

function note(rule_: u32, outcome_: u32, left: u64, right: u64): void {
  const at = scratch + <usize>noted * Reason.BYTES;
  store<u32>(at, rule_, Reason.RULE);
  store<u32>(at, outcome_, Reason.OUTCOME);
  store<u64>(at, left, Reason.LEFT);
  store<u64>(at, right, Reason.RIGHT);
  noted++;
}
