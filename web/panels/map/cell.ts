/** A page of the map in words, and which one a key leads to. */
import { Tile } from "../../../assembly/abi";
import { REGION, type Sight, tileAt } from "../../view/tiles";
import { address } from "../numbers";
import { lookOf } from "./states";

/** "0x0080_1000, Guest-Valid, VMSA" */
export function describe(view: Sight, pfn: number): string {
  const tile = tileAt(view, pfn) ?? 0;
  const parts = [address(pfn * 4096), lookOf(tile & Tile.STATE).name];
  if (tile & Tile.LARGE) parts.push("in a 2M entry");
  if (tile & Tile.VMSA) parts.push("VMSA");
  return parts.join(", ");
}

/** The page that a key leads to from `pfn`, inside the memory; null for other keys. */
export function pageByKey(key: string, pfn: number, columns: number, pages: number): number | null {
  const to = target(key, pfn, columns, pages);
  return to === null ? null : Math.max(0, Math.min(pages - 1, to));
}

function target(key: string, pfn: number, columns: number, pages: number): number | null {
  switch (key) {
    case "ArrowLeft":
      return pfn - 1;
    case "ArrowRight":
      return pfn + 1;
    case "ArrowUp":
      return pfn - columns;
    case "ArrowDown":
      return pfn + columns;
    case "PageUp":
      return pfn - REGION;
    case "PageDown":
      return pfn + REGION;
    case "Home":
      return 0;
    case "End":
      return pages - 1;
    default:
      return null;
  }
}
