/**
 * The RMP, one tile a page. A grid for the keyboard: arrows move from page to page, Enter opens or folds a region, and
 * the page that is reached is spoken.
 */
import { type KeyboardEvent, type MouseEvent, useRef, useState } from "react";
import { Tile } from "../../../assembly/abi";
import { select } from "../../store/step";
import { ui } from "../../store/ui";
import { REGION, type Sight, tileAt } from "../../view/tiles";
import { address, plural } from "../numbers";
import { useElementSize } from "../use-element-size";
import { describe, pageByKey } from "./cell";
import { blockOf, type Layout, pageAt } from "./layout";
import { MapCanvas } from "./MapCanvas";
import { lookOf } from "./states";
import { MARGIN } from "./surface";
import { useMapLayout } from "./use-map-layout";

interface Props {
  /** cells in a row; 0 for what fits */
  columns: number;
  /** every page at full size */
  all: boolean;
}

export function RmpMap({ columns, all }: Props) {
  const view = ui((s) => s.view);
  const spa = ui((s) => s.spa);
  const scroller = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [over, setOver] = useState<number | null>(null);
  const size = useElementSize(scroller);
  const layout = useMapLayout(size.width - 2 * MARGIN, columns, all, chosen);
  const selected = spa === null ? null : spa / 4096;

  const onKeyDown = (event: KeyboardEvent) => {
    if (!layout || !view) return;
    const from = selected ?? 0;
    const to = pageByKey(event.key, from, layout.columns, view.pages);
    if (to !== null) void select(to * 4096);
    else if (event.key === "Enter" || event.key === " ") setChosen((old) => toggled(old, Math.floor(from / REGION)));
    else return;
    event.preventDefault();
  };

  const at = (event: MouseEvent) => {
    const area = scroller.current;
    if (!layout || !area) return null;
    const { left, top } = area.getBoundingClientRect();
    return pageAt(layout, event.clientX - left - MARGIN, event.clientY - top + area.scrollTop - MARGIN);
  };

  const onClick = (event: MouseEvent) => {
    const pfn = at(event);
    if (pfn === null) return;
    if (foldedAt(layout, pfn) > 0) setChosen((old) => toggled(old, Math.floor(pfn / REGION)));
    void select(pfn * 4096);
  };

  const told = over ?? selected;
  const columnsNow = layout?.columns ?? 1;
  return (
    <div className="map">
      {/* biome-ignore lint/a11y/useSemanticElements: a grid of up to 16 Mi cells is drawn; one cell of it is in the document */}
      <div
        ref={scroller}
        className="map-scroll"
        role="grid"
        tabIndex={0}
        aria-label="RMP, one cell a page. Arrow keys move, Page Up and Page Down move by 2 MiB, Enter opens or folds a region."
        aria-rowcount={Math.ceil((view?.pages ?? 1) / columnsNow)}
        aria-colcount={columnsNow}
        aria-activedescendant="rmp-cell"
        onKeyDown={onKeyDown}
        onClick={onClick}
        onPointerMove={(event) => setOver(at(event))}
        onPointerLeave={() => setOver(null)}
      >
        <div className="map-space" style={layout ? { height: layout.height + 2 * MARGIN } : undefined}>
          <MapCanvas view={view} layout={layout} selected={selected} scroller={scroller} size={size} />
          {layout ? null : <MapSkeleton />}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a row of the grid above */}
        <div role="row" tabIndex={-1} className="sr" aria-rowindex={Math.floor((selected ?? 0) / columnsNow) + 1}>
          {/* biome-ignore lint/a11y/useSemanticElements: a cell of the grid above */}
          <div
            role="gridcell"
            tabIndex={-1}
            id="rmp-cell"
            aria-selected={selected !== null}
            aria-colindex={((selected ?? 0) % columnsNow) + 1}
          >
            {view && selected !== null ? describe(view, selected) : "no page selected"}
          </div>
        </div>
      </div>
      <p className="map-status small" aria-hidden="true">
        {view && told !== null ? <Told view={view} pfn={told} folded={foldedAt(layout, told)} /> : "\u00a0"}
      </p>
    </div>
  );
}

/** What the pointer is over, or what is selected. */
function Told({ view, pfn, folded }: { view: Sight; pfn: number; folded: number }) {
  const tile = tileAt(view, pfn) ?? 0;
  const look = lookOf(tile & Tile.STATE);
  return (
    <>
      <code>{address(pfn * 4096)}</code>
      <b>{look.name}</b>
      {tile & Tile.VMSA ? <b>VMSA</b> : null}
      <span className="muted">
        {folded > 0 ? `${plural(folded * REGION, "page")} folded; click to open the first ${REGION}` : look.means}
      </span>
    </>
  );
}

/** The layout to come, while the machine starts. */
function MapSkeleton() {
  return (
    <div className="map-skeleton skeleton" aria-hidden="true">
      {["a", "b", "c", "d", "e"].map((row) => (
        <i key={row} />
      ))}
    </div>
  );
}

/** How many regions the folded tile of a page stands for; 0 when it is not folded. */
function foldedAt(layout: Layout | null, pfn: number): number {
  const block = layout && blockOf(layout, Math.floor(pfn / REGION));
  return block?.kind === "folded" ? block.count : 0;
}

function toggled(old: ReadonlySet<number>, region: number): ReadonlySet<number> {
  const next = new Set(old);
  if (!next.delete(region)) next.add(region);
  return next;
}
