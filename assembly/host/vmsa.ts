/**
 * The state that the processor keeps in a VMSA page from #VMEXIT to VMRUN, encrypted with the guest's key: no RMP check beyond that
 * of VMRUN. APM vol. 2, 15.35.3 and table B-4.
 *
 * In scratch, u64 each: rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8 to r15.
 */
import { Cell, Event, Outcome, Vmsa } from "../abi";
import { records, roomLeft } from "../memory/journal";
import { eventAt, scratch } from "../memory/layout";
import { readCell } from "../memory/registers";
import { putWord, readBytes, readWord, writeBytes } from "../state/contents";

/** Journal records of one #VMEXIT, and some to spare. */
const RECORDS: u32 = 64;

/** Offset of a register in the page. */
function offsetOf(register: u32): u64 {
  switch (register) {
    case 0:
      return Vmsa.RAX;
    case 1:
      return Vmsa.RBX;
    case 2:
      return Vmsa.RCX;
    case 3:
      return Vmsa.RDX;
    case 4:
      return Vmsa.RSI;
    case 5:
      return Vmsa.RDI;
    case 6:
      return Vmsa.RBP;
    case 7:
      return Vmsa.RSP;
    default:
      return Vmsa.R8 + ((register - 8) << 3);
  }
}

/**
 * #VMEXIT of a vCPU: writes what differs. `step`: the event that exits, the last one, with which it is undone; 0 where none does, and
 * it counts to the next. DONE, or NO_JOURNAL and nothing was done.
 */
export function saveVmsa(asid: u32, vcpu: u32, cpl: u32, code: u64, info1: u64, info2: u64, step: u32): u32 {
  const vmsa = readCell(Cell.VMSA + vcpu);
  if ((vmsa & 1) == 0) return Outcome.DONE;
  if (roomLeft() < RECORDS) return Outcome.NO_JOURNAL;
  const spa = vmsa - 1;
  for (let i: u32 = 0; i < 16; i++) putWord(asid, spa + offsetOf(i), load<u64>(scratch + (<usize>i << 3)));
  if (readBytes(asid, spa + Vmsa.CPL, 1) != cpl) writeBytes(asid, spa + Vmsa.CPL, 1, cpl);
  putWord(asid, spa + Vmsa.EXITINFO1, info1);
  putWord(asid, spa + Vmsa.EXITINFO2, info2);
  putWord(asid, spa + Vmsa.EXIT_CODE, code);
  if (step != 0) store<u32>(eventAt(step - 1), records, Event.JOURNAL);
  return Outcome.DONE;
}

/** What VMRUN loads from a page, into scratch: the registers, and behind them VMPL, CPL and RIP. */
export function loadVmsa(asid: u32, spa: u64): void {
  for (let i: u32 = 0; i < 16; i++) store<u64>(scratch + (<usize>i << 3), readWord(asid, spa + offsetOf(i)));
  store<u64>(scratch, readBytes(asid, spa + Vmsa.VMPL, 1), 128);
  store<u64>(scratch, readBytes(asid, spa + Vmsa.CPL, 1), 136);
  store<u64>(scratch, readWord(asid, spa + Vmsa.RIP), 144);
}
