/**
 * The AMD-SP's commands on a guest's context: GCTX_CREATE, LAUNCH_START, ACTIVATE, LAUNCH_FINISH, DECOMMISSION, GUEST_STATUS,
 * and the rule of the attestation report.
 *
 * Source: firmware ABI (56860), chapter 8; order of checks of AMD's published firmware (AMD-ASPFW sev_mcmd.c, sev_guest.h).
 * The launch digest is computed outside, from the same events. Not modelled: keys, DF_FLUSH and WBINVD, the ID block.
 */
import { Cell, ContextField, FirmwareState, Flag, FwStatus, GuestState, Limit, Op, PageState, Rule } from "./abi";
import { begin, dry, finish, firmware, result, resultD, rung } from "./event";
import { covered } from "./layout";
import { asidOf, FRAME, headOf, isCovered, writeHead } from "./rmp";
import { pageState } from "./state";
import { readCell, writeCell } from "./table";

export function initialized(): bool {
  const state = readCell(Cell.FW_STATE);
  return rung(Rule.FW_INITIALIZED, state == FirmwareState.INIT, state, FirmwareState.INIT);
}

/** Cell of the context whose page is at spa; 0 if there is none. */
export function contextAt(spa: u64): u32 {
  return find((spa & FRAME) | 1);
}

function find(page: u64): u32 {
  for (let i: u32 = 0; i < <u32>Limit.CONTEXTS; i++) {
    const at = Cell.CONTEXTS + i * ContextField.COUNT;
    if (readCell(at) == page) return at;
  }
  return 0;
}

/** State of the page at any spa. */
export function stateAt(spa: u64): u32 {
  return isCovered(spa) ? pageState(<u32>(spa >>> 12)) : PageState.UNCOVERED;
}

export function isContext(context: u32, spa: u64): bool {
  return rung(Rule.FW_CONTEXT, context != 0, stateAt(spa), PageState.CONTEXT);
}

export function inState(context: u32, wanted: u32): bool {
  const state = readCell(context + ContextField.STATE);
  return rung(Rule.FW_GUEST_LAUNCH, state == wanted, state, wanted);
}

/** SNP_GCTX_CREATE: a Firmware page becomes a Context page. */
export function gctxCreate(spa: u64): u32 {
  if (begin(Op.SNP_GCTX_CREATE, spa, 0, 0, 0)) create(spa);
  return finish();
}

function create(spa: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const state = stateAt(spa);
  if (!rung(Rule.FW_PAGE_STATE, state == PageState.FIRMWARE, state, PageState.FIRMWARE)) {
    return firmware(FwStatus.INVALID_PAGE_STATE);
  }
  // Simplified: this firmware keeps eight guests
  const context = find(0);
  if (!rung(Rule.FW_CONTEXT_FREE, context != 0, context != 0 ? 1 : 0, 1)) return firmware(FwStatus.RESOURCE_LIMIT);
  if (dry()) return true;
  const pfn = <u32>(spa >>> 12);
  writeHead(pfn, headOf(pfn) | Flag.VMSA);
  writeCell(context + ContextField.PAGE, (spa & FRAME) | 1);
  writeCell(context + ContextField.STATE, GuestState.INIT);
  writeCell(context + ContextField.ASID, 0);
  return firmware(FwStatus.SUCCESS);
}

/** SNP_LAUNCH_START: INIT -> LAUNCH. Policy bit 17 must be 1 (its status: Assumed); bits 15:0 name an ABI version. */
export function launchStart(spa: u64, policy: u64): u32 {
  if (begin(Op.SNP_LAUNCH_START, spa, policy, 0, 0)) start(spa, policy);
  return finish();
}

function start(spa: u64, policy: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  if (!inState(context, GuestState.INIT)) return firmware(FwStatus.INVALID_GUEST_STATE);
  if (!rung(Rule.FW_POLICY, ((policy >>> 17) & 1) == 1, policy, 0x20000)) return firmware(FwStatus.POLICY_FAILURE);
  if (dry()) return true;
  writeCell(context + ContextField.STATE, GuestState.LAUNCH);
  writeCell(context + ContextField.POLICY, policy);
  return firmware(FwStatus.SUCCESS);
}

