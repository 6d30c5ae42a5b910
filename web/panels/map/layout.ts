/**
 * Where each page is drawn. The map runs through memory 2 MiB region by region. A region in which something ever
 * differed shows all its 512 pages; regions that are the same throughout are folded to one small tile each, eight in a
 * row; a 2M entry is one large tile. So 64 K pages stay a picture, and not one page is left out.
 */
import { Tile } from "../../../assembly/abi";

export const REGION = 512;
const FOLDED_IN_ROW = 8;
/** Space between cells, in CSS pixels. */
const GAP = 1;
const BETWEEN = 7;
const FOLDED_HEIGHT = 13;

export interface Block {
  kind: "cells" | "large" | "folded";
  /** index of the 2 MiB region */
  region: number;
  x: number;
  y: number;
  width: number;
  height: number;
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

/** The one tile byte that all pages of a region share; null when they differ or the region is one 2M entry. */
export function uniform(tiles: Uint8Array, region: number): number | null {
  const start = region * REGION;
  const value = tiles[start] ?? 0;
  if (value & Tile.LARGE) return null;
  const end = Math.min(tiles.length, start + REGION);
  for (let i = start + 1; i < end; i++) if (tiles[i] !== value) return null;
  return value;
}

/**
 * @param open regions to draw page by page even when they are uniform now
 * @param width CSS pixels at hand
 * @param columns cells in a row, a power of two
 */
export function layOut(
  tiles: Uint8Array,
  open: ReadonlySet<number>,
  width: number,
  columns: number,
  gutter: number,
): Layout {
  const regions = Math.ceil(tiles.length / REGION);
  const room = Math.max(columns * 2, width - gutter);
  const pitch = Math.max(2, Math.floor(room / columns));
  const across = pitch * columns - GAP;
  const foldedPitch = (across + 3) / FOLDED_IN_ROW;
  const blocks: Block[] = [];
  let y = 0;
  let inRow = 0;
  const endRow = () => {
    if (inRow > 0) y += FOLDED_HEIGHT + BETWEEN;
    inRow = 0;
  };
  for (let region = 0; region < regions; region++) {
    const large = ((tiles[region * REGION] ?? 0) & Tile.LARGE) !== 0;
    if (large || open.has(region) || uniform(tiles, region) === null) {
      endRow();
      const rows = REGION / columns;
      const height = (large && !open.has(region) ? Math.min(rows, 4) : rows) * pitch - GAP;
      blocks.push({ kind: large ? "large" : "cells", region, x: gutter, y, width: across, height, labelled: true });
      y += height + BETWEEN;
      continue;
    }
    const x = gutter + inRow * foldedPitch;
    blocks.push({
      kind: "folded",
      region,
      x,
      y,
      width: foldedPitch - 3,
      height: FOLDED_HEIGHT,
      labelled: inRow === 0,
    });
    inRow++;
    if (inRow === FOLDED_IN_ROW) endRow();
  }
  endRow();
  return { blocks, columns, pitch, gutter, width: gutter + across, height: Math.max(0, y - BETWEEN) };
}

/** The page under a point in CSS pixels; null beside the blocks. Inside folded and large tiles: their first page. */
export function pageAt(layout: Layout, x: number, y: number): number | null {
  const block = layout.blocks.find((b) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height);
  if (!block) return null;
  const start = block.region * REGION;
  if (block.kind !== "cells") return start;
  const column = Math.min(layout.columns - 1, Math.floor((x - block.x) / layout.pitch));
  return start + Math.floor((y - block.y) / layout.pitch) * layout.columns + column;
}

/** Where a page is drawn: its cell, or the tile that stands for its whole region. */
export function boxOf(layout: Layout, pfn: number): { x: number; y: number; width: number; height: number } | null {
  const region = Math.floor(pfn / REGION);
  const block = layout.blocks[region];
  if (!block) return null;
  if (block.kind !== "cells") return block;
  const within = pfn - region * REGION;
  const side = layout.pitch - GAP;
  return {
    x: block.x + (within % layout.columns) * layout.pitch,
    y: block.y + Math.floor(within / layout.columns) * layout.pitch,
    width: side,
    height: side,
  };
}
