/**
 * The AMD-SP's commands that start a guest: SNP_INIT, GCTX_CREATE, LAUNCH_START, ACTIVATE, LAUNCH_UPDATE, LAUNCH_FINISH.
 *
 * Source: firmware ABI (56860) chapter 8, in the order of the checks of AMD's published firmware (AMD-ASPFW sev_mcmd.c).
 * The launch digest is computed outside, from the same events. Not modelled: keys, DF_FLUSH and WBINVD, IOMMU, TMRs, ID block.
 */
import {
  Cell,
  ContextField,
  Flag,
  Form,
  FwStatus,
  GuestState,
  HwcrBit,
  Limit,
  Op,
  PageState,
  PageType,
  Rule,
  Size,
  SyscfgBit,
} from "./abi";
import { begin, dry, finish, firmware, rung } from "./event";
import { covered, full, scratch } from "./layout";
import { encryptInPlace, writePage } from "./page";
import { coreCount, syscfgBit } from "./platform";
import { asidOf, FRAME, headOf, isCovered, isLarge, writeEntry, writeHead, writeRegion } from "./rmp";
import { pageState } from "./state";
import { readCell, writeCell } from "./table";

// ---- SNP_INIT ----------------------------------------------------------------------------------------------------------

export function snpInit(): u32 {
  if (begin(Op.SNP_INIT, 0, 0, 0, 0)) initLadder();
  return finish();
}

/** Mask of the cores on which a SYSCFG bit is clear. */
function coresWithout(bit: u32): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 0; core < coreCount(); core++) if (syscfgBit(core, bit) == 0) mask |= <u64>1 << core;
  return mask;
}

function coresUnlocked(): u64 {
  let mask: u64 = 0;
  for (let core: u32 = 0; core < coreCount(); core++) {
    if (((readCell(Cell.HWCR + core) >>> HwcrBit.SMMLOCK) & 1) == 0) mask |= <u64>1 << core;
  }
  return mask;
}

