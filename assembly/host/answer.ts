/**
 * The hypervisor's answer to a VMGEXIT. It is no event of its own: the guest sees it as it goes on, so what it changes counts to the
 * next event; but the event of the VMGEXIT shows it.
 */
import { Event, Outcome } from "../abi";
import { roomLeft, saveAnswer } from "../memory/journal";
import { eventAt } from "../memory/layout";
import { writeCell } from "../memory/registers";
import { ghcbMsr } from "../state/vcpu";

/** Journal records that an answer needs, and as many to spare: between two events any number of answers may be given. */
const RECORDS: u32 = 64;

/**
 * Sets the GHCB MSR of a vCPU at a VMPL, in answer to the VMGEXIT that is event `step`; 0: to none. DONE, or NO_JOURNAL and nothing
 * was done.
 */
export function answer(vcpu: u32, vmpl: u32, msr: u64, step: u32): u32 {
  if (roomLeft() < RECORDS) return Outcome.NO_JOURNAL;
  writeCell(ghcbMsr(vcpu, vmpl), msr);
  if (step != 0) show(step, msr, 0);
  return Outcome.DONE;
}

/** EXITINFO1 and EXITINFO2 of the GHCB page as the hypervisor left them, in answer to the VMGEXIT that is event `step`. */
export function answerByPage(info1: u64, info2: u64, step: u32): u32 {
  if (roomLeft() < RECORDS) return Outcome.NO_JOURNAL;
  show(step, info1, info2);
  return Outcome.DONE;
}

function show(step: u32, value: u64, value2: u64): void {
  const at = eventAt(step - 1);
  saveAnswer(step, at + Event.VALUE);
  store<u64>(at, value, Event.VALUE);
  store<u64>(at, value2, Event.VALUE2);
}
