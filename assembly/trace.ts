/** What an event changed, and why it came out as it did: both worked out from the journal and the operands when asked. */
import { Change, ChangeKind, Event, Limit, Op } from "./abi";
import { guestFetch, guestRead, guestWrite, hostRead, hostWrite } from "./access";
import { actAs, actor, asid, cpl, explainBegin, explainEnd, inUse, setInUse, vcpu, vmpl } from "./event";
import { launchUpdate } from "./fw-launch";
import { pageMdInit, pageReclaim, pageSetState } from "./fw-page";
import { activate, decommission, gctxCreate, guestRequest, guestStatus, launchFinish, launchStart } from "./fw-guest";
import { snpInit, snpShutdown } from "./fw-init";
import { firstRecord, records } from "./journal";
import { eventAt, journal as journalAt, scratch } from "./layout";
import { hostWrmsr } from "./platform";
import { psmash } from "./psmash";
import { pvalidate } from "./pvalidate";
import { rmpadjust } from "./rmpadjust";
import { rmpquery } from "./rmpquery";
import { rmpread } from "./rmpread";
import { rmpupdate } from "./rmpupdate";
import { entryAt } from "./rmp";
import { vmrun } from "./vmrun";

/**
 * Runs the instruction of event `step` again from the current state, which must be the one before it, and writes every rung
 * to scratch (Reason). Returns how many. Nothing changes but scratch.
 */
export function explain(step: u32): u32 {
  const at = eventAt(step - 1);
  const kept = inUse;
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
  explainBegin();
  again(load<u8>(at, Event.OP), load<u64>(at, Event.A), load<u64>(at, Event.B), load<u64>(at, Event.C), load<u64>(at, Event.D));
  const count = explainEnd();
  setInUse(kept);
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

/**
 * Writes what event `step` changed to scratch (Change) and returns how many; the current state must be the one after it.
 * A region is written as an ENTRY for its first page and, where they change, one REGION for the 511 others, whose OLD and NEW
 * begin with a Form: the reader derives them from Form and first entry.
 */
export function changes(step: u32): u32 {
  const from = firstRecord(step);
  let count: u32 = 0;
  for (let i = from; i < records; i++) {
    if ((count + 2) * Change.BYTES > <u32>Limit.SCRATCH_BYTES) break;
    const at = journalAt + (<usize>i << 5);
    const kind = load<u32>(at);
    const where = load<u32>(at, 4);
    const here: usize = kind == ChangeKind.BLOCK ? <usize>where : entryAt(where);
    const to = scratch + <usize>count * Change.BYTES;
    store<u32>(to, kind == ChangeKind.BLOCK ? ChangeKind.BLOCK : ChangeKind.ENTRY, Change.KIND);
    store<u32>(to, where, Change.PFN);
    memory.copy(to + Change.OLD, at + 8, 16);
    memory.copy(to + Change.NEW, here, 16);
    count++;
    if (kind != ChangeKind.REGION || load<u8>(at, 24) == load<u8>(at, 25)) continue;
    const more = to + Change.BYTES;
    store<u32>(more, ChangeKind.REGION, Change.KIND);
    store<u32>(more, where, Change.PFN);
    store<u64>(more, load<u8>(at, 24), Change.OLD);
    store<u64>(more, load<u8>(at, 25), Change.NEW);
    count++;
  }
  return count;
}

