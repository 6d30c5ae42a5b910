/** Which regions show page by page, how many cells stand in a row, and the layout that follows. */
import { useMemo, useRef } from "react";
import { page } from "../../store/page";
import { type Layout, layOut, REGION, uniform } from "./layout";

/** Columns that a reader may choose; 0 takes what gives cells of a readable size. */
export const ZOOMS = [128, 64, 32, 16] as const;
const READABLE = 11;

export function fittingColumns(width: number): number {
  return ZOOMS.find((columns) => width / columns >= READABLE) ?? 16;
}

/**
 * Regions once seen to hold anything of interest stay open while the scenario is, so that the map keeps its shape as
 * the reader steps to and fro.
 */
export function useMapLayout(width: number, columns: number, all: boolean, chosen: ReadonlySet<number>): Layout | null {
  const tiles = page((s) => s.view?.tiles);
  const changed = page((s) => s.view?.changedPages);
  const scenarioId = page((s) => s.scenarioId);
  const seen = useRef<{ key: string; open: Set<number> }>({ key: "", open: new Set() });
  return useMemo(() => {
    if (!tiles || width === 0) return null;
    const key = `${scenarioId} ${tiles.length}`;
    if (seen.current.key !== key) seen.current = { key, open: new Set() };
    const { open } = seen.current;
    const regions = Math.ceil(tiles.length / REGION);
    for (let region = 0; region < regions; region++) if (uniform(tiles, region) === null) open.add(region);
    for (const spa of changed ?? []) open.add(Math.floor(spa / 4096 / REGION));
    const shown = all ? new Set(Array.from({ length: regions }, (_, i) => i)) : new Set([...open, ...chosen]);
    const gutter = width >= 340 ? 92 : 0;
    return layOut(tiles, shown, width, columns || fittingColumns(width - gutter), gutter);
  }, [tiles, changed, scenarioId, width, columns, all, chosen]);
}
