/** A guest writes its own page table. */
import { Op } from "../abi";
import { guestMap, tableOf } from "../state/gpt";
import { vmpl } from "../step/actor";
import { begin, finish, ofAsid } from "../step/event";

/** The event names the ASID whose table it is, and is that of the VMPL that acts where each has one. */
export function gptMap(owner: u32, gva: u64, gpa: u64, flags: u32): u32 {
  if (begin(Op.GPT_MAP, gva, gpa, flags, 0)) {
    ofAsid(owner);
    guestMap(tableOf(owner, vmpl), gva, gpa, flags);
  }
  return finish();
}
