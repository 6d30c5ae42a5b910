/**
 * RMPREAD: the hypervisor reads a page's own entry (a page inside a 2M entry shows assigned, 4K, asid 0, gpa 0).
 * Never Validated, VMSA or the permissions. CPUID 8000_001F EAX[21].
 *
 * RAX = spa. EAX = 0, 1 FAIL_INPUT. Source: MSVC __rmpread; Linux struct rmpentry.
 */
import { Eax, Flag, Op, Rule } from "../abi";
import { asidOf, assignedIn, FRAME, headOf, isCovered } from "../state/rmp";
import { begin, finish } from "../step/event";
import { result, result2, status } from "../step/outcome";
import { rung } from "../step/rung";

export function rmpread(spa: u64): u32 {
  if (begin(Op.RMPREAD, spa, 0, 0, 0) && rmpreadLadder(spa)) tell(<u32>(spa >>> 12));
  return finish();
}

export function rmpreadLadder(spa: u64): bool {
  if (!rung(Rule.RMPREAD_ALIGNED, (spa & 4095) == 0, spa, 0)) return status(Eax.FAIL_INPUT);
  if (!rung(Rule.RMPREAD_COVERED, isCovered(spa), spa, 0)) return status(Eax.FAIL_INPUT);
  return true;
}

function tell(pfn: u32): void {
  const head = headOf(pfn);
  // "2MB region status": asked of a 2M aligned address, whether any other page of the region is assigned
  const others = (pfn & 511) == 0 && assignedIn(pfn) > <u32>(head & Flag.ASSIGNED);
  result(
    (head & FRAME) |
      (head & Flag.ASSIGNED) |
      ((head & Flag.LARGE) != 0 ? 2 : 0) |
      (others ? 4 : 0) |
      ((head & Flag.IMMUTABLE) != 0 ? 8 : 0),
  );
  result2(asidOf(pfn));
}
