/**
 * What the AMD-SP's commands share: the first checks of each, the state of a page as the firmware sees it, guest contexts.
 *
 * Source: AMD's published firmware (AMD-ASPFW sev_mcmd.c; sev_rmp.c, get_rmp_paddr, rmp_entry_get_state). The firmware reads a
 * page's own RMP entry: a page inside a 2M entry looks like Reclaim to it. LAUNCH_UPDATE alone reads the covering entry here.
 */
import { Cell, ContextField, FirmwareState, GuestState, Limit, PageState, Rule } from "../abi";
import { readCell, writeCell } from "../memory/registers";
import { ownState } from "../state/page-state";
import { FRAME, isCovered } from "../state/rmp";
import { rung } from "../step/rung";

/** Reserved fields and bits 11:0 of addresses: INVALID_PARAM. */
export function isClean(reserved: u64): bool {
  return rung(Rule.FW_RESERVED, reserved == 0, reserved, 0);
}

export function initialized(): bool {
  const state = readCell(Cell.FW_STATE);
  return rung(Rule.FW_INITIALIZED, state == FirmwareState.INIT, state, FirmwareState.INIT);
}

/** The firmware takes no address inside the RMP. It lies where RMP_BASE and RMP_END, frozen since, said at SNP_INIT. */
export function isInRmp(spa: u64): bool {
  return spa >= readCell(Cell.RMP_BASE) && spa <= readCell(Cell.RMP_END);
}

export function outsideRmp(spa: u64): bool {
  return rung(Rule.FW_NOT_RMP, !isInRmp(spa), spa, readCell(Cell.RMP_BASE));
}

/** State of the page at any spa, by its own entry. */
export function stateAt(spa: u64): u32 {
  return isCovered(spa) ? ownState(<u32>(spa >>> 12)) : PageState.UNCOVERED;
}

export function inPageState(state: u32, wanted: u32): bool {
  return rung(Rule.FW_PAGE_STATE, state == wanted, state, wanted);
}

/** Cell of the context whose page is at spa; 0 if there is none. */
export function contextAt(spa: u64): u32 {
  return find((spa & FRAME) | 1);
}

/** Cell for a new context; 0 if all are taken. A page that was a context once, and was taken away, has its cell still. */
export function freeContext(spa: u64): u32 {
  const old = contextAt(spa);
  return old != 0 ? old : find(0);
}

function find(page: u64): u32 {
  for (let i: u32 = 0; i < <u32>Limit.CONTEXTS; i++) {
    const at = contextNumber(i);
    if (readCell(at) == page) return at;
  }
  return 0;
}

/** Cell of the i-th context. */
export function contextNumber(i: u32): u32 {
  return Cell.CONTEXTS + i * ContextField.COUNT;
}

/** Every field 0: no page, INIT, no ASID. */
export function forgetGuest(context: u32): void {
  for (let field: u32 = 0; field < <u32>ContextField.COUNT; field++) {
    if (readCell(context + field) != 0) writeCell(context + field, 0);
  }
}

export function isContext(context: u32, spa: u64): bool {
  const state = stateAt(spa);
  return rung(Rule.FW_CONTEXT, context != 0 && state == PageState.CONTEXT, state, PageState.CONTEXT);
}

export function inState(context: u32, wanted: u32): bool {
  const state = readCell(context + ContextField.STATE);
  return rung(Rule.FW_GUEST_LAUNCH, state == wanted, state, wanted);
}

/** LAUNCH or RUNNING. */
export function isStarted(context: u32): bool {
  const state = readCell(context + ContextField.STATE);
  return rung(Rule.FW_GUEST_LAUNCH, state != GuestState.INIT, state, GuestState.LAUNCH);
}

export function isActive(context: u32): bool {
  const asid = readCell(context + ContextField.ASID);
  return rung(Rule.FW_GUEST_ACTIVE, asid != 0, asid, 0);
}
