/** A guest writes its own page table. */
import { Op } from "../abi";
import { guestMap } from "../state/gpt";
import { begin, finish, ofAsid } from "../step/event";

/** The event names the ASID whose table it is, whoever acts. */
export function gptMap(owner: u32, gva: u64, gpa: u64, flags: u32): u32 {
  if (begin(Op.GPT_MAP, gva, gpa, flags, 0)) {
    ofAsid(owner);
    guestMap(owner, gva, gpa, flags);
  }
  return finish();
}
