/**
 * RMPUPDATE: the hypervisor gives a page to a guest, takes it back, or changes its entry.
 *
 * RAX = spa, [RCX] = {gpa, assigned, page size, immutable, asid}. EAX = 0, 1 FAIL_INPUT, 2 FAIL_PERMISSION, 3 FAIL_INUSE,
 * 4 FAIL_OVERLAP. Source: APM vol. 3, RMPUPDATE, pseudo-code as quoted by S. Christopherson (LKML, 2021-07-17), which AMD calls
 * a summary; the overlap of a 4K update anywhere inside a 2M entry by B. Singh's reply. What survives an update: that a new size
 * clears Validated, APM vol. 2, 15.36.11; that an unchanged entry keeps it, M. Roth (LKML); that Immutable alone does not clear it,
 * since Pre-Swap is a validated page and only RMPUPDATE sets Immutable. Reconstructed: ASID, GPA and Assigned, without which a page
 * could be remapped under the guest.
 */
import { Check, Eax, Entry, Flag, Form, Op, Rule, Size } from "../abi";
import {
  asidOf,
  assignedIn,
  entryAt,
  FRAME,
  freshPerms,
  headOf,
  immutableIn,
  isCovered,
  isLarge,
  writeEntry,
  writeRegion,
} from "../state/rmp";
import { pagesInUse } from "../state/vcpu";
import { begin, finish } from "../step/event";
import { status } from "../step/outcome";
import { Act, Either, isOff, plain, rung, switched } from "../step/rung";

export function rmpupdate(spa: u64, gpa: u64, asid: u32, assigned: u32, immutable: u32, size: u32): u32 {
  if (begin(Op.RMPUPDATE, spa, gpa, asid, assigned | (immutable << 1) | (size << 2))) {
    // 2M: with 512 entries to write, the ladder's own time is nothing
    if (plain && size == Size.S4K && ladder<Act>(spa, asid, assigned, immutable, Size.S4K)) {
      update(spa, gpa, asid, assigned, immutable, Size.S4K);
    } else if (rmpupdateLadder(spa, asid, assigned, immutable, size)) {
      update(spa, gpa, asid, assigned, immutable, size);
    }
  }
  return finish();
}

export function rmpupdateLadder(spa: u64, asid: u32, assigned: u32, immutable: u32, size: u32): bool {
  return ladder<Either>(spa, asid, assigned, immutable, size);
}

// @ts-ignore: decorator
@inline
function ladder<For>(spa: u64, asid: u32, assigned: u32, immutable: u32, size: u32): bool {
  // Assumed: that a misaligned address is refused rather than cut
  if (!rung<For>(Rule.RMPUPDATE_ALIGNED, (spa & 4095) == 0, spa, 0)) return status(Eax.FAIL_INPUT);
  const large = size == Size.S2M;
  const aligned = !large || (spa & 0x1fffff) == 0;
  if (!rung<For>(Rule.RMPUPDATE_ALIGNED_2M, aligned, spa, size)) return status(Eax.FAIL_INPUT);
  const clean = ((immutable | asid) == 0) | (assigned != 0);
  if (!rung<For>(Rule.RMPUPDATE_CLEAN, clean, immutable, asid)) return status(Eax.FAIL_INPUT);
  if (!rung<For>(Rule.RMPUPDATE_COVERED, isCovered(spa), spa, 0)) return status(Eax.FAIL_INPUT);

  const pfn = <u32>(spa >>> 12);
  const old = headOf(pfn);
  const mutable = (old & Flag.IMMUTABLE) == 0;
  if (!switched<For>(Rule.RMPUPDATE_MUTABLE, Check.IMMUTABLE, mutable, mutable ? 0 : 1, 0)) {
    return status(Eax.FAIL_PERMISSION);
  }

  const regionLarge = isLarge(headOf(pfn & ~511));
  // LKML, B. Singh: any 4K update inside a 2M entry is detected, not only of its first page
  if (!rung<For>(Rule.RMPUPDATE_INSIDE_2M, large || !regionLarge, size, regionLarge ? 1 : 0)) {
    return status(Eax.FAIL_OVERLAP);
  }
  const fresh = large && !regionLarge;
  const others = fresh ? assignedIn(pfn) : 0;
  if (!rung<For>(Rule.RMPUPDATE_REGION_FREE, others == 0, others, 0)) return status(Eax.FAIL_OVERLAP);
  // Assumed: HV-Fixed pages inside the region
  const fixed = fresh ? immutableIn(pfn) : 0;
  if (!switched<For>(Rule.RMPUPDATE_REGION_MUTABLE, Check.IMMUTABLE, fixed == 0, fixed, 0)) {
    return status(Eax.FAIL_PERMISSION);
  }
  // Assumed: the place of this one in the order
  const busy = pagesInUse(pfn, large ? 512 : 1);
  if (!rung<For>(Rule.RMPUPDATE_INUSE, busy == 0, busy, 0)) return status(Eax.FAIL_INUSE);
  return true;
}

// @ts-ignore: decorator
@inline
function update(spa: u64, gpa: u64, asid: u32, assigned: u32, immutable: u32, size: u32): void {
  const pfn = <u32>(spa >>> 12);
  const old = headOf(pfn);
  const large = size == Size.S2M;
  let next: u64 = 0;
  let perms: u32 = 0;
  if (assigned) {
    next = (gpa & FRAME) | Flag.ASSIGNED | (immutable ? Flag.IMMUTABLE : 0) | (large ? Flag.LARGE : 0);
    const changed = ((old ^ next) & (FRAME | Flag.ASSIGNED | Flag.LARGE)) | (asid ^ asidOf(pfn));
    if (changed == 0 && asid != 0) {
      next |= old & (Flag.VALIDATED | Flag.VMSA);
      perms = load<u32>(entryAt(pfn), Entry.PERMS);
    } else {
      if (isOff(Check.RMPUPDATE_RESETS_VALIDATED)) next |= old & Flag.VALIDATED;
      perms = freshPerms();
    }
  }
  if (large) writeRegion(pfn, next, perms, asid, assigned ? Form.INNER : Form.ZERO);
  else writeEntry(pfn, next, perms, asid);
}
