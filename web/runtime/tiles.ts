/** Which tiles an answer brings (view/tiles.ts). */
import { Region } from "../../assembly/abi";
import type { Machine } from "../core/machine";
import { REGION, type Tiles } from "../view/tiles";

/** Bytes of an answer for regions and tiles together. */
const ROOM = 40 * 1024;
const MAX_REGIONS = 64;

/** The tiles of the regions asked for, and of as many others as there is room for. */
export function tilesOf(machine: Machine, regions: Uint8Array, wanted: readonly number[]): Tiles {
  const most = Math.min(MAX_REGIONS, Math.floor((ROOM - regions.length) / REGION));
  const sent = new Set(wanted.filter((region) => regions[region] === Region.MIXED).slice(0, most));
  for (
    let at = regions.indexOf(Region.MIXED);
    at >= 0 && sent.size < most;
    at = regions.indexOf(Region.MIXED, at + 1)
  ) {
    sent.add(at);
  }
  const list = Uint32Array.from(sent).sort();
  const bytes = new Uint8Array(list.length * REGION);
  for (const [i, region] of list.entries()) bytes.set(machine.tiles(region * REGION, REGION), i * REGION);
  return { regions: list, bytes };
}
