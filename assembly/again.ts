/** Why an event came out as it did: worked out from its operands when asked, by the instruction itself. */
import { Event, Op } from "./abi";
import {
  activate,
  decommission,
  gctxCreate,
  guestRequest,
  guestStatus,
  launchFinish,
  launchStart,
} from "./firmware/guest";
import { snpInit, snpShutdown } from "./firmware/init";
import { launchUpdate } from "./firmware/launch";
import { pageMdInit, pageReclaim, pageSetState } from "./firmware/page";
import { guestFetch, guestRead, guestWrite } from "./guest/access";
import { pvalidate } from "./guest/pvalidate";
import { rmpadjust } from "./guest/rmpadjust";
import { rmpquery } from "./guest/rmpquery";
import { hostRead, hostWrite } from "./host/access";
import { hostWrmsr } from "./host/platform";
import { psmash } from "./host/psmash";
import { rmpread } from "./host/rmpread";
import { rmpupdate } from "./host/rmpupdate";
import { vmrun } from "./host/vmrun";
import { recording } from "./memory/journal";
import { eventAt } from "./memory/layout";
import { clearExhausted } from "./memory/tables";
import { inUse } from "./state/vcpu";
import { actAs, actor, asid, cpl, setInUse, vcpu, vmpl } from "./step/actor";
import { record } from "./step/event";
import { noteRungs } from "./step/rung";

/**
 * Runs the instruction of event `step` again from the current state, which must be the one before it, and writes every rung
 * to scratch (Reason). Returns how many. Nothing changes but scratch.
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
  const kept = recording;
  record(false);
  noteRungs(true);
  again(load<u8>(at, Event.OP), load<u64>(at, Event.A), load<u64>(at, Event.B), load<u64>(at, Event.C), load<u64>(at, Event.D));
  const count = noteRungs(false);
  clearExhausted();
  record(kept);
  setInUse(wasInUse);
  actAs(wasActor, wasVcpu, wasAsid, wasVmpl, wasCpl);
  return count;
}

function again(op: u32, a: u64, b: u64, c: u64, d: u64): void {
  switch (op) {
    case Op.PVALIDATE: pvalidate(a, <u32>b, <u32>c); break;
    case Op.RMPADJUST: rmpadjust(a, <u32>b, <u32>c, <u32>d & 0xff, <u32>(d >>> 8)); break;
    case Op.RMPQUERY: rmpquery(a, <u32>b); break;
    case Op.RMPUPDATE: rmpupdate(a, b, <u32>c, <u32>d & 1, (<u32>d >>> 1) & 1, (<u32>d >>> 2) & 1); break;
    case Op.PSMASH: psmash(a); break;
    case Op.RMPREAD: rmpread(a); break;
    case Op.VMRUN: vmrun(a, 0); break;
    case Op.GUEST_READ: guestRead(a, <u32>b); break;
    case Op.GUEST_WRITE: guestWrite(a, <u32>b, c); break;
    case Op.GUEST_FETCH: guestFetch(a); break;
    case Op.HOST_READ: hostRead(a, <u32>b, <u32>c); break;
    case Op.HOST_WRITE: hostWrite(a, <u32>b, <u32>c, d); break;
    case Op.HOST_WRMSR: hostWrmsr(<u32>a, <u32>b, c); break;
    case Op.SNP_INIT: snpInit(<u32>a, b, c, d); break;
    case Op.SNP_GCTX_CREATE: gctxCreate(a); break;
    case Op.SNP_LAUNCH_START: launchStart(a, b, <u32>c); break;
    case Op.SNP_ACTIVATE: activate(a, <u32>b); break;
    case Op.SNP_LAUNCH_UPDATE: launchUpdate(a, b, <u32>c, <u32>d); break;
    case Op.SNP_LAUNCH_FINISH: launchFinish(a); break;
    case Op.SNP_DECOMMISSION: decommission(a); break;
    case Op.SNP_PAGE_RECLAIM: pageReclaim(a, <u32>b); break;
    case Op.SNP_PAGE_SET_STATE: pageSetState(a, <u32>b); break;
    case Op.SNP_PAGE_MD_INIT: pageMdInit(a, b); break;
    case Op.SNP_GUEST_STATUS: guestStatus(a); break;
    case Op.SNP_GUEST_REQUEST: guestRequest(a, <u32>b, <u32>c); break;
    case Op.SNP_SHUTDOWN: snpShutdown(<u32>a); break;
    default: break;
  }
}
