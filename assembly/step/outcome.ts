/**
 * How an operation came out, and what it gave. What ends a ladder says false, so that the ladder can end with it.
 */
import { Event, FwStatus, Npf, Outcome, Vc } from "../abi";
import { FRAME } from "../state/rmp";
import { end, now } from "./event";

export function gp(): bool {
  end(Outcome.GP);
  return false;
}

function fault(code: u64, where: u64): void {
  store<u64>(now, code, Event.ERROR);
  store<u64>(now, where, Event.ADDRESS);
}

/** A page fault with its error code. */
export function pf(code: u64, cr2: u64): bool {
  end(Outcome.PF);
  fault(code, cr2);
  return false;
}

/** #VC PAGE_NOT_VALIDATED, CR2 = the gva as given. APM vol. 2, 15.36.10. */
export function vcNotValidated(gva: u64): bool {
  return vc(Vc.PAGE_NOT_VALIDATED, gva);
}

/** #VC of an MMIO access: the nested leaf has a reserved bit, so the guest's handler asks the hypervisor. APM vol. 2, 15.35.5. */
export function vcMmio(gva: u64): bool {
  return vc(Vc.NPF, gva);
}

function vc(code: u64, gva: u64): bool {
  end(Outcome.VC);
  fault(code, gva);
  return false;
}

/** #VMEXIT(NPF): EXITINFO1, and EXITINFO2 = gpa of the page. */
export function npf(info: u64, gpa: u64): bool {
  end(Outcome.NPF);
  fault(info | (<u64>1 << Npf.US), gpa & FRAME);
  return false;
}

/** An instruction's status in EAX. CF=0 whenever EAX is not 0 (Assumed). */
export function status(code: u32): bool {
  end(Outcome.STATUS);
  store<u32>(now, code, Event.EAX);
  return false;
}

export function vmexitInvalid(): bool {
  end(Outcome.VMEXIT_INVALID);
  return false;
}

export function vmexitBusy(): bool {
  end(Outcome.VMEXIT_BUSY);
  return false;
}

/** A firmware command's status. SUCCESS: there was nothing to do. */
export function firmware(code: u32): bool {
  end(code == FwStatus.SUCCESS ? Outcome.DONE : Outcome.FIRMWARE);
  store<u32>(now, code, Event.EAX);
  return false;
}

/** The journal cannot hold what this operation would write: it does not happen. */
export function noRoom(): void {
  end(Outcome.NO_JOURNAL);
}

/** An instruction that found nothing to change: CF. */
export function carry(): bool {
  store<u8>(now, 1, Event.CF);
  return false;
}

export function result(value: u64): void {
  store<u64>(now, value, Event.VALUE);
}

export function result2(value: u64): void {
  store<u64>(now, value, Event.VALUE2);
}

/** Where the guest page table led, and the C-bit of the access (1 or 0). */
// @ts-ignore: decorator
@inline
export function walkedTo(gpa: u64, c: u64): void {
  store<u64>(now, gpa | c, Event.GPA);
}

// @ts-ignore: decorator
@inline
export function reached(spa: u64): void {
  store<u64>(now, spa & FRAME, Event.SPA);
}

/** Where the walks led; NOWHERE when they did not get there. */
// @ts-ignore: decorator
@inline
export function gpa(): u64 {
  return load<u64>(now, Event.GPA) & FRAME;
}

// @ts-ignore: decorator
@inline
export function spa(): u64 {
  return load<u64>(now, Event.SPA);
}
