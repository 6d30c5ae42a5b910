/**
 * PSMASH: the hypervisor splits a 2M entry into 512 of 4K. Validated, VMSA and permissions are copied.
 *
 * RAX = spa. EAX = 0, 1 FAIL_INPUT, 2 FAIL_PERMISSION, 3 FAIL_INUSE, 7 FAIL_BADADDR.
 * Source: MSVC __psmash (codes), verismo and AMD-ASPFW (result). Reconstructed: the order.
 */
import { Check, Eax, Entry, Flag, Form, Op, Rule } from "../abi";
import { asidOf, entryAt, headOf, isCovered, isLarge, writeRegion } from "../state/rmp";
import { pagesInUse } from "../state/vcpu";
import { begin, finish } from "../step/event";
import { status } from "../step/outcome";
import { rung, switched } from "../step/rung";

export function psmash(spa: u64): u32 {
  if (begin(Op.PSMASH, spa, 0, 0, 0) && psmashLadder(spa)) smash(<u32>(spa >>> 12));
  return finish();
}

export function psmashLadder(spa: u64): bool {
  if (!rung(Rule.PSMASH_ALIGNED, (spa & 0x1fffff) == 0, spa, 0)) return status(Eax.FAIL_INPUT);
  if (!rung(Rule.PSMASH_COVERED, isCovered(spa), spa, 0)) return status(Eax.FAIL_INPUT);
  const pfn = <u32>(spa >>> 12);
  const head = headOf(pfn);
  if (!rung(Rule.PSMASH_LARGE, isLarge(head), head & (Flag.ASSIGNED | Flag.LARGE), Flag.ASSIGNED | Flag.LARGE)) {
    return status(Eax.FAIL_BADADDR);
  }
  // Assumed
  const mutable = (head & Flag.IMMUTABLE) == 0;
  if (!switched(Rule.PSMASH_MUTABLE, Check.IMMUTABLE, mutable, mutable ? 0 : 1, 0)) return status(Eax.FAIL_PERMISSION);
  const busy = pagesInUse(pfn, 512);
  if (!rung(Rule.PSMASH_INUSE, busy == 0, busy, 0)) return status(Eax.FAIL_INUSE);
  return true;
}

function smash(pfn: u32): void {
  const perms = load<u32>(entryAt(pfn), Entry.PERMS);
  writeRegion(pfn, headOf(pfn) & ~(<u64>Flag.LARGE), perms, asidOf(pfn), Form.SMASHED);
}
