/** A guest leaves to the hypervisor, stops, or changes its privilege: events, and undone like the others. */
import { Cell, Event, Op } from "../abi";
import { eventAt } from "../memory/layout";
import { readCell, writeCell } from "../memory/registers";
import { vcpu } from "../step/actor";
import { begin, finish } from "../step/event";

/** VMGEXIT: the event shows the GHCB MSR as the guest left it, and the hypervisor's answer once that is there. */
export function vmgexit(): u32 {
  begin(Op.VMGEXIT, readCell(Cell.GHCB_MSR + vcpu), 0, 0, 0);
  return finish();
}

/**
 * The hypervisor's answer to VMGEXIT, event `step`. No event of its own: the register changes as the guest goes on, so the
 * change is the next event's.
 */
export function answer(vcpu: u32, value: u64, step: u32): void {
  writeCell(Cell.GHCB_MSR + vcpu, value);
  if (step != 0) store<u64>(eventAt(step - 1), value, Event.VALUE);
}

export function halt(): u32 {
  begin(Op.HALT, 0, 0, 0, 0);
  return finish();
}

export function setCpl(next: u32): u32 {
  begin(Op.CPL, next, 0, 0, 0);
  return finish();
}
