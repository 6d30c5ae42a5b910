/** What the reader has seen of the RMP so far, and the layout that follows from it. */
import { useMemo, useRef } from "react";
import { PageState, Tile } from "../../../assembly/abi";
import { ui } from "../../store/ui";
import { rootSize } from "../root-size";
import { type Layout, layOut, REGION, uniform } from "./layout";

/** Cells in a row that a reader may choose. */
export const ZOOMS = [128, 64, 32, 16] as const;
/** Side from which a texture is readable, in CSS pixels. */
const READABLE = 10;
/** Room for an address beside the map, in rem. */
const GUTTER = 6.1;

function fittingColumns(width: number): number {
  return ZOOMS.find((columns) => width / columns >= READABLE) ?? 16;
}

/**
 * @param columns cells in a row; 0 takes what gives cells of a readable size
 * @param all every page at full size
 * @param chosen regions that the reader unfolded
 */
export function useMapLayout(width: number, columns: number, all: boolean, chosen: ReadonlySet<number>): Layout | null {
  const tiles = ui((s) => s.view?.tiles);
  const changed = ui((s) => s.view?.changedPages);
  const scenarioId = ui((s) => s.scenarioId);
  const kept = useRef<Kept>(nothing("", 0));
  return useMemo(() => {
    if (!tiles || width <= 0) return null;
    const key = `${scenarioId} ${tiles.length}`;
    if (kept.current.key !== key) kept.current = nothing(key, tiles.length);
    look(kept.current, tiles, changed ?? []);
    const gutter = width >= 340 ? Math.ceil(GUTTER * rootSize()) : 0;
    const fitting = columns || fittingColumns(width - gutter);
    return layOut(tiles, kept.current, { width, columns: fitting, gutter, all, chosen });
  }, [tiles, changed, scenarioId, width, columns, all, chosen]);
}

interface Kept {
  key: string;
  pages: Uint8Array;
  regions: Set<number>;
}

function nothing(key: string, pages: number): Kept {
  return { key, pages: new Uint8Array(pages), regions: new Set() };
}

/** Adds what one step shows to what has been seen. */
function look(kept: Kept, tiles: Uint8Array, changed: readonly number[]): void {
  for (let region = 0; region * REGION < tiles.length; region++) {
    if (uniform(tiles, region) !== null) continue;
    kept.regions.add(region);
    const end = Math.min(tiles.length, (region + 1) * REGION);
    for (let pfn = region * REGION; pfn < end; pfn++) {
      const tile = tiles[pfn] ?? 0;
      const state = tile & Tile.STATE;
      if ((state !== PageState.HYPERVISOR && state !== PageState.UNCOVERED) || tile & Tile.VMSA) kept.pages[pfn] = 1;
    }
  }
  for (const spa of changed) {
    const pfn = spa / 4096;
    kept.pages[pfn] = 1;
    kept.regions.add(Math.floor(pfn / REGION));
  }
}
