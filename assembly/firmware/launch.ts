/**
 * SNP_LAUNCH_UPDATE: a Pre-Guest page becomes Guest-Valid, with the permissions given for VMPL1..3; VMPL0 always gets all.
 *
 * Source: firmware ABI (56860), 8.17; order of checks of AMD's published firmware (AMD-ASPFW sev_mcmd.c,
 * snp_mcmd_launch_update). The page's state and size are those of its covering entry: for a page inside a 2M one the firmware, which
 * reads the page's own, says INVALID_PAGE_STATE where this says INVALID_PAGE_SIZE or INVALID_ADDRESS. Not modelled: that the
 * firmware refuses a CPUID page with wrong values and corrects them; SecureTSC and VmsaRegProt in a VMSA.
 */
import { ContextField, Flag, Form, FwStatus, GuestState, Op, PageState, PageType, Rule, Size } from "../abi";
import { contextAt, initialized, inPageState, inState, isActive, isClean, isContext } from "./context";
import { roomLeft } from "../memory/journal";
import { contents, full, scratch } from "../memory/layout";
import { readCell } from "../memory/registers";
import { encryptInPlace, writePage } from "../state/contents";
import { pageState } from "../state/page-state";
import { asidOf, headOf, isCovered, isLarge, writeEntry, writeRegion } from "../state/rmp";
import { begin, finish } from "../step/event";
import { firmware, noRoom } from "../step/outcome";
import { rung } from "../step/rung";

/** `how` = type | size << 8 | IMI << 9 | reserved fields << 16, `perms` = VMPL1 | VMPL2 << 8 | VMPL3 << 16. */
export function launchUpdate(context: u64, spa: u64, how: u32, perms: u32): u32 {
  if (begin(Op.SNP_LAUNCH_UPDATE, context, spa, how, perms) && launchUpdateLadder(context, spa, how)) {
    add(spa, how & 0xff, (how >>> 8) & 1, perms);
  }
  return finish();
}

export function launchUpdateLadder(contextSpa: u64, spa: u64, how: u32): bool {
  const type = how & 0xff;
  const size = (how >>> 8) & 1;
  const imi = (how >>> 9) & 1;
  const low = (contextSpa | spa) & 4095;
  if (!isClean(low | ((how >>> 16) << 12))) return firmware(FwStatus.INVALID_PARAM);
  if (!initialized()) return firmware(FwStatus.INVALID_PLATFORM_STATE);
  const context = contextAt(contextSpa);
  if (!isContext(context, contextSpa)) return firmware(FwStatus.INVALID_GUEST);
  const pfn = <u32>(spa >>> 12);
  const state = isCovered(spa) ? pageState(pfn) : PageState.UNCOVERED;
  if (!inPageState(state, PageState.PRE_GUEST)) return firmware(FwStatus.INVALID_PAGE_STATE);
  const large: u32 = isLarge(headOf(pfn & ~511)) ? Size.S2M : Size.S4K;
  if (!rung(Rule.FW_PAGE_SIZE, large == size, large, size)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  const aligned = size == Size.S4K || (spa & 0x1fffff) == 0;
  if (!rung(Rule.FW_PAGE_ALIGNED, aligned, spa, size)) return firmware(FwStatus.INVALID_ADDRESS);
  const small = type == PageType.VMSA || type == PageType.SECRETS || type == PageType.CPUID;
  if (!rung(Rule.FW_PAGE_TYPE_SIZE, !small || size == Size.S4K, type, size)) return firmware(FwStatus.INVALID_PAGE_SIZE);
  const known = type >= <u32>PageType.NORMAL && type <= <u32>PageType.CPUID;
  if (!rung(Rule.FW_PAGE_TYPE, known, type, PageType.CPUID)) return firmware(FwStatus.INVALID_PARAM);
  if (!inState(context, GuestState.LAUNCH)) return firmware(FwStatus.INVALID_GUEST_STATE);
  if (!isActive(context)) return firmware(FwStatus.INACTIVE);
  const asid = <u32>readCell(context + ContextField.ASID);
  const owner = asidOf(pfn);
  if (!rung(Rule.FW_PAGE_OWNER, owner == asid, owner, asid)) return firmware(FwStatus.INVALID_PAGE_OWNER);
  // a guest that was started with an IMI takes pages of the IMI only
  const needed = <u32>readCell(context + ContextField.IMI);
  if (!rung(Rule.FW_IMI, imi >= needed, imi, needed)) return firmware(FwStatus.INVALID_PARAM);
  return true;
}

function add(spa: u64, type: u32, size: u32, perms: u32): void {
  const pfn = <u32>(spa >>> 12);
  const asid = asidOf(pfn);
  // 512 pages of 256 blocks each go through the cipher
  if (size == Size.S2M && contents != 0 && roomLeft() < 512 * 256 + 64) return noRoom();

  let head = (headOf(pfn) | Flag.VALIDATED) & ~(<u64>Flag.IMMUTABLE);
  if (type == PageType.VMSA) head |= Flag.VMSA;
  const masks = full | ((perms & 0xffffff) << 8);
  if (size == Size.S2M) writeRegion(pfn, head, masks, asid, Form.INNER);
  else writeEntry(pfn, head, masks, asid);
  fill(asid, spa, type, size == Size.S2M ? 512 : 1);
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
