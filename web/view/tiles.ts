/**
 * One byte a page (Tile), for as many 2 MiB regions as an answer has room for. Of a region whose pages are all alike its own byte
 * tells everything, so those have none.
 */
import { Region, Tile } from "../../assembly/abi";

export const REGION = 512;

/** Tiles that are known, a region's 512 bytes behind the other's. */
export interface Tiles {
  /** indices of the regions, ascending */
  regions: Uint32Array;
  bytes: Uint8Array;
}

/** What is known of regions and tiles, by page. */
export interface Sight {
  regions: Uint8Array;
  tiles: Tiles;
}

/** The tile of a page, without HEAD; null where it is not known. */
export function tileAt({ regions, tiles }: Sight, pfn: number): number | null {
  const region = Math.floor(pfn / REGION);
  const byte = regions[region] ?? 0;
  if (byte !== Region.MIXED) return byte;
  const own = tilesIn(tiles, region);
  return own ? (own[pfn % REGION] ?? 0) & ~Tile.HEAD : null;
}

/** The 512 tiles of a region, where they are known one by one. */
export function tilesIn({ regions, bytes }: Tiles, region: number): Uint8Array | null {
  let [low, high] = [0, regions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((regions[middle] ?? 0) < region) low = middle + 1;
    else high = middle;
  }
  return regions[low] === region ? bytes.subarray(low * REGION, (low + 1) * REGION) : null;
}

/** Those of the regions whose pages differ, and are not known. */
export function missing({ regions, tiles }: Sight, wanted: readonly number[]): number[] {
  return wanted.filter((region) => regions[region] === Region.MIXED && !tilesIn(tiles, region));
}

/** The tiles of two answers about the same step: regions that both have are taken from the first. */
export function together(now: Tiles, before: Tiles): Tiles {
  const added = [...before.regions].filter((region) => !tilesIn(now, region));
  if (added.length === 0) return now;
  const regions = Uint32Array.from([...now.regions, ...added]).sort();
  const bytes = new Uint8Array(regions.length * REGION);
  for (const [i, region] of regions.entries()) {
    const own = tilesIn(now, region) ?? tilesIn(before, region);
    if (own) bytes.set(own, i * REGION);
  }
  return { regions, bytes };
}
