/** A guest leaves to the hypervisor, stops, or changes its privilege: events, and undone like the others. */
import { Op } from "../abi";
import { readCell } from "../memory/registers";
import { ghcbMsr } from "../state/vcpu";
import { vcpu, vmpl } from "../step/actor";
import { begin, finish } from "../step/event";

/**
 * VMGEXIT: the event shows the GHCB MSR as the guest left it, and the hypervisor's answer once that is there (host/answer.ts).
 * A request by the GHCB page (bits 11:0 of the MSR are 0) shows the page's exit code, EXITINFO1 and EXITINFO2, handed in.
 */
export function vmgexit(code: u64, info1: u64, info2: u64): u32 {
  begin(Op.VMGEXIT, readCell(ghcbMsr(vcpu, vmpl)), code, info1, info2);
  return finish();
}

export function halt(): u32 {
  begin(Op.HALT, 0, 0, 0, 0);
  return finish();
}

export function setCpl(next: u32): u32 {
  begin(Op.CPL, next, 0, 0, 0);
  return finish();
}
