/**
 * A host's memory accesses. APM vol. 2, 15.36.10, table 15-39. Not modelled: on older parts a host write to an unassigned page that is
 * in use, an AVIC backing page, is #PF too (S. Suthikulpanit, LKML, 2024-11-04; CPUID 8000_001F EAX[30], HvInUseWrAllowed, lifts it).
 */
import { Check, Op, Rule } from "../abi";
import { readRaw, readRawPage, writeBytes, writePage } from "../state/contents";
import { takenPages } from "../state/rmp";
import { begin, finish } from "../step/event";
import { pf, reached, result } from "../step/outcome";
import { switched } from "../step/rung";

/** RMP, W and P: a supervisor's write. */
const HOST_FAULT: u64 = 0x80000003;

/** A host read of 1, 2, 4, 8 or 4096 bytes: never stopped. The host sees what DRAM holds, or FFh where ciphertext is hidden. */
export function hostRead(spa: u64, size: u32, length: u32): u32 {
  if (begin(Op.HOST_READ, spa, size, length, 0)) {
    reached(spa);
    if (length == 4096) readRawPage(spa);
    else result(readRaw(spa, length));
  }
  return finish();
}

/** A supervisor's data write of 1, 2, 4, 8 or 4096 bytes (the last from scratch) through a mapping of the given size. */
export function hostWrite(spa: u64, size: u32, length: u32, value: u64): u32 {
  if (begin(Op.HOST_WRITE, spa, size, length, value) && hostWriteLadder(spa, size)) {
    if (length == 4096) writePage(0, spa);
    else writeBytes(0, spa, length, value);
  }
  return finish();
}

export function hostWriteLadder(spa: u64, size: u32): bool {
  reached(spa);
  const taken = takenPages(spa, size);
  return switched(Rule.HOST_WRITE_OWNED, Check.HOST_WRITE_OWNED, taken == 0, taken, 0) || pf(HOST_FAULT, spa);
}
