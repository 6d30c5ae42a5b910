/**
 * RMPADJUST: a guest sets the permissions of a less privileged VMPL; at VMPL0 it also makes and un-makes VMSA pages.
 *
 * RAX = gva, RCX[0] = page size, RDX[7:0] = target VMPL, RDX[15:8] = permissions, RDX[16] = VMSA.
 * EAX = 0, 1 FAIL_INPUT, 2 FAIL_PERMISSION, 6 FAIL_SIZEMISMATCH.
 * Source: APM vol. 3, RMPADJUST (the VMPL line quoted on LKML, December 2021), vol. 2, 15.36.8. Reconstructed: the order.
 * Not modelled: on hardware it revokes nothing before the TLB is flushed (APM vol. 2, 15.36.15).
 */
import { Check, Eax, Entry, Flag, Op, Rule, Size } from "../abi";
import { largeEnough, smallEnough, walkPrivate } from "./walk";
import { vmpls } from "../memory/layout";
import { asidOf, permsOf, pfnOf, writeEntry } from "../state/rmp";
import { cpl, vmpl } from "../step/actor";
import { begin, finish } from "../step/event";
import { gp, status, vcNotValidated } from "../step/outcome";
import { rung, switched } from "../step/rung";

export function rmpadjust(gva: u64, size: u32, target: u32, perms: u32, vmsa: u32): u32 {
  if (begin(Op.RMPADJUST, gva, size, target, perms | (vmsa << 8))) {
    const entry = rmpadjustLadder(gva, size, target, perms);
    if (entry) adjust(entry, target, perms, vmsa);
  }
  return finish();
}

/** Address of the covering entry, 0 if the instruction changes nothing. */
export function rmpadjustLadder(given: u64, size: u32, target: u32, perms: u32): usize {
  const gva = given & ~4095;
  if (!rung(Rule.RMPADJUST_CPL, cpl == 0, cpl, 0)) return gp();
  const aligned = size == Size.S4K || (gva & 0x1ff000) == 0;
  if (!rung(Rule.RMPADJUST_ALIGNED, aligned, gva, size)) return status(Eax.FAIL_INPUT);
  // Assumed: nothing at hand says what an absent VMPL gives
  if (!rung(Rule.RMPADJUST_TARGET_EXISTS, target < vmpls, target, vmpls)) return status(Eax.FAIL_INPUT);
  // APM vol. 3: if TARGET_VMPL <= CURRENT_VMPL, FAIL_PERMISSION. The whole of the kernel's probe.
  if (!switched(Rule.RMPADJUST_TARGET, Check.RMPADJUST_TARGET, target > vmpl, target, vmpl)) {
    return status(Eax.FAIL_PERMISSION);
  }
  const entry = walkPrivate(gva);
  if (!entry) return 0;
  const head = load<u64>(entry);
  if (!smallEnough(size, head)) return 0;
  const valid = (head & Flag.VALIDATED) != 0;
  if (!switched(Rule.VALIDATED, Check.VALIDATED, valid, valid ? 1 : 0, 1)) return vcNotValidated(gva);
  if (!largeEnough(size, head)) return status(Eax.FAIL_SIZEMISMATCH);
  // verismo access_s.rs: nobody gives what he has not got
  const own = permsOf(pfnOf(entry), vmpl);
  if (!switched(Rule.RMPADJUST_SUBSET, Check.RMPADJUST_SUBSET, (perms & ~own) == 0, perms, own)) {
    return status(Eax.FAIL_PERMISSION);
  }
  return entry;
}

function adjust(entry: usize, target: u32, perms: u32, vmsa: u32): void {
  const shift = target << 3;
  const masks = (load<u32>(entry, Entry.PERMS) & ~(<u32>0xff << shift)) | ((perms & 0xff) << shift);
  const head = load<u64>(entry);
  // above VMPL0 the VMSA bit is ignored; at VMPL0 any adjustment without it un-makes a VMSA page
  let next = head;
  if (vmpl == 0) next = vmsa ? head | Flag.VMSA : head & ~(<u64>Flag.VMSA);
  const covering = pfnOf(entry);
  writeEntry(covering, next, masks, asidOf(covering));
}
