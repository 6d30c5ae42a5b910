/**
 * The AMD-SP's commands on single pages: PAGE_RECLAIM, PAGE_SET_STATE, PAGE_MD_INIT. These take pages out of states that
 * RMPUPDATE cannot, since it refuses Immutable ones.
 *
 * Source: firmware ABI (56860), table 11 and chapter 8; AMD-ASPFW sev_mcmd.c. Reconstructed: the order of the checks.
 */
import { Entry, Flag, Form, FwStatus, Op, PageState, Rule, Size } from "./abi";
import { begin, dry, finish, firmware, rung } from "./event";
import { contextAt, initialized, isContext, stateAt } from "./fw-guest";
import { asidOf, entryAt, FRAME, freshPerms, headOf, isLarge, writeEntry, writeRegion } from "./rmp";

/** SNP_PAGE_RECLAIM: Pre-Guest -> Guest-Invalid, Pre-Swap -> Guest-Valid, Firmware and Metadata -> Reclaim. */
export function pageReclaim(spa: u64, size: u32): u32 {
  if (begin(Op.SNP_PAGE_RECLAIM, spa, size, 0, 0)) reclaim(spa, size);
  return finish();
}

function reclaim(spa: u64, size: u32): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  if (!isAligned(spa, size)) return firmware(FwStatus.INVALID_ADDRESS);
  const state = stateAt(spa);
  const can =
    state == PageState.PRE_GUEST ||
    state == PageState.PRE_SWAP ||
    state == PageState.FIRMWARE ||
    state == PageState.METADATA;
  if (!rung(Rule.FW_RECLAIMABLE, can, state, 0)) return firmware(FwStatus.INVALID_PAGE_STATE);
  const pfn = <u32>(spa >>> 12);
  if (!hasSize(pfn, size)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  if (dry()) return true;
  let head = headOf(pfn) & ~(<u64>Flag.IMMUTABLE);
  if (state == PageState.FIRMWARE || state == PageState.METADATA) head &= ~FRAME;
  rewrite(pfn, head, size);
  return firmware(FwStatus.SUCCESS);
}

/** SNP_PAGE_SET_STATE: Firmware -> HV-Fixed, until reset. */
export function pageSetState(spa: u64, size: u32): u32 {
  if (begin(Op.SNP_PAGE_SET_STATE, spa, size, 0, 0)) setFixed(spa, size);
  return finish();
}

function setFixed(spa: u64, size: u32): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  if (!isAligned(spa, size)) return firmware(FwStatus.INVALID_ADDRESS);
  const state = stateAt(spa);
  if (!rung(Rule.FW_PAGE_STATE, state == PageState.FIRMWARE, state, PageState.FIRMWARE)) {
    return firmware(FwStatus.INVALID_PAGE_STATE);
  }
  const pfn = <u32>(spa >>> 12);
  if (!hasSize(pfn, size)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  if (dry()) return true;
  if (size == Size.S2M) {
    writeRegion(pfn, 0, 0, 0, Form.ZERO);
    for (let i: u32 = 0; i < 512; i++) writeEntry(pfn + i, Flag.IMMUTABLE, 0, 0);
  } else {
    writeEntry(pfn, Flag.IMMUTABLE, 0, 0);
  }
  return firmware(FwStatus.SUCCESS);
}

/** SNP_PAGE_MD_INIT: Firmware -> Metadata of a guest; the entry's GPA names the guest's Context page (Assumed). */
export function pageMdInit(context: u64, spa: u64): u32 {
  if (begin(Op.SNP_PAGE_MD_INIT, context, spa, 0, 0)) makeMetadata(context, spa);
  return finish();
}

function makeMetadata(contextSpa: u64, spa: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  if (!isContext(contextAt(contextSpa), contextSpa)) return firmware(FwStatus.INVALID_GUEST);
  const state = stateAt(spa);
  if (!rung(Rule.FW_PAGE_STATE, state == PageState.FIRMWARE, state, PageState.FIRMWARE)) {
    return firmware(FwStatus.INVALID_PAGE_STATE);
  }
  const pfn = <u32>(spa >>> 12);
  if (!hasSize(pfn, Size.S4K)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  if (dry()) return true;
  writeEntry(pfn, (headOf(pfn) & ~FRAME) | (contextSpa & FRAME), freshPerms(), 0);
  return firmware(FwStatus.SUCCESS);
}

function isAligned(spa: u64, size: u32): bool {
  return rung(Rule.FW_PAGE_ALIGNED, (spa & (size == Size.S2M ? 0x1fffff : 0xfff)) == 0, spa, size);
}

function hasSize(pfn: u32, size: u32): bool {
  const large: u32 = isLarge(headOf(pfn & ~511)) ? Size.S2M : Size.S4K;
  return rung(Rule.FW_PAGE_SIZE, large == size, large, size);
}

function rewrite(pfn: u32, head: u64, size: u32): void {
  const perms = load<u32>(entryAt(pfn), Entry.PERMS);
  if (size == Size.S2M) writeRegion(pfn, head, perms, asidOf(pfn), Form.INNER);
  else writeEntry(pfn, head, perms, asidOf(pfn));
}
