/**
 * Where each page is drawn. The map runs through memory 2 MiB region by region. A region in which something was ever
 * of interest shows all its 512 pages, the rows where nothing was squashed to a quarter of their height; regions that
 * are the same throughout are folded to one small tile each, eight in a row; a 2M entry is one large tile. So 64 K
 * pages stay a picture, and not one page is left out.
 */
import { Tile } from "../../../assembly/abi";

export const REGION = 512;
const FOLDED_IN_ROW = 8;
/** Space between cells, in CSS pixels. */
const GAP = 1;
const BETWEEN = 7;
const FOLDED_HEIGHT = 13;
/** A row in which nothing ever happened, with its gap. */
const SQUASHED = 3;

export interface Block {
  kind: "cells" | "large" | "folded";
  /** index of the 2 MiB region */
  region: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** for cells: where each row begins, from the block's top, and last where the block ends */
  rows: readonly number[];
  /** the first block of a line carries the address beside it */
  labelled: boolean;
}

export interface Layout {
  blocks: Block[];
  columns: number;
  /** side of a cell with its gap, in CSS pixels */
  pitch: number;
  gutter: number;
  width: number;
  height: number;
}

/** What has been of interest so far, so that the map keeps its shape while the reader steps to and fro. */
export interface Seen {
  /** one byte a page: 1 when it was ever anything but the hypervisor's, or changed */
  pages: Uint8Array;
  /** regions that were ever not the same throughout */
  regions: ReadonlySet<number>;
}

/** The one tile byte that all pages of a region share; null when they differ or the region is one 2M entry. */
export function uniform(tiles: Uint8Array, region: number): number | null {
  const start = region * REGION;
  const value = tiles[start] ?? 0;
  if (value & Tile.LARGE) return null;
  const end = Math.min(tiles.length, start + REGION);
  for (let i = start + 1; i < end; i++) if (tiles[i] !== value) return null;
  return value;
}

export interface Room {
  /** CSS pixels at hand */
  width: number;
  /** cells in a row, a power of two up to 128 */
  columns: number;
  /** CSS pixels for addresses at the left; 0 for none */
  gutter: number;
  /** every page at full size, whatever it is */
  all: boolean;
  /** regions at full size by the reader's choice */
  chosen: ReadonlySet<number>;
}

export function layOut(tiles: Uint8Array, seen: Seen, { width, columns, gutter, all, chosen }: Room): Layout {
  const pitch = Math.max(2, Math.floor((width - gutter) / columns));
  const across = pitch * columns - GAP;
  const foldedPitch = (across + 3) / FOLDED_IN_ROW;
  const blocks: Block[] = [];
  let y = 0;
  let inRow = 0;
  const endRow = () => {
    if (inRow > 0) y += FOLDED_HEIGHT + BETWEEN;
    inRow = 0;
  };
  for (let region = 0; region * REGION < tiles.length; region++) {
    const large = ((tiles[region * REGION] ?? 0) & Tile.LARGE) !== 0;
    const full = all || chosen.has(region);
    if (large || full || seen.regions.has(region)) {
      endRow();
      const rows = large ? [] : rowsOf(seen.pages, region, columns, pitch, full);
      const height = (large ? 3 * pitch : (rows.at(-1) ?? pitch)) - GAP;
      blocks.push({
        kind: large ? "large" : "cells",
        region,
        x: gutter,
        y,
        width: across,
        height,
        rows,
        labelled: true,
      });
      y += height + BETWEEN;
      continue;
    }
    const x = gutter + inRow * foldedPitch;
    const labelled = inRow === 0;
    blocks.push({ kind: "folded", region, x, y, width: foldedPitch - 3, height: FOLDED_HEIGHT, rows: [], labelled });
    inRow++;
    if (inRow === FOLDED_IN_ROW) endRow();
  }
  endRow();
  return { blocks, columns, pitch, gutter, width: gutter + across, height: Math.max(0, y - BETWEEN) };
}

function rowsOf(pages: Uint8Array, region: number, columns: number, pitch: number, all: boolean): number[] {
  const rows = [0];
  for (let start = region * REGION; start < (region + 1) * REGION; start += columns) {
    const full = all || pages.subarray(start, start + columns).includes(1);
    rows.push((rows.at(-1) ?? 0) + (full ? pitch : Math.min(pitch, SQUASHED)));
  }
  return rows;
}

/** The page under a point in CSS pixels; null beside the blocks. Inside folded and large tiles: their first page. */
export function pageAt(layout: Layout, x: number, y: number): number | null {
  const block = layout.blocks.find((b) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height);
  if (!block) return null;
  const start = block.region * REGION;
  if (block.kind !== "cells") return start;
  const column = Math.min(layout.columns - 1, Math.floor((x - block.x) / layout.pitch));
  return start + rowAt(block, y - block.y) * layout.columns + column;
}

/** The row of a block at a height below its top. */
export function rowAt(block: Block, y: number): number {
  const next = block.rows.findIndex((top) => top > y);
  return Math.max(0, (next < 0 ? block.rows.length - 1 : next) - 1);
}

/** Where a page is drawn: its cell, or the tile that stands for its whole region. */
export function boxOf(layout: Layout, pfn: number): { x: number; y: number; width: number; height: number } | null {
  const block = layout.blocks[Math.floor(pfn / REGION)];
  if (!block) return null;
  if (block.kind !== "cells") return block;
  const within = pfn - block.region * REGION;
  const row = Math.floor(within / layout.columns);
  const top = block.rows[row] ?? 0;
  return {
    x: block.x + (within % layout.columns) * layout.pitch,
    y: block.y + top,
    width: layout.pitch - GAP,
    height: (block.rows[row + 1] ?? top + layout.pitch) - top - GAP,
  };
}