function initLadder(): bool {
  const state = readCell(Cell.FW_STATE);
  if (!rung(Rule.INIT_STATE, state == 0, state, 0)) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const memEnc = coresWithout(SyscfgBit.MEMENC);
  if (!rung(Rule.INIT_MEMENC, memEnc == 0, memEnc, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const snpEn = coresWithout(SyscfgBit.SNPEN);
  if (!rung(Rule.INIT_SNPEN, snpEn == 0, snpEn, 0)) return firmware(FwStatus.INVALID_CONFIG);
  // so VMPLs are never optional: ABI, 8.6
  const vmplEn = coresWithout(SyscfgBit.VMPLEN);
  if (!rung(Rule.INIT_VMPLEN, vmplEn == 0, vmplEn, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const mfdm = coresWithout(SyscfgBit.MFDM);
  if (!rung(Rule.INIT_MFDM, mfdm == 0, mfdm, 0)) return firmware(FwStatus.INVALID_CONFIG);
  const unlocked = coresUnlocked();
  if (!rung(Rule.INIT_SMMLOCK, unlocked == 0, unlocked, 0)) return firmware(FwStatus.INVALID_CONFIG);
  if (!dry()) writeCell(Cell.FW_STATE, 1);
  return firmware(FwStatus.SUCCESS);
}

function initialized(): bool {
  const state = readCell(Cell.FW_STATE);
  return rung(Rule.FW_INITIALIZED, state == 1, state, 1);
}

// ---- guest contexts ----------------------------------------------------------------------------------------------------

/** Cell of the context whose page is at spa; 0 if there is none. */
function contextAt(spa: u64): u32 {
  for (let i: u32 = 0; i < <u32>Limit.CONTEXTS; i++) {
    const at = Cell.CONTEXTS + i * ContextField.COUNT;
    if (readCell(at) == ((spa & FRAME) | 1)) return at;
  }
  return 0;
}

function freeContext(): u32 {
  for (let i: u32 = 0; i < <u32>Limit.CONTEXTS; i++) {
    const at = Cell.CONTEXTS + i * ContextField.COUNT;
    if (readCell(at) == 0) return at;
  }
  return 0;
}

function stateAt(spa: u64): u32 {
  return isCovered(spa) ? pageState(<u32>(spa >>> 12)) : PageState.UNCOVERED;
}

function isContext(context: u32, spa: u64): bool {
  return rung(Rule.FW_CONTEXT, context != 0, stateAt(spa), PageState.CONTEXT);
}

function inState(context: u32, wanted: u32): bool {
  const state = readCell(context + ContextField.STATE);
  return rung(Rule.FW_GUEST_LAUNCH, state == wanted, state, wanted);
}

/** SNP_GCTX_CREATE: a Firmware page becomes a Context page. */
export function gctxCreate(spa: u64): u32 {
  if (begin(Op.SNP_GCTX_CREATE, spa, 0, 0, 0)) gctxLadder(spa);
  return finish();
}

function gctxLadder(spa: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const state = stateAt(spa);
  if (!rung(Rule.FW_PAGE_STATE, state == PageState.FIRMWARE, state, PageState.FIRMWARE)) {
    return firmware(FwStatus.INVALID_PAGE_STATE);
  }
  const context = freeContext();
  if (!rung(Rule.FW_CONTEXT_FREE, context != 0, context != 0 ? 1 : 0, 1)) return firmware(FwStatus.RESOURCE_LIMIT);
  if (dry()) return true;
  const pfn = <u32>(spa >>> 12);
  writeHead(pfn, headOf(pfn) | Flag.VMSA);
  writeCell(context + ContextField.PAGE, (spa & FRAME) | 1);
  writeCell(context + ContextField.STATE, GuestState.INIT);
  writeCell(context + ContextField.ASID, 0);
  return firmware(FwStatus.SUCCESS);
}

/** SNP_LAUNCH_START: INIT -> LAUNCH. Policy bit 17 must be 1; bits 7:0 and 15:8 are the ABI version asked for. */
export function launchStart(spa: u64, policy: u64): u32 {
  if (begin(Op.SNP_LAUNCH_START, spa, policy, 0, 0)) startLadder(spa, policy);
  return finish();
}

function startLadder(spa: u64, policy: u64): bool {
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
  if (begin(Op.SNP_ACTIVATE, spa, asid, 0, 0)) activateLadder(spa, asid);
  return finish();
}

function activateLadder(spa: u64, asid: u32): bool {
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

/** Guests and pages that have the ASID already. */
function holdersOf(asid: u32): u64 {
  let held: u64 = 0;
  for (let i: u32 = 0; i < <u32>Limit.CONTEXTS; i++) {
    const at = Cell.CONTEXTS + i * ContextField.COUNT;
    if (readCell(at) != 0 && readCell(at + ContextField.ASID) == asid) held++;
  }
  for (let pfn: u32 = 0; pfn < covered; pfn++) if (asidOf(pfn) == asid) held++;
  return held;
}

// ---- SNP_LAUNCH_UPDATE -------------------------------------------------------------------------------------------------

/** A Pre-Guest page becomes Guest-Valid, with the permissions given for VMPL1..3. */
export function launchUpdate(context: u64, spa: u64, type: u32, size: u32, perms: u32): u32 {
  if (begin(Op.SNP_LAUNCH_UPDATE, context, spa, type | (size << 8), perms)) updateLadder(context, spa, type, size, perms);
  return finish();
}

function updateLadder(contextSpa: u64, spa: u64, type: u32, size: u32, perms: u32): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(contextSpa);
  if (!isContext(context, contextSpa)) return firmware(FwStatus.INVALID_GUEST);
  const state = stateAt(spa);
  if (!rung(Rule.FW_PAGE_STATE, state == PageState.PRE_GUEST, state, PageState.PRE_GUEST)) {
    return firmware(FwStatus.INVALID_PAGE_STATE);
  }
  const pfn = <u32>(spa >>> 12);
  const large: u32 = isLarge(headOf(pfn & ~511)) ? Size.S2M : Size.S4K;
  if (!rung(Rule.FW_PAGE_SIZE, large == size, large, size)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  const aligned = size == Size.S4K || (spa & 0x1fffff) == 0;
  if (!rung(Rule.FW_PAGE_ALIGNED, aligned, spa, size)) return firmware(FwStatus.INVALID_ADDRESS);
  const small = type == PageType.VMSA || type == PageType.SECRETS || type == PageType.CPUID;
  if (!rung(Rule.FW_PAGE_TYPE_SIZE, !small || size == Size.S4K, type, size)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  const known = type >= <u32>PageType.NORMAL && type <= <u32>PageType.CPUID;
  if (!rung(Rule.FW_PAGE_TYPE, known, type, PageType.CPUID)) return firmware(FwStatus.INVALID_PARAM);
  if (!inState(context, GuestState.LAUNCH)) return firmware(FwStatus.INVALID_GUEST_STATE);
  const asid = <u32>readCell(context + ContextField.ASID);
  if (!rung(Rule.FW_GUEST_ACTIVE, asid != 0, asid, 0)) return firmware(FwStatus.INACTIVE);
  const owner = asidOf(pfn);
  if (!rung(Rule.FW_PAGE_OWNER, owner == asid, owner, asid)) return firmware(FwStatus.INVALID_PAGE_OWNER);
  if (dry()) return true;

  let head = (headOf(pfn) | Flag.VALIDATED) & ~(<u64>Flag.IMMUTABLE);
  if (type == PageType.VMSA) head |= Flag.VMSA;
  const masks = full | ((perms & 0xffffff) << 8);
  if (size == Size.S2M) writeRegion(pfn, head, masks, asid, Form.INNER);
  else writeEntry(pfn, head, masks, asid);
  fill(asid, spa, type, size == Size.S2M ? 512 : 1);
  return firmware(FwStatus.SUCCESS);
}

/** NORMAL, VMSA, UNMEASURED, CPUID: encrypted in place. ZERO: zeroed. SECRETS: written by the firmware. */
function fill(asid: u32, spa: u64, type: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = spa + (<u64>i << 12);
    if (type == PageType.SECRETS) {
      // version 3 and no SVSM. Simplified: the keys VMPCK0..3 at 20h are fixed, not random
      memory.fill(scratch, 0, 4096);
      store<u32>(scratch, 3);
      for (let key: u32 = 0; key < 4; key++) memory.fill(scratch + 0x20 + key * 0x20, <u8>(0xc0 + key), 0x20);
      writePage(asid, at);
    } else {
      encryptInPlace(asid, at, type == PageType.ZERO);
    }
  }
}

/** SNP_LAUNCH_FINISH: LAUNCH -> RUNNING. */
export function launchFinish(spa: u64): u32 {
  if (begin(Op.SNP_LAUNCH_FINISH, spa, 0, 0, 0)) finishLadder(spa);
  return finish();
}

function finishLadder(spa: u64): bool {
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(spa);
  if (!isContext(context, spa)) return firmware(FwStatus.INVALID_GUEST);
  if (!inState(context, GuestState.LAUNCH)) return firmware(FwStatus.INVALID_GUEST_STATE);
  if (!dry()) writeCell(context + ContextField.STATE, GuestState.RUNNING);
  return firmware(FwStatus.SUCCESS);
}
