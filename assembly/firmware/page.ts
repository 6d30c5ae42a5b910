/**
 * The AMD-SP's commands on pages: PAGE_RECLAIM, PAGE_SET_STATE, PAGE_MD_INIT. These take pages out of states that
 * RMPUPDATE cannot, since it refuses Immutable ones.
 *
 * Source: firmware ABI (56860), table 11 and chapter 8; order of checks of AMD's published firmware (AMD-ASPFW sev_mcmd.c,
 * snp_mcmd_page_reclaim, snp_mcmd_page_set_state, snp_mcmd_md_init; sev_rmp.c, page_set_hv_fixed).
 */
import { Entry, Flag, Form, FwStatus, Op, PageState, Rule, Size } from "../abi";
import {
  contextAt,
  initialized,
  inPageState,
  isClean,
  isContext,
  isInRmp,
  isStarted,
  outsideRmp,
  stateAt,
} from "./context";
import { roomLeft } from "../memory/journal";
import { contents, covered } from "../memory/layout";
import { encryptInPlace } from "../state/contents";
import { asidOf, entryAt, FRAME, headOf, isCovered, isLarge, writeEntry, writeRegion } from "../state/rmp";
import { begin, finish } from "../step/event";
import { firmware, noRoom } from "../step/outcome";
import { rung } from "../step/rung";

/** SNP_PAGE_RECLAIM: Pre-Guest -> Guest-Invalid, Pre-Swap -> Guest-Valid, Firmware and Metadata -> Reclaim. */
export function pageReclaim(spa: u64, size: u32): u32 {
  if (begin(Op.SNP_PAGE_RECLAIM, spa, size, 0, 0) && pageReclaimLadder(spa, size)) {
    const pfn = <u32>(spa >>> 12);
    rewrite(pfn, headOf(pfn) & ~(<u64>Flag.IMMUTABLE));
  }
  return finish();
}

export function pageReclaimLadder(spa: u64, size: u32): bool {
  if (!isClean(spa & 4095)) return firmware(FwStatus.INVALID_PARAM);
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  if (!outsideRmp(spa)) return firmware(FwStatus.INVALID_ADDRESS);
  const state = stateAt(spa);
  // after this, a 2M page is 2M aligned: no other entry has the size
  if (!hasSize(spa, size)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  const fixed = state == PageState.UNCOVERED || (headOf(<u32>(spa >>> 12)) & Flag.IMMUTABLE) != 0;
  // nothing to do: not an error
  if (!rung(Rule.FW_IMMUTABLE, fixed, fixed ? 1 : 0, 1)) return firmware(FwStatus.SUCCESS);
  const can =
    state == PageState.PRE_GUEST ||
    state == PageState.PRE_SWAP ||
    state == PageState.FIRMWARE ||
    state == PageState.METADATA;
  // Simplified: for an uncovered page the firmware goes on with an entry that is none
  if (!rung(Rule.FW_RECLAIMABLE, can, state, 0)) return firmware(FwStatus.INVALID_PAGE_STATE);
  return true;
}

/**
 * SNP_PAGE_SET_STATE: Firmware pages become HV-Fixed, until reset. `count` pages from a 2M aligned one; pages of the RMP, and
 * pages that it does not cover, are passed over. Simplified: one range, where the firmware takes a list of them.
 */
export function pageSetState(spa: u64, count: u32): u32 {
  if (begin(Op.SNP_PAGE_SET_STATE, spa, count, 0, 0) && pageSetStateLadder(spa, count)) fix(spa, count);
  return finish();
}

export function pageSetStateLadder(spa: u64, count: u32): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  if (!rung(Rule.FW_PAGE_ALIGNED, (spa & 0x1fffff) == 0, spa, Size.S2M)) return firmware(FwStatus.INVALID_PARAM);
  const end = endOf(spa, count);
  let state: u32 = PageState.FIRMWARE;
  let size: u32 = Size.S4K;
  for (let pfn = firstOf(spa); pfn < end; pfn++) {
    const at = <u64>pfn << 12;
    if (isInRmp(at)) continue;
    if (isLarge(headOf(pfn))) size = Size.S2M;
    state = stateAt(at);
    if (state != PageState.FIRMWARE || size != Size.S4K) break;
  }
  if (!inPageState(state, PageState.FIRMWARE)) return firmware(FwStatus.INVALID_PAGE_STATE);
  if (!rung(Rule.FW_PAGE_SIZE, size == Size.S4K, size, Size.S4K)) return firmware(FwStatus.INVALID_PAGE_STATE);
  return true;
}

function fix(spa: u64, count: u32): void {
  const first = firstOf(spa);
  const end = endOf(spa, count);
  if (end - first + 64 > roomLeft()) return noRoom();
  for (let pfn = first; pfn < end; pfn++) if (!isInRmp(<u64>pfn << 12)) writeEntry(pfn, Flag.IMMUTABLE, 0, 0);
}

/** The covered pages of a range: the first, and the one behind the last. */
function firstOf(spa: u64): u32 {
  return isCovered(spa) ? <u32>(spa >>> 12) : covered;
}

function endOf(spa: u64, count: u32): u32 {
  const end = <u64>firstOf(spa) + count;
  return end > <u64>covered ? covered : <u32>end;
}

/**
 * SNP_PAGE_MD_INIT: Firmware -> Metadata of a guest, zeroed; the entry's GPA names the guest's Context page. The firmware marks
 * the state in upper bits of that field too (CSF-983), since otherwise RMPUPDATE could forge it: Simplified, here it can.
 */
export function pageMdInit(context: u64, spa: u64): u32 {
  if (begin(Op.SNP_PAGE_MD_INIT, context, spa, 0, 0) && pageMdInitLadder(context, spa)) makeMetadata(context, spa);
  return finish();
}

export function pageMdInitLadder(contextSpa: u64, spa: u64): bool {
  if (!isClean((contextSpa | spa) & 4095)) return firmware(FwStatus.INVALID_PARAM);
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  if (!outsideRmp(spa)) return firmware(FwStatus.INVALID_PARAM);
  const context = contextAt(contextSpa);
  if (!isContext(context, contextSpa)) return firmware(FwStatus.INVALID_GUEST);
  if (!inPageState(stateAt(spa), PageState.FIRMWARE)) return firmware(FwStatus.INVALID_PAGE_STATE);
  if (!isStarted(context)) return firmware(FwStatus.INVALID_GUEST_STATE);
  return true;
}

function makeMetadata(contextSpa: u64, spa: u64): void {
  const pfn = <u32>(spa >>> 12);
  const count: u32 = isLarge(headOf(pfn)) ? 512 : 1;
  if (contents != 0 && count * 256 + 64 > roomLeft()) return noRoom();
  rewrite(pfn, (headOf(pfn) & ~FRAME) | contextSpa);
  for (let i: u32 = 0; i < count; i++) encryptInPlace(0, spa + (<u64>i << 12), true);
}

/** Size of the page's own entry; an uncovered page has none and passes for 4K. */
function hasSize(spa: u64, wanted: u32): bool {
  const size: u32 = isCovered(spa) && isLarge(headOf(<u32>(spa >>> 12))) ? Size.S2M : Size.S4K;
  return rung(Rule.FW_PAGE_SIZE, size == wanted, size, wanted);
}

function rewrite(pfn: u32, head: u64): void {
  const perms = load<u32>(entryAt(pfn), Entry.PERMS);
  if (isLarge(head)) writeRegion(pfn, head, perms, asidOf(pfn), Form.INNER);
  else writeEntry(pfn, head, perms, asidOf(pfn));
}
