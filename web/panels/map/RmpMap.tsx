/**
 * The RMP, one tile a page. A grid for the keyboard: arrows move from page to page, Enter pins the page, and what each
 * step changed is spoken. The canvas is only as large as what is in sight.
 */
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Tile } from "../../../assembly/abi";
import { page } from "../../store/page";
import { select } from "../../store/step";
import { address, plural } from "../numbers";
import { useElementSize } from "../use-element-size";
import { usePalette } from "../use-palette";
import { boxOf, type Layout, pageAt, REGION } from "./layout";
import { outline, paintMap } from "./paint";
import { lookOf } from "./states";
import { useMapLayout } from "./use-map-layout";

const FLASH = 700;
const MARGIN = 3;

/** "0x0080_1000, Guest-Valid, VMSA" */
function describe(tiles: Uint8Array, pfn: number): string {
  const tile = tiles[pfn] ?? 0;
  const parts = [address(pfn * 4096), lookOf(tile & Tile.STATE).name];
  if (tile & Tile.LARGE) parts.push("in a 2M entry");
  if (tile & Tile.VMSA) parts.push("VMSA");
  return parts.join(", ");
}

function moveBy(key: string, columns: number): number {
  switch (key) {
    case "ArrowLeft":
      return -1;
    case "ArrowRight":
      return 1;
    case "ArrowUp":
      return -columns;
    case "ArrowDown":
      return columns;
    case "PageUp":
      return -REGION;
    case "PageDown":
      return REGION;
    default:
      return 0;
  }
}

interface Props {
  columns: number;
  all: boolean;
}

