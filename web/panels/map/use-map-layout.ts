/** The layout of the map: a function of the run, of the large pages at this step, and of what the reader chose. */
import { useMemo, useRef } from "react";
import { Region } from "../../../assembly/abi";
import { keep } from "../../store/structural-sharing";
import { ui } from "../../store/ui";
import { rootSize } from "../root-size";
import { type Layout, layOut } from "./layout";

/** Cells in a row that a reader may choose. */
export const ZOOMS = [128, 64, 32, 16] as const;
/** Side from which a texture is readable, in CSS pixels. */
const READABLE = 10;
/** Room for an address beside the map, in rem: of 8 digits, and of the 9 or 10 that memory above 4 GiB needs. */
const GUTTER = 6.1;
const WIDE_GUTTER = 7.6;
const REGIONS_IN_4_GIB = 2048;

function fittingColumns(width: number): number {
  return ZOOMS.find((columns) => width / columns >= READABLE) ?? 16;
}

/** Pages up to which every region can be unfolded at once. */
export const UNFOLDED_PAGES = 65_536;

/**
 * @param columns cells in a row; 0 takes what gives cells of a readable size
 * @param all every page at full size
 * @param chosen regions that the reader unfolded
 */
export function useMapLayout(width: number, columns: number, all: boolean, chosen: ReadonlySet<number>): Layout | null {
  const regions = ui((s) => s.view?.regions);
  const written = ui((s) => s.result?.touched);
  const known = useRef<Uint32Array>(new Uint32Array(0));
  const touched = useMemo(() => {
    const { regions = [], rows = [] } = written ?? {};
    return new Map([...regions].map((region, i) => [region, rows[i] ?? 0]));
  }, [written]);
  const large = useMemo(() => {
    const found = [...touched.keys()].filter((region) => isLarge(regions?.[region]));
    known.current = keep(known.current, Uint32Array.from(found));
    return known.current;
  }, [regions, touched]);
  const count = regions?.length ?? 0;
  return useMemo(() => {
    if (count === 0 || width <= 0) return null;
    const room = count > REGIONS_IN_4_GIB ? WIDE_GUTTER : GUTTER;
    const gutter = width >= 340 ? Math.ceil(room * rootSize()) : 0;
    const fitting = columns || fittingColumns(width - gutter);
    const unfolds = all && count * 512 <= UNFOLDED_PAGES;
    return layOut({ regions: count, touched, large }, { width, columns: fitting, gutter, all: unfolds, chosen });
  }, [count, touched, large, width, columns, all, chosen]);
}

function isLarge(byte = 0): boolean {
  return byte !== Region.MIXED && (byte & Region.LARGE) !== 0;
}
