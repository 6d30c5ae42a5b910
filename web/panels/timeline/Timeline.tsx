/**
 * Everything that happened, one lane an actor and a glyph an event. A pointer scrubs; the wheel moves, and zooms with
 * Ctrl. For the keyboard and for screen readers the slider of the transport is the same thing.
 */
import { type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Op } from "../../../assembly/abi";
import { goTo, pause } from "../../store/step";
import { ui } from "../../store/ui";
import { operation } from "../../trace/operations";
import { useElementSize } from "../use-element-size";
import { usePalette } from "../use-palette";
import { findLanes, outcomeName } from "./lanes";
import { AXIS, LANE, paintTimeline, type Scene, type Window } from "./paint";

/** Below this width, in CSS pixels, the numbers under the lanes give way to the slider above them. */
const NARROW = 420;
const WIDEST = 26;
const EMPTY = new Uint8Array(0);

/** The window that shows the step: what it was, moved as little as needed. */
function windowFor(old: number, events: number, pitch: number, width: number, step: number): Window {
  if (width === 0 || events === 0) return { from: 0, pitch: 1, width };
  const shown = width / pitch;
  let from = old;
  const margin = Math.min(3, shown / 4);
  if (step - 1 < from + margin) from = step - 1 - margin;
  if (step > from + shown - margin) from = step - shown + margin;
  return { from: Math.max(0, Math.min(from, events - shown)), pitch, width };
}

export function Timeline({ zoom }: { zoom: number }) {
  const strip = ui((s) => s.result?.strip ?? EMPTY);
  const step = ui((s) => s.step);
  const repaired = ui((s) => s.failures.repaired);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(box);
  const { height: room } = useElementSize(frame);
  const palette = usePalette(box);
  const lanes = useMemo(() => findLanes(strip), [strip]);
  const events = lanes.of.length;
  const left = useRef(0);
  const [over, setOver] = useState<{ event: number; x: number; lane: number } | null>(null);
  const [, redraw] = useState(0);

  const fit = Math.min(WIDEST, width / Math.max(1, events));
  const pitch = Math.min(WIDEST, Math.max(fit, fit * zoom));
  const at = windowFor(left.current, events, pitch, width, step);
  left.current = at.from;
  const height = lanes.lanes.length * LANE + (width < NARROW ? 0 : AXIS);

  useLayoutEffect(() => {
    const { current: element } = canvas;
    if (!element || !palette || width === 0) return;
    const scale = window.devicePixelRatio || 1;
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    const c = element.getContext("2d");
    if (!c) return;
    c.scale(scale, scale);
    const scene: Scene = { strip, lanes, repaired, step };
    paintTimeline(c, palette, scene, at);
  });

  // React listens to the wheel passively; here it must not scroll the page.
  useEffect(() => {
    const element = canvas.current;
    const onWheel = (event: WheelEvent) => {
      const by = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
      if (by === 0) return;
      event.preventDefault();
      left.current += by / pitch;
      redraw((n) => n + 1);
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [pitch]);

  const eventAt = (event: PointerEvent) => {
    const { left: start, top } = event.currentTarget.getBoundingClientRect();
    const x = event.clientX - start;
    const index = Math.floor(at.from + x / pitch);
    const lane = Math.floor((event.clientY - top) / LANE);
    return { event: Math.max(0, Math.min(events - 1, index)), x, lane };
  };

  const scrub = (event: PointerEvent) => {
    pause();
    void goTo(eventAt(event).event + 1);
  };

  return (
    <div className="timeline" ref={frame} tabIndex={room > 0 && room < height ? 0 : undefined}>
      <ul className="lane-names" aria-hidden="true">
        {lanes.lanes.map((lane) => (
          <li key={lane.key}>{lane.name}</li>
        ))}
      </ul>
      <div ref={box} className="lanes" style={{ height }}>
        <canvas
          ref={canvas}
          style={{ width, height }}
          onPointerDown={(event) => {
            if (event.button !== 0 || events === 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            scrub(event);
          }}
          onPointerMove={(event) => {
            if (events === 0) return;
            if (event.buttons & 1) scrub(event);
            setOver(eventAt(event));
          }}
          onPointerLeave={() => setOver(null)}
        />
        {over && events > 0 ? <Hint over={over} strip={strip} width={width} /> : null}
      </div>
    </div>
  );
}

function Hint({ over, strip, width }: { over: { event: number; x: number }; strip: Uint8Array; width: number }) {
  const i = over.event * 4;
  const outcome = outcomeName(strip[i + 2] ?? 0);
  const side = over.x > width / 2 ? { right: width - over.x + 10 } : { left: over.x + 10 };
  return (
    <p className="hint" style={side} aria-hidden="true">
      <span className="muted">{over.event + 1}</span> {operation(strip[i] ?? Op.NONE).name}{" "}
      {outcome ? <b>{outcome}</b> : null}
    </p>
  );
}
