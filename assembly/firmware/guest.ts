/**
 * The AMD-SP's commands on a guest's context: GCTX_CREATE, LAUNCH_START, ACTIVATE, LAUNCH_FINISH, DECOMMISSION, GUEST_STATUS,
 * and the rule of the attestation report.
 *
 * Source: firmware ABI (56860), chapter 8; order of checks of AMD's published firmware (AMD-ASPFW sev_mcmd.c, sev_guest.h).
 * The launch digest is computed outside, from the same events. Not modelled: keys, migration agents, the ID
 * block, the pages that GUEST_STATUS and GUEST_REQUEST write to.
 */
import {
  AsidState,
  Cell,
  ContextField,
  FirmwareAbi,
  Flag,
  FwStatus,
  GuestState,
  Limit,
  Op,
  PageState,
  PolicyBit,
  Rule,
  Size,
} from "../abi";
import {
  contextAt,
  forgetGuest,
  freeContext,
  initialized,
  inPageState,
  inState,
  isActive,
  isClean,
  isContext,
  isStarted,
  outsideRmp,
  stateAt,
} from "./context";
import { covered } from "../memory/layout";
import { readCell, writeCell } from "../memory/registers";
import { asidState, isGuestAsid, setAsidState, useAsid } from "../state/asid";
import { asidOf, entryAt, headOf, isLarge, writeHead } from "../state/rmp";
import { begin, finish } from "../step/event";
import { firmware, result, result2 } from "../step/outcome";
import { rung } from "../step/rung";

/** The first checks of a command on a guest. Cell of its context, 0 when it is refused. */
function guestAt(spa: u64): u32 {
  if (!isClean(spa & 4095)) return firmware(FwStatus.INVALID_PARAM);
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  return context;
}

/** SNP_GCTX_CREATE: a Firmware page becomes a Context page. */
export function gctxCreate(spa: u64): u32 {
  if (begin(Op.SNP_GCTX_CREATE, spa, 0, 0, 0) && gctxCreateLadder(spa)) {
    const pfn = <u32>(spa >>> 12);
    const context = freeContext(spa);
    writeHead(entryAt(pfn), headOf(pfn) | Flag.VMSA);
    forgetGuest(context);
    writeCell(context + ContextField.PAGE, spa | 1);
  }
  return finish();
}