/** SNP_ACTIVATE: binds an ASID that no page and no other guest has. */
export function activate(spa: u64, asid: u32): u32 {
  if (begin(Op.SNP_ACTIVATE, spa, asid, 0, 0)) bind(spa, asid);
  return finish();
}

function bind(spa: u64, asid: u32): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  if (!inState(context, GuestState.LAUNCH)) return firmware(FwStatus.INVALID_GUEST_STATE);
  if (!rung(Rule.FW_ASID_VALID, asid != 0, asid, 0)) return firmware(FwStatus.INVALID_ASID);
  const held = holdersOf(asid);
  if (!rung(Rule.FW_ASID_FREE, held == 0, held, 0)) return firmware(FwStatus.ASID_OWNED);
  if (!dry()) writeCell(context + ContextField.ASID, asid);
  return firmware(FwStatus.SUCCESS);
}

/** Guests and pages that have the ASID already: the RMP's page counter of the ASID must be 0. */
function holdersOf(asid: u32): u64 {
  let held: u64 = 0;
  for (let i: u32 = 0; i < <u32>Limit.CONTEXTS; i++) {
    const at = Cell.CONTEXTS + i * ContextField.COUNT;
    if (readCell(at) != 0 && readCell(at + ContextField.ASID) == asid) held++;
  }
  for (let pfn: u32 = 0; pfn < covered; pfn++) if (asidOf(pfn) == asid) held++;
  return held;
}

/** SNP_LAUNCH_FINISH: LAUNCH -> RUNNING. */
export function launchFinish(spa: u64): u32 {
  if (begin(Op.SNP_LAUNCH_FINISH, spa, 0, 0, 0)) end(spa);
  return finish();
}

function end(spa: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  if (!inState(context, GuestState.LAUNCH)) return firmware(FwStatus.INVALID_GUEST_STATE);
  if (!dry()) writeCell(context + ContextField.STATE, GuestState.RUNNING);
  return firmware(FwStatus.SUCCESS);
}

/** SNP_DECOMMISSION: the guest is gone, its ASID free, its Context page Firmware again. */
export function decommission(spa: u64): u32 {
  if (begin(Op.SNP_DECOMMISSION, spa, 0, 0, 0)) remove(spa);
  return finish();
}

function remove(spa: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  if (dry()) return true;
  const pfn = <u32>(spa >>> 12);
  writeHead(pfn, headOf(pfn) & ~(<u64>Flag.VMSA));
  for (let field: u32 = 0; field < <u32>ContextField.COUNT; field++) writeCell(context + field, 0);
  return firmware(FwStatus.SUCCESS);
}

/** SNP_GUEST_STATUS: state, ASID and policy of a guest. */
export function guestStatus(spa: u64): u32 {
  if (begin(Op.SNP_GUEST_STATUS, spa, 0, 0, 0)) tell(spa);
  return finish();
}

function tell(spa: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  result(readCell(context + ContextField.STATE) | (readCell(context + ContextField.ASID) << 32));
  resultD(readCell(context + ContextField.POLICY));
  return firmware(FwStatus.SUCCESS);
}

/**
 * SNP_GUEST_REQUEST for an attestation report: refused when the VMPL asked for is more privileged than the VMPCK used.
 * AMD-ASPFW sev_guest; that the status is INVALID_PARAM: Assumed. Not modelled: the encrypted message around it.
 */
export function guestRequest(spa: u64, vmpck: u32, vmpl: u32): u32 {
  if (begin(Op.SNP_GUEST_REQUEST, spa, vmpck, vmpl, 0)) report(spa, vmpck, vmpl);
  return finish();
}

function report(spa: u64, vmpck: u32, vmpl: u32): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  const state = readCell(context + ContextField.STATE);
  if (!rung(Rule.FW_GUEST_RUNNING, state == GuestState.RUNNING, state, GuestState.RUNNING)) {
    return firmware(FwStatus.INVALID_GUEST_STATE);
  }
  if (!rung(Rule.FW_REPORT_VMPL, vmpl >= vmpck, vmpl, vmpck)) return firmware(FwStatus.INVALID_PARAM);
  return firmware(FwStatus.SUCCESS);
}
