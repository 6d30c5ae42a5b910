/**
 * RMPQUERY: a guest reads the permissions of a VMPL on one page. CPUID 8000_001F EAX[6].
 *
 * RAX = gva, RDX[7:0] = target VMPL. EAX = 0: RDX[15:8] = permissions, RDX[16] = VMSA, RCX[0] = page size; 2 FAIL_PERMISSION.
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
  if (begin(Op.RMPQUERY, gva, target, 0, 0)) {
    const entry = rmpqueryLadder(gva, target);
    if (entry) result(answerOf(entry, target));
  }
  return finish();
}

/** Address of the covering entry, 0 if there is no answer. */
export function rmpqueryLadder(given: u64, target: u32): usize {
  const gva = given & ~4095;
  if (!rung(Rule.RMPQUERY_CPL, cpl == 0, cpl, 0)) return gp();
  // Assumed: the two lists of its statuses that exist (MSVC __rmpquery; OHCL-Linux-Kernel) know 0 and 2 only
  if (!rung(Rule.RMPQUERY_TARGET_EXISTS, target < vmpls, target, vmpls)) return status(Eax.FAIL_PERMISSION);
  if (!rung(Rule.RMPQUERY_TARGET, target >= vmpl, target, vmpl)) return status(Eax.FAIL_PERMISSION);
  const entry = walkPrivate(gva);
  if (!entry) return 0;
  const valid = (load<u64>(entry) & Flag.VALIDATED) != 0;
  if (!switched(Rule.VALIDATED, Check.VALIDATED, valid, valid ? 1 : 0, 1)) return vcNotValidated(gva);
  return entry;
}

function answerOf(entry: usize, target: u32): u64 {
  const head = load<u64>(entry);
  const vmsa: u32 = head & Flag.VMSA ? 1 : 0;
  return permsOf(pfnOf(entry), target) | (vmsa << 8) | (entrySize(head) << 9);
}
