/**
 * Where each page is drawn. The map runs through memory 2 MiB region by region. A region in which something was ever
 * of interest shows all its 512 pages, the rows where nothing was squashed to a quarter of their height; regions where
 * nothing was written are folded to small tiles, eight in a row: one each, or several to one where memory is large; a 2M
 * entry is one large tile. So 16 Mi pages stay a picture, and not one page is left out.
 */
import { REGION } from "../../view/tiles";

/** Folded tiles for all of memory, when nothing in it is of interest. */
const MOST_FOLDED = 128;
const FOLDED_IN_ROW = 8;
/** Pages that one bit of Memory.touched is of. */
const PAGES_A_BIT = 16;
const EVERY_ROW = 0xffff_ffff;
/** Space between cells, in CSS pixels. */
const GAP = 1;
const BETWEEN = 7;
const FOLDED_HEIGHT = 13;
/** A row in which nothing ever happened, with its gap. */
const SQUASHED = 3;

export interface Block {
  kind: "cells" | "large" | "folded";
  /** index of the 2 MiB region, or of the first one */
  region: number;
  /** regions that the block stands for: 1 unless it is folded */
  count: number;
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

/** What the map shows: the size of memory, and what of it is of interest in the run, so that the map keeps its shape from step to step. */
export interface Memory {
  /** 2 MiB regions */
  regions: number;
  /** regions in which entries were ever written one by one: a bit for each 16 pages where that was */
  touched: ReadonlyMap<number, number>;
  /** regions that are one 2M entry at this step, ascending */
  large: Uint32Array;
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

export function layOut(memory: Memory, { width, columns, gutter, all, chosen }: Room): Layout {
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
  const unfold = (region: number, isLarge: boolean) => {
    endRow();
    const mask = all || chosen.has(region) ? EVERY_ROW : (memory.touched.get(region) ?? 0);
    const rows = isLarge ? [] : rowsOf(mask, columns, pitch);
    const height = (isLarge ? 3 * pitch : (rows.at(-1) ?? pitch)) - GAP;
    const kind = isLarge ? "large" : "cells";
    blocks.push({ kind, region, count: 1, x: gutter, y, width: across, height, rows, labelled: true });
    y += height + BETWEEN;
  };
  const fold = (region: number, count: number) => {
    const x = gutter + inRow * foldedPitch;
    const labelled = inRow === 0;
    const size = { x, y, width: foldedPitch - 3, height: FOLDED_HEIGHT };
    blocks.push({ kind: "folded", region, count, ...size, rows: [], labelled });
    inRow++;
    if (inRow === FOLDED_IN_ROW) endRow();
  };
  const open = openRegions(memory, all, chosen);
  const large = new Set(memory.large);
  const together = regionsAFold(memory.regions);
  let at = 0;
  for (const region of [...open, memory.regions]) {
    for (; at < region; at = Math.min(region, at - (at % together) + together)) {
      fold(at, Math.min(region, at - (at % together) + together) - at);
    }
    if (region < memory.regions) unfold(region, large.has(region));
    at = region + 1;
  }
  endRow();
  return { blocks, columns, pitch, gutter, width: gutter + across, height: Math.max(0, y - BETWEEN) };
}

/** Regions that are not folded, ascending. */
function openRegions({ regions, touched, large }: Memory, all: boolean, chosen: ReadonlySet<number>): number[] {
  if (all) return Array.from({ length: regions }, (_, region) => region);
  return [...new Set([...touched.keys(), ...large, ...chosen])]
    .filter((region) => region < regions)
    .sort((a, b) => a - b);
}

/** How many regions one folded tile stands for: a power of two, so that there are 128 tiles at most for all of memory. */
function regionsAFold(regions: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(regions / MOST_FOLDED)));
}

/** `mask`: a bit for each 16 pages that are of interest; a row has at least as many. */
function rowsOf(mask: number, columns: number, pitch: number): number[] {
  const rows = [0];
  const bits = columns / PAGES_A_BIT;
  for (let first = 0; first < REGION / PAGES_A_BIT; first += bits) {
    const full = ((mask >>> first) & (2 ** bits - 1)) !== 0;
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

/** The block that a region is in. */
export function blockOf({ blocks }: Layout, region: number): Block | null {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const block = blocks[middle];
    if (block && block.region + block.count <= region) low = middle + 1;
    else high = middle;
  }
  return blocks[low] ?? null;
}

/** Regions that are drawn page by page between two heights. */
export function regionsBetween({ blocks }: Layout, top: number, bottom: number): number[] {
  const found = blocks.filter(({ kind, y, height }) => kind === "cells" && y <= bottom && y + height >= top);
  return found.map(({ region }) => region);
}

/** Where a page is drawn: its cell, or the tile that stands for its whole region. */
export function boxOf(layout: Layout, pfn: number): { x: number; y: number; width: number; height: number } | null {
  const block = blockOf(layout, Math.floor(pfn / REGION));
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
