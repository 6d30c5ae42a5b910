/** A canvas as large as the part of the map that is in sight, and what of the map it shows. */
import type { Layout } from "./layout";

/** Room around the map for outlines, in CSS pixels. */
export const MARGIN = 3;

/** The part of the map in sight, in CSS pixels: asking the document for it would have it laid out in between. */
export interface Sight {
  width: number;
  /** 0 before it is known: then all of the map */
  height: number;
  /** how far it is scrolled */
  top: number;
}

export interface Surface {
  c: CanvasRenderingContext2D;
  /** heights of the map between which it is in sight, in CSS pixels */
  top: number;
  bottom: number;
}

/** Cleared, scaled to the screen's pixels and moved, so that drawing is in the map's own CSS pixels. */
export function surfaceOf(canvas: HTMLCanvasElement, sight: Sight, layout: Layout): Surface | null {
  const c = canvas.getContext("2d");
  if (!c) return null;
  const scale = window.devicePixelRatio || 1;
  const { width, top } = sight;
  const whole = layout.height + 2 * MARGIN;
  const height = Math.min(sight.height || whole, whole);
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  c.translate(MARGIN, MARGIN - top);
  return { c, top: top - MARGIN, bottom: top + height };
}
