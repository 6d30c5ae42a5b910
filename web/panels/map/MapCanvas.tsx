/**
 * The drawing of the map, in two layers: the tiles, and over them what is marked. So a flash redraws a few outlines and
 * not thousands of tiles.
 */
import { memo, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { StepView } from "../../runtime/protocol";
import { see } from "../../store/step";
import { usePalette } from "../use-palette";
import { boxOf, type Layout, regionsBetween } from "./layout";
import { outline, paintMap } from "./paint";
import { surfaceOf } from "./surface";

/** Milliseconds that a changed page flashes. */
const FLASH = 700;
/** Changed pages that are outlined one by one; beyond, the tiles themselves tell it. */
const OUTLINED = 600;

interface Props {
  view: StepView | null;
  layout: Layout | null;
  /** page number */
  selected: number | null;
  scroller: RefObject<HTMLDivElement | null>;
  /** size of the part in sight; a change of it is a reason to draw */
  size: { width: number; height: number };
}

export const MapCanvas = memo(function MapCanvas({ view, layout, selected, scroller, size }: Props) {
  const tiles = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const palette = usePalette(scroller);
  const since = useRef(Number.NEGATIVE_INFINITY);
  const top = useRef(0);
  const surface = (canvas: HTMLCanvasElement, of: Layout) => surfaceOf(canvas, { ...size, top: top.current }, of);

  const paintTiles = () => {
    if (!view || !layout || !palette || !tiles.current) return;
    const on = surface(tiles.current, layout);
    if (on) paintMap(on.c, palette, view, layout, on.top, on.bottom);
  };

  const paintMarks = () => {
    if (!view || !layout || !palette || !marks.current) return;
    const { c } = surface(marks.current, layout) ?? {};
    if (!c) return;
    const changed = changedPages(view);
    for (const pfn of changed) outline(c, layout, pfn, palette.hue, 2, 1);
    const age = (performance.now() - since.current) / FLASH;
    if (age < 1) {
      c.globalAlpha = 0.9 * (1 - age);
      for (const pfn of changed) outline(c, layout, pfn, palette.hue, 3, 2 + 5 * age);
      c.globalAlpha = 1;
    }
    if (selected !== null) outline(c, layout, selected, palette.text, 2, 2);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what the tiles are drawn from
  useLayoutEffect(paintTiles, [view?.tiles, view?.regions, layout, palette, size]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the marks are drawn from
  useLayoutEffect(paintMarks, [view, layout, palette, size, selected]);

  const lookAround = () => {
    if (!layout) return;
    const height = size.height || layout.height;
    see(regionsBetween(layout, top.current, top.current + height));
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what decides which tiles are in sight and known
  useEffect(lookAround, [view?.tiles, view?.regions, layout, size]);

  const latest = useRef({ paintTiles, paintMarks, lookAround });
  latest.current = { paintTiles, paintMarks, lookAround };

  // A changed page flashes once; with reduced motion its outline alone stays for the step.
  useEffect(() => {
    if (!view?.changes.pages || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    since.current = performance.now();
    let frame = requestAnimationFrame(function tick() {
      latest.current.paintMarks();
      if (performance.now() - since.current < FLASH) frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [view]);

  useEffect(() => {
    const area = scroller.current;
    const onScroll = () => {
      top.current = area?.scrollTop ?? 0;
      latest.current.paintTiles();
      latest.current.paintMarks();
      latest.current.lookAround();
    };
    area?.addEventListener("scroll", onScroll, { passive: true });
    return () => area?.removeEventListener("scroll", onScroll);
  }, [scroller]);

  // Keeps the selected page in sight.
  useEffect(() => {
    const area = scroller.current;
    const box = layout && selected !== null ? boxOf(layout, selected) : null;
    if (!area || !box) return;
    const below = box.y + box.height - area.scrollTop - area.clientHeight;
    if (box.y < area.scrollTop) area.scrollTop = box.y - 8;
    else if (below > 0) area.scrollTop += below + 8;
  }, [layout, selected, scroller]);

  return (
    <div className="map-layers">
      <canvas ref={tiles} />
      <canvas ref={marks} />
    </div>
  );
});

/** Page numbers of the changed pages that are outlined. */
function changedPages({ changes }: StepView): number[] {
  const found: number[] = [];
  for (const { spa, pages } of changes.spans) {
    for (let page = 0; page < pages && found.length < OUTLINED; page++) found.push(spa / 4096 + page);
  }
  return found;
}
