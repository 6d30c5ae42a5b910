/** Page states of the firmware ABI (56860), table 11, and the map of all pages. */
import { Flag, PageState, Tile } from "../abi";
import { covered } from "../memory/layout";
import { asidOf, coveringOf, FRAME, headOf, isLarge } from "./rmp";

/** State of a covered page, by its covering entry. */
export function pageState(pfn: u32): u32 {
  return stateOf(coveringOf(pfn));
}

/** State by the page's own entry: a page inside a 2M entry looks like Reclaim. */
export function ownState(pfn: u32): u32 {
  return stateOf(pfn);
}

function stateOf(pfn: u32): u32 {
  const head = headOf(pfn);
  const immutable = (head & Flag.IMMUTABLE) != 0;
  if ((head & Flag.ASSIGNED) == 0) return immutable ? PageState.HV_FIXED : PageState.HYPERVISOR;
  const valid = (head & Flag.VALIDATED) != 0;
  if (asidOf(pfn) != 0) {
    if (immutable) return valid ? PageState.PRE_SWAP : PageState.PRE_GUEST;
    return valid ? PageState.GUEST_VALID : PageState.GUEST_INVALID;
  }
  if (!immutable) return PageState.RECLAIM;
  const gpa = head & FRAME;
  if (gpa == 0) return head & Flag.VMSA ? PageState.CONTEXT : PageState.FIRMWARE;
  // page number 1 in the entry's GPA field tells the IOMMU's pages from Metadata
  return gpa == 0x1000 ? PageState.FIRMWARE_IOMMU : PageState.METADATA;
}

/** Writes one byte a page (Tile) for `count` pages from `first` on to `to`. */
export function writeTiles(to: usize, first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const pfn = first + i;
    store<u8>(to + i, pfn >= covered ? <u8>PageState.UNCOVERED : <u8>tileOfCovered(pfn));
  }
}

/** Tile of a page that the RMP covers. */
export function tileOfCovered(pfn: u32): u32 {
  const covering = coveringOf(pfn);
  const head = headOf(covering);
  let tile: u32 = stateOf(covering);
  // a Context page has the bit too, and is no VMSA
  if ((head & Flag.VMSA) != 0 && asidOf(covering) != 0) tile |= Tile.VMSA;
  if (isLarge(head)) tile |= covering == pfn ? Tile.LARGE | Tile.HEAD : Tile.LARGE;
  return tile;
}