export function RmpMap({ columns, all }: Props) {
  const view = page((s) => s.view);
  const spa = page((s) => s.spa);
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [over, setOver] = useState<number | null>(null);
  const { width, height } = useElementSize(scroller);
  const palette = usePalette(scroller);
  const layout = useMapLayout(width - 2 * MARGIN, columns, all, chosen);
  const selected = spa === null ? null : spa / 4096;
  const drawn = useRef<() => void>(() => {});

  drawn.current = () => {
    const { current: area } = scroller;
    if (!view || !layout || !palette || !area || !canvas.current) return;
    draw(canvas.current, area, layout, (c, top, bottom) => {
      paintMap(c, palette, view.tiles, layout, top, bottom);
      for (const changed of view.changedPages) outline(c, layout, changed / 4096, palette.hue, 2, 1);
      flash(c, layout, view.changedPages, palette.hue);
      if (selected !== null) outline(c, layout, selected, palette.text, 2, 2);
    });
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything the drawing reads
  useLayoutEffect(() => drawn.current(), [view, layout, palette, selected, height]);

  // A changed page flashes once; with reduced motion its outline alone stays for the step.
  useEffect(() => {
    if (!view?.changedPages.length || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    flashFrom = performance.now();
    let frame = requestAnimationFrame(function tick() {
      drawn.current();
      if (performance.now() - flashFrom < FLASH) frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [view]);

  // Keeps the selected page in sight.
  useEffect(() => {
    const area = scroller.current;
    const box = layout && selected !== null ? boxOf(layout, selected) : null;
    if (!area || !box) return;
    if (box.y < area.scrollTop) area.scrollTop = box.y - 8;
    else if (box.y + box.height > area.scrollTop + area.clientHeight)
      area.scrollTop = box.y + box.height - area.clientHeight + 8;
  }, [layout, selected]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!layout || !view) return;
    const last = view.tiles.length - 1;
    const from = selected ?? 0;
    const by = moveBy(event.key, layout.columns);
    if (event.key === "Enter" || event.key === " ") {
      setChosen((old) => toggled(old, Math.floor(from / REGION)));
    } else if (event.key === "Home" || event.key === "End") {
      void select(event.key === "Home" ? 0 : last * 4096);
    } else if (by !== 0) {
      void select(Math.max(0, Math.min(last, from + by)) * 4096);
    } else return;
    event.preventDefault();
  };

  const at = (event: PointerEvent | React.MouseEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    const top = scroller.current?.scrollTop ?? 0;
    return layout && box
      ? pageAt(layout, event.clientX - box.left - MARGIN, event.clientY - box.top + top - MARGIN)
      : null;
  };

  const onClick = (event: React.MouseEvent) => {
    const pfn = at(event);
    if (pfn === null || !layout) return;
    if (layout.blocks[Math.floor(pfn / REGION)]?.kind === "folded")
      setChosen((old) => toggled(old, Math.floor(pfn / REGION)));
    void select(pfn * 4096);
  };

  const told = over ?? selected;
  return (
    <div className="map">
      <div
        ref={scroller}
        className="map-scroll"
        role="grid"
        tabIndex={0}
        aria-label="RMP, one cell a page. Arrow keys move, Page Up and Page Down move by 2 MiB, Enter opens or folds a region."
        aria-rowcount={layout ? Math.ceil((view?.tiles.length ?? 0) / layout.columns) : 1}
        aria-colcount={layout?.columns ?? 1}
        aria-activedescendant="rmp-cell"
        onKeyDown={onKeyDown}
        onScroll={() => drawn.current()}
        onClick={onClick}
        onPointerMove={(event) => setOver(at(event))}
        onPointerLeave={() => setOver(null)}
      >
        <div className="map-space" style={{ height: layout ? layout.height + 2 * MARGIN : undefined }}>
          <canvas ref={canvas} aria-hidden="true" />
        </div>
        <div role="row" className="sr" aria-rowindex={Math.floor((selected ?? 0) / (layout?.columns ?? 1)) + 1}>
          <div
            role="gridcell"
            id="rmp-cell"
            aria-selected={selected !== null}
            aria-colindex={((selected ?? 0) % (layout?.columns ?? 1)) + 1}
          >
            {view && selected !== null ? describe(view.tiles, selected) : "no page selected"}
          </div>
        </div>
      </div>
      <p className="map-status small" aria-hidden="true">
        {view && told !== null ? <Told tiles={view.tiles} pfn={told} folded={isFolded(layout, told)} /> : " "}
      </p>
    </div>
  );
}

function Told({ tiles, pfn, folded }: { tiles: Uint8Array; pfn: number; folded: boolean }) {
  const tile = tiles[pfn] ?? 0;
  const look = lookOf(tile & Tile.STATE);
  return (
    <>
      <code>{address(pfn * 4096)}</code>
      <b>{look.name}</b>
      {tile & Tile.VMSA ? <b>VMSA</b> : null}
      <span className="muted">{folded ? `${plural(REGION, "page")} alike; click to open` : look.means}</span>
    </>
  );
}

function isFolded(layout: Layout | null, pfn: number): boolean {
  return layout?.blocks[Math.floor(pfn / REGION)]?.kind === "folded";
}

function toggled(old: ReadonlySet<number>, region: number): ReadonlySet<number> {
  const next = new Set(old);
  if (!next.delete(region)) next.add(region);
  return next;
}

let flashFrom = Number.NEGATIVE_INFINITY;

function flash(c: CanvasRenderingContext2D, layout: Layout, changed: number[], hue: string): void {
  const age = (performance.now() - flashFrom) / FLASH;
  if (age >= 1) return;
  c.globalAlpha = (1 - age) * 0.9;
  for (const spa of changed) outline(c, layout, spa / 4096, hue, 3, 2 + 5 * age);
  c.globalAlpha = 1;
}

function draw(
  canvas: HTMLCanvasElement,
  area: HTMLElement,
  layout: Layout,
  paint: (c: CanvasRenderingContext2D, top: number, bottom: number) => void,
): void {
  const scale = window.devicePixelRatio || 1;
  const width = area.clientWidth;
  const height = Math.min(area.clientHeight || layout.height, layout.height + 2 * MARGIN);
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const c = canvas.getContext("2d");
  if (!c) return;
  const top = area.scrollTop;
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  c.translate(MARGIN, MARGIN - top);
  paint(c, top - MARGIN, top + height);
}