export function gctxCreateLadder(spa: u64): bool {
  if (!isClean(spa & 4095)) return firmware(FwStatus.INVALID_PARAM);
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  if (!outsideRmp(spa)) return firmware(FwStatus.INVALID_PARAM);
  if (!inPageState(stateAt(spa), PageState.FIRMWARE)) return firmware(FwStatus.INVALID_PAGE_STATE);
  const pfn = <u32>(spa >>> 12);
  const size: u32 = isLarge(headOf(pfn)) ? Size.S2M : Size.S4K;
  if (!rung(Rule.FW_PAGE_SIZE, size == Size.S4K, size, Size.S4K)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  // Simplified: this firmware keeps eight guests
  const context = freeContext(spa);
  if (!rung(Rule.FW_CONTEXT_FREE, context != 0, context != 0 ? 1 : 0, 1)) return firmware(FwStatus.RESOURCE_LIMIT);
  return true;
}

/** SNP_LAUNCH_START: INIT -> LAUNCH. Simplified: a platform without SMT, whatever the policy says of it; no migration agent. */
export function launchStart(spa: u64, policy: u64, imi: u32): u32 {
  if (begin(Op.SNP_LAUNCH_START, spa, policy, imi, 0) && launchStartLadder(spa, policy)) {
    const context = contextAt(spa);
    writeCell(context + ContextField.STATE, GuestState.LAUNCH);
    writeCell(context + ContextField.POLICY, policy);
    if (imi) writeCell(context + ContextField.IMI, 1);
  }
  return finish();
}

export function launchStartLadder(spa: u64, policy: u64): bool {
  const context = guestAt(spa);
  if (context == 0) return false;
  if (!inState(context, GuestState.INIT)) return firmware(FwStatus.INVALID_GUEST_STATE);
  // per guest what SNP_INIT asks per platform: VMPLs are never optional
  const vmpls: u64 = 1 << PolicyBit.VMPL;
  if (!rung(Rule.FW_POLICY, (policy & vmpls) != 0, policy, vmpls)) return firmware(FwStatus.POLICY_FAILURE);
  // major and minor together are a 16-bit number that orders as versions do
  const asked = policy & 0xffff;
  const ours: u64 = (FirmwareAbi.MAJOR << PolicyBit.ABI_MAJOR) | FirmwareAbi.MINOR;
  if (!rung(Rule.FW_POLICY_VERSION, asked <= ours, asked, ours)) return firmware(FwStatus.POLICY_FAILURE);
  const reserved = (policy >>> PolicyBit.RESERVED) << PolicyBit.RESERVED;
  if (!rung(Rule.FW_POLICY_RESERVED, reserved == 0, reserved, 0)) return firmware(FwStatus.POLICY_FAILURE);
  return true;
}

/** SNP_ACTIVATE: binds a clean ASID, which no page and no guest has. */
export function activate(spa: u64, asid: u32): u32 {
  if (begin(Op.SNP_ACTIVATE, spa, asid, 0, 0) && activateLadder(spa, asid)) {
    writeCell(contextAt(spa) + ContextField.ASID, asid);
    setAsidState(asid, AsidState.ALLOCATED);
  }
  return finish();
}

export function activateLadder(spa: u64, asid: u32): bool {
  const context = guestAt(spa);
  if (context == 0) return false;
  if (!isStarted(context)) return firmware(FwStatus.INVALID_GUEST_STATE);
  const exists = isGuestAsid(asid);
  // Assumed: the RMP's counter of ASID 0 stays 0, though firmware pages have that ASID
  const counted = exists ? pagesOf(asid) : 0;
  if (!rung(Rule.FW_ASID_PAGES, counted == 0, counted, 0)) return firmware(FwStatus.INVALID_CONFIG);
  if (!rung(Rule.FW_ASID_VALID, exists, asid, Limit.ASIDS)) return firmware(FwStatus.INVALID_ASID);
  const state = asidState(asid);
  const free = state == AsidState.DIRTY || state == AsidState.CLEAN;
  if (!rung(Rule.FW_ASID_FREE, free, free ? 0 : 1, 0)) return firmware(FwStatus.ASID_OWNED);
  const has = readCell(context + ContextField.ASID);
  if (!rung(Rule.FW_GUEST_INACTIVE, has == 0, has, 0)) return firmware(FwStatus.ACTIVE);
  const flushed = state == AsidState.CLEAN;
  if (!rung(Rule.FW_ASID_FLUSHED, flushed, state, AsidState.CLEAN)) return firmware(FwStatus.DF_FLUSH_REQUIRED);
  return true;
}

/** Pages that have the ASID: hardware counts them in the first 16 KiB of the RMP. A 2M entry counts once. */
function pagesOf(asid: u32): u32 {
  let count: u32 = 0;
  for (let pfn: u32 = 0; pfn < covered; pfn++) if (asidOf(pfn) == asid) count++;
  return count;
}

/** SNP_LAUNCH_FINISH: LAUNCH -> RUNNING, and its ASID is in use: the firmware cannot see a VMRUN, and takes it that the guest ran. */
export function launchFinish(spa: u64): u32 {
  if (begin(Op.SNP_LAUNCH_FINISH, spa, 0, 0, 0) && launchFinishLadder(spa)) {
    const context = contextAt(spa);
    writeCell(context + ContextField.STATE, GuestState.RUNNING);
    useAsid(<u32>readCell(context + ContextField.ASID));
  }
  return finish();
}

export function launchFinishLadder(spa: u64): bool {
  const context = guestAt(spa);
  if (context == 0) return false;
  if (!inState(context, GuestState.LAUNCH)) return firmware(FwStatus.INVALID_GUEST_STATE);
  // such a guest runs only after its state came in by a message of its migration image (not modelled)
  const imi = readCell(context + ContextField.IMI);
  if (!rung(Rule.FW_NO_IMI, imi == 0, imi, 0)) return firmware(FwStatus.INVALID_GUEST_STATE);
  if (!isActive(context)) return firmware(FwStatus.INACTIVE);
  return true;
}

/**
 * SNP_DECOMMISSION: the guest is gone, its Context page Firmware again. Its ASID is dirty if the guest ran (it was RUNNING), and every
 * core has to do WBINVD again; else it is clean.
 */
export function decommission(spa: u64): u32 {
  if (begin(Op.SNP_DECOMMISSION, spa, 0, 0, 0) && contextLadder(spa)) {
    const pfn = <u32>(spa >>> 12);
    writeHead(entryAt(pfn), headOf(pfn) & ~(<u64>Flag.VMSA));
    const context = contextAt(spa);
    const asid = <u32>readCell(context + ContextField.ASID);
    if (asid != 0) {
      const ran = asidState(asid) == AsidState.IN_USE;
      setAsidState(asid, ran ? AsidState.DIRTY : AsidState.CLEAN);
      if (ran) writeCell(Cell.WBINVD, 0);
    }
    forgetGuest(context);
  }
  return finish();
}

/** That of DECOMMISSION and GUEST_STATUS. */
export function contextLadder(spa: u64): bool {
  return guestAt(spa) != 0;
}

/** SNP_GUEST_STATUS: state, ASID and policy of a guest. */
export function guestStatus(spa: u64): u32 {
  if (begin(Op.SNP_GUEST_STATUS, spa, 0, 0, 0) && contextLadder(spa)) {
    const context = contextAt(spa);
    result(readCell(context + ContextField.STATE) | (readCell(context + ContextField.ASID) << 32));
    result2(readCell(context + ContextField.POLICY));
  }
  return finish();
}

/**
 * SNP_GUEST_REQUEST for an attestation report: refused when the VMPL asked for is more privileged than the VMPCK used.
 * Simplified: the refusal stands in the guest's encrypted answer and the command succeeds; here both are one. Not modelled:
 * the message itself.
 */
export function guestRequest(spa: u64, vmpck: u32, vmpl: u32): u32 {
  if (begin(Op.SNP_GUEST_REQUEST, spa, vmpck, vmpl, 0)) guestRequestLadder(spa, vmpck, vmpl);
  return finish();
}

export function guestRequestLadder(spa: u64, vmpck: u32, vmpl: u32): bool {
  const context = guestAt(spa);
  if (context == 0) return false;
  const state = readCell(context + ContextField.STATE);
  if (!rung(Rule.FW_GUEST_RUNNING, state == GuestState.RUNNING, state, GuestState.RUNNING)) {
    return firmware(FwStatus.INVALID_GUEST_STATE);
  }
  if (!rung(Rule.FW_VMPCK, vmpck <= 3, vmpck, 3)) return firmware(FwStatus.INVALID_PARAM);
  if (!rung(Rule.FW_REPORT_VMPL, vmpl >= vmpck, vmpl, vmpck)) return firmware(FwStatus.INVALID_PARAM);
  return true;
}
