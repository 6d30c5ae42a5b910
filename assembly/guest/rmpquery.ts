/**
 * RMPQUERY: a guest reads the permissions of a VMPL on one page. CPUID 8000_001F EAX[6].
 *
 * RAX = gva, RDX[7:0] = target VMPL. EAX = 0: RDX[15:8] = permissions, RDX[16] = VMSA, RCX[0] = page size; 1, 2.
 * Source: oak sev_guest instructions.rs, LLVM, MSVC. Assumed: which targets are refused, and how.
 */
import { Check, Eax, Flag, Op, Rule } from "../abi";
import { entrySize, walkPrivate } from "./walk";
import { vmpls } from "../memory/layout";
import { permsOf, pfnOf } from "../state/rmp";
import { cpl, vmpl } from "../step/actor";
import { begin, finish } from "../step/event";
import { gp, result, status, vcNotValidated } from "../step/outcome";
import { rung, switched } from "../step/rung";

export function rmpquery(gva: u64, target: u32): u32 {
  if (begin(Op.RMPQUERY, gva, target, 0, 0)) ladder(gva & ~4095, target);
  return finish();
}

function ladder(gva: u64, target: u32): bool {
  if (!rung(Rule.RMPQUERY_CPL, cpl == 0, cpl, 0)) return gp();
  if (!rung(Rule.RMPQUERY_TARGET_EXISTS, target < vmpls, target, vmpls)) return status(Eax.FAIL_INPUT);
  if (!rung(Rule.RMPQUERY_TARGET, target >= vmpl, target, vmpl)) return status(Eax.FAIL_PERMISSION);
  const entry = walkPrivate(gva);
  if (!entry) return false;
  const head = load<u64>(entry);
  const valid = (head & Flag.VALIDATED) != 0;
  if (!switched(Rule.VALIDATED, Check.VALIDATED, valid, valid ? 1 : 0, 1)) return vcNotValidated(gva);
  const vmsa: u32 = head & Flag.VMSA ? 1 : 0;
  result(permsOf(pfnOf(entry), target) | (vmsa << 8) | (entrySize(head) << 9));
  return true;
}
