/**
 * Panes beside or above each other, with separators that a hand or the arrow keys move. Sizes are remembered. Written
 * here because two rows of panes need a hundredth of what a layout library brings.
 */
import {
  type CSSProperties,
  Fragment,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useRef,
  useState,
} from "react";
import { set, settings } from "../store/settings";

export interface Pane {
  id: string;
  /** a share of the room that is left, or CSS pixels */
  unit: "share" | "px";
  size: number;
  /** CSS pixels */
  min: number;
  /** what the separator after this pane does, for screen readers; absent on the last pane */
  separator?: string;
  content: ReactNode;
}

interface Props {
  /** its sizes are the setting `panes.` and this */
  id: "across" | "down";
  axis: "x" | "y";
  panes: Pane[];
}

/** CSS pixels that an arrow key moves a separator. */
const STEP = 24;

function remembered(id: Props["id"], panes: Pane[]): number[] {
  const kept = settings.getState()[`panes.${id}`];
  return kept.length === panes.length ? kept : panes.map(({ size }) => size);
}

export function Split({ id, axis, panes }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [sizes, setSizes] = useState(() => remembered(id, panes));
  const drag = useRef<{ from: number; a: number; b: number } | null>(null);

  /** Sizes in CSS pixels of the panes on both sides of separator `i`, as they are drawn. */
  const measure = (i: number): [number, number] => {
    const drawn = [...(box.current?.children ?? [])].filter((child) => child.classList.contains("pane"));
    const side = (pane: Element | undefined) => pane?.getBoundingClientRect()[axis === "x" ? "width" : "height"] ?? 0;
    return [side(drawn[i]), side(drawn[i + 1])];
  };

  /** Gives pane `i` `a` of the pixels that it shares with the next, as far as both stay above their least size. */
  const move = (i: number, a: number, both: number) => {
    const [one, other] = [panes[i], panes[i + 1]];
    if (!one || !other || both === 0) return;
    const first = Math.max(Math.min(one.min, both), Math.min(a, both - other.min));
    setSizes((old) => {
      const shares = (one.unit === "share" ? (old[i] ?? 0) : 0) + (other.unit === "share" ? (old[i + 1] ?? 0) : 0);
      const asPane = (pane: Pane, px: number, was: number) =>
        pane.unit === "px" ? px : one.unit === other.unit ? (shares * px) / both : was;
      const next = [...old];
      next[i] = asPane(one, first, old[i] ?? one.size);
      next[i + 1] = asPane(other, both - first, old[i + 1] ?? other.size);
      set(
        `panes.${id}`,
        next.map((size) => Number(size.toFixed(3))),
      );
      return next;
    });
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>, i: number) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const [a, b] = measure(i);
    drag.current = { from: axis === "x" ? event.clientX : event.clientY, a, b };
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>, i: number) => {
    if (!drag.current || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { from, a, b } = drag.current;
    move(i, a + (axis === "x" ? event.clientX : event.clientY) - from, a + b);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>, i: number) => {
    const [less, more] = axis === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const [a, b] = measure(i);
    if (event.key === less) move(i, a - STEP, a + b);
    else if (event.key === more) move(i, a + STEP, a + b);
    else if (event.key === "Home") move(i, 0, a + b);
    else if (event.key === "End") move(i, a + b, a + b);
    else if (event.key === "Enter") setSizes(panes.map(({ size }) => size));
    else return;
    event.preventDefault();
  };

  const tracks = panes
    .map(({ unit }, i) => (unit === "px" ? `${sizes[i]}px` : `minmax(0, ${sizes[i]}fr)`))
    .join(" 1px ");
  const style: CSSProperties = axis === "x" ? { gridTemplateColumns: tracks } : { gridTemplateRows: tracks };
  const shares = panes.reduce((sum, { unit }, i) => sum + (unit === "share" ? (sizes[i] ?? 0) : 0), 0);
  return (
    <div className="split" data-axis={axis} ref={box} style={style}>
      {panes.map(({ id: pane, separator, content, unit }, i) => (
        <Fragment key={pane}>
          <div className="pane" id={`pane-${pane}`}>
            {content}
          </div>
          {separator ? (
            // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be moved
            <div
              role="separator"
              className="splitter"
              tabIndex={0}
              aria-label={separator}
              aria-controls={`pane-${pane}`}
              aria-orientation={axis === "x" ? "vertical" : "horizontal"}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.round(100 * (unit === "share" ? (sizes[i] ?? 0) / shares : 1))}
              title="Drag, or use the arrow keys; a double click puts it back"
              onPointerDown={(event) => onPointerDown(event, i)}
              onPointerMove={(event) => onPointerMove(event, i)}
              onPointerUp={() => {
                drag.current = null;
              }}
              onDoubleClick={() => setSizes(panes.map(({ size }) => size))}
              onKeyDown={(event) => onKeyDown(event, i)}
            />
          ) : null}
        </Fragment>
      ))}
    </div>
  );
}
