/**
 * PVALIDATE: the guest says that it accepts a page, or no longer does.
 *
 * RAX = gva, ECX[0] = page size, EDX[0] = validate. EAX = 0, 1 FAIL_INPUT, 6 FAIL_SIZEMISMATCH; CF = 1: nothing changed.
 * Source: APM vol. 3, PVALIDATE, and vol. 2, 15.36.6. Reconstructed: the order of the checks (verismo access_s.rs,
 * edk2, LKML). It asks neither the validated bit as a condition nor the VMPL mask, touches no contents, flushes no TLB.
 */
import { Check, Eax, Flag, Op, Rule, Size } from "../abi";
import { largeEnough, smallEnough, walkPrivate } from "./walk";
import { writeHead } from "../state/rmp";
import { cpl, vmpl } from "../step/actor";
import { begin, finish } from "../step/event";
import { carry, gp, status } from "../step/outcome";
import { Act, Either, plain, rung, switched } from "../step/rung";

export function pvalidate(gva: u64, size: u32, validate: u32): u32 {
  if (begin(Op.PVALIDATE, gva, size, validate, 0)) {
    let entry = plain ? ladder<Act>(gva & ~4095, size, validate) : 0;
    if (!entry) entry = pvalidateLadder(gva, size, validate);
    if (entry) {
      const head = load<u64>(entry);
      writeHead(entry, validate != 0 ? head | Flag.VALIDATED : head & ~(<u64>Flag.VALIDATED));
    }
  }
  return finish();
}

/** Address of the covering entry, 0 if the instruction changes nothing. */
export function pvalidateLadder(gva: u64, size: u32, validate: u32): usize {
  return ladder<Either>(gva & ~4095, size, validate);
}

// @ts-ignore: decorator
@inline
function ladder<For>(gva: u64, size: u32, validate: u32): usize {
  if (!rung<For>(Rule.PVALIDATE_CPL, cpl == 0, cpl, 0)) return gp();
  // LKML, B. Singh (AMD), 2021-08-13: the reason for the kernel's VMPL0 check
  if (!switched<For>(Rule.PVALIDATE_VMPL, Check.PVALIDATE_VMPL0, vmpl == 0, vmpl, 0)) return gp();
  const aligned = size == Size.S4K || (gva & 0x1ff000) == 0;
  if (!rung<For>(Rule.PVALIDATE_ALIGNED, aligned, gva, size)) return status(Eax.FAIL_INPUT);
  const entry = walkPrivate<For>(gva);
  if (!entry) return 0;
  const head = load<u64>(entry);
  if (!smallEnough<For>(size, head)) return 0;
  if (!largeEnough<For>(size, head)) return status(Eax.FAIL_SIZEMISMATCH);
  const valid: u32 = head & Flag.VALIDATED ? 1 : 0;
  // edk2-devel, B. Singh 2021-04-30: CF = 1 when the entry is already as asked
  if (!rung<For>(Rule.PVALIDATE_CHANGES, valid != validate, valid, validate)) return carry();
  return entry;
}
