/** Why an event came out as it did: worked out from its operands when asked, by the instruction's own ladder. */
import { Event, Op } from "./abi";
import {
  activateLadder,
  contextLadder,
  gctxCreateLadder,
  guestRequestLadder,
  launchFinishLadder,
  launchStartLadder,
} from "./firmware/guest";
import { snpInitLadder } from "./firmware/init";
import { launchUpdateLadder } from "./firmware/launch";
import { pageMdInitLadder, pageReclaimLadder, pageSetStateLadder } from "./firmware/page";
import { snpDfFlushLadder, snpShutdownLadder } from "./firmware/shutdown";
import { FETCH, guestAccessLadder, READ, WRITE } from "./guest/access";
import { pvalidateLadder } from "./guest/pvalidate";
import { rmpadjustLadder } from "./guest/rmpadjust";
import { rmpqueryLadder } from "./guest/rmpquery";
import { hostWriteLadder } from "./host/access";
import { hostWrmsrLadder } from "./host/platform";
import { psmashLadder } from "./host/psmash";
import { rmpreadLadder } from "./host/rmpread";
import { rmpupdateLadder } from "./host/rmpupdate";
import { vmrunLadder } from "./host/vmrun";
import { seal } from "./memory/journal";
import { eventAt } from "./memory/layout";
import { inUse } from "./state/vcpu";
import { actAs, actor, asid, cpl, setInUse, vcpu, vmpl } from "./step/actor";
import { useSpare } from "./step/event";
import { noteRungs } from "./step/rung";

/**
 * Climbs the ladder of event `step` again from the current state, which must be the one before it, and writes every rung to scratch
 * (Reason). Returns how many. Nothing changes but scratch: a ladder only asks, and a write would trap.
 */
export function explain(step: u32): u32 {
  const at = eventAt(step - 1);
  const wasInUse = inUse;
  const wasActor = actor;
  const wasVcpu = vcpu;
  const wasAsid = asid;
  const wasVmpl = vmpl;
  const wasCpl = cpl;
  actAs(
    load<u8>(at, Event.ACTOR),
    load<u8>(at, Event.VCPU),
    load<u32>(at, Event.ASID),
    load<u8>(at, Event.VMPL),
    load<u8>(at, Event.CPL),
  );
  setInUse(load<u8>(at, Event.INUSE));
  useSpare();
  seal(true);
  noteRungs(true);
  again(load<u8>(at, Event.OP), load<u64>(at, Event.A), load<u64>(at, Event.B), load<u64>(at, Event.C), load<u64>(at, Event.D));
  const count = noteRungs(false);
  seal(false);
  setInUse(wasInUse);
  actAs(wasActor, wasVcpu, wasAsid, wasVmpl, wasCpl);
  return count;
}

/** Every operation; those without checks of their own have nothing to tell. */
function again(op: u32, a: u64, b: u64, c: u64, d: u64): void {
  switch (op) {
    case Op.PVALIDATE: pvalidateLadder(a, <u32>b, <u32>c); break;
    case Op.RMPADJUST: rmpadjustLadder(a, <u32>b, <u32>c, <u32>d & 0xff); break;
    case Op.RMPQUERY: rmpqueryLadder(a, <u32>b); break;
    case Op.RMPUPDATE: rmpupdateLadder(a, <u32>c, <u32>d & 1, (<u32>d >>> 1) & 1, (<u32>d >>> 2) & 1); break;
    case Op.PSMASH: psmashLadder(a); break;
    case Op.RMPREAD: rmpreadLadder(a); break;
    case Op.VMRUN: vmrunLadder(a); break;
    case Op.GUEST_READ: guestAccessLadder(a, READ); break;
    case Op.GUEST_WRITE: guestAccessLadder(a, WRITE); break;
    case Op.GUEST_FETCH: guestAccessLadder(a, FETCH); break;
    case Op.HOST_WRITE: hostWriteLadder(a, <u32>b); break;
    case Op.HOST_WRMSR: hostWrmsrLadder(<u32>a, <u32>b); break;
    case Op.SNP_INIT: snpInitLadder(<u32>a, b, c, d); break;
    case Op.SNP_SHUTDOWN: snpShutdownLadder(<u32>a); break;
    case Op.SNP_DF_FLUSH: snpDfFlushLadder(); break;
    case Op.SNP_GCTX_CREATE: gctxCreateLadder(a); break;
    case Op.SNP_LAUNCH_START: launchStartLadder(a, b); break;
    case Op.SNP_ACTIVATE: activateLadder(a, <u32>b); break;
    case Op.SNP_LAUNCH_UPDATE: launchUpdateLadder(a, b, <u32>c); break;
    case Op.SNP_LAUNCH_FINISH: launchFinishLadder(a); break;
    case Op.SNP_DECOMMISSION: contextLadder(a); break;
    case Op.SNP_GUEST_STATUS: contextLadder(a); break;
    case Op.SNP_GUEST_REQUEST: guestRequestLadder(a, <u32>b, <u32>c); break;
    case Op.SNP_PAGE_RECLAIM: pageReclaimLadder(a, <u32>b); break;
    case Op.SNP_PAGE_SET_STATE: pageSetStateLadder(a, <u32>b); break;
    case Op.SNP_PAGE_MD_INIT: pageMdInitLadder(a, b); break;
    case Op.HOST_READ:
    case Op.NPT_MAP:
    case Op.NPT_UNMAP:
    case Op.GPT_MAP:
    case Op.WRMSR:
    case Op.RDMSR:
    case Op.CPUID:
    case Op.VMGEXIT:
    case Op.HALT:
    case Op.CPL:
    case Op.HOST_RDMSR:
    case Op.WBINVD: break;
    default: unreachable();
  }
}
