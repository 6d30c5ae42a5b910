/** The hypervisor writes a guest's nested page table: nothing but the RMP judges where it points. */
import { Op } from "../abi";
import { nestedMap, nestedUnmap } from "../state/npt";
import { begin, finish, ofAsid } from "../step/event";

/** The event names the ASID whose table it is, whoever acts. `how`: W | X << 1 | reserved bit << 2 (MMIO). */
export function nptMap(owner: u32, gpa: u64, spa: u64, size: u32, how: u32): u32 {
  if (begin(Op.NPT_MAP, gpa, spa, size, how)) {
    ofAsid(owner);
    nestedMap(owner, gpa, spa, size, how);
  }
  return finish();
}

export function nptUnmap(owner: u32, gpa: u64, size: u32): u32 {
  if (begin(Op.NPT_UNMAP, gpa, size, 0, 0)) {
    ofAsid(owner);
    nestedUnmap(owner, gpa, size);
  }
  return finish();
}
