/** Draws the timeline. Only what is in sight is drawn, so its cost depends on the width and not on the run. */
import { Op, Outcome } from "../../../assembly/abi";
import type { Strip } from "../../runtime/protocol";
import { type Glyph, operation } from "../../trace/operations";
import type { Palette } from "../map/palette";
import { count } from "../numbers";
import type { Lanes } from "./lanes";

export const LANE = 24;
export const AXIS = 20;
/** Below this many CSS pixels an event, events of a pixel are drawn as one stroke. */
const GLYPHS_FROM = 3.5;

export interface Window {
  /** event (from 0, fractional) at the left edge */
  from: number;
  /** CSS pixels an event */
  pitch: number;
  width: number;
}

export interface Scene {
  strip: Strip;
  lanes: Lanes;
  repaired: ReadonlySet<number>;
  step: number;
}

type Context = CanvasRenderingContext2D;

function failed(scene: Scene, i: number): boolean {
  return (scene.strip[4 * i + 2] ?? 0) !== Outcome.DONE && !scene.repaired.has(i + 1);
}

export function paintTimeline(c: Context, p: Palette, scene: Scene, at: Window): void {
  const { lanes, of } = scene.lanes;
  c.lineWidth = 1;
  c.strokeStyle = p.rule;
  c.globalAlpha = 0.45;
  for (let lane = 0; lane < lanes.length; lane++) {
    const y = Math.round(lane * LANE + LANE / 2) + 0.5;
    c.beginPath();
    c.moveTo(0, y);
    c.lineTo(at.width, y);
    c.stroke();
  }
  c.globalAlpha = 1;
  paintAxis(c, p, scene, at);
  paintStep(c, p, scene, at);
  const first = Math.max(0, Math.floor(at.from) - 1);
  const end = Math.min(of.length, Math.ceil(at.from + at.width / at.pitch) + 1);
  if (at.pitch >= GLYPHS_FROM) {
    for (let i = first; i < end; i++) {
      const x = (i + 0.5 - at.from) * at.pitch;
      const y = (of[i] ?? 0) * LANE + LANE / 2;
      paintGlyph(c, p, scene, i, x, y, Math.min(5, at.pitch / 2));
    }
  } else {
    paintStrokes(c, p, scene, at, first, end);
  }
}

function paintGlyph(c: Context, p: Palette, scene: Scene, i: number, x: number, y: number, r: number): void {
  const bad = failed(scene, i);
  const past = i < scene.step;
  c.fillStyle = c.strokeStyle = bad ? p.vermilion : past ? p.text : p.label;
  if (bad) {
    c.lineWidth = 2;
    const d = Math.max(2.5, r - 0.5);
    c.beginPath();
    c.moveTo(x - d, y - d);
    c.lineTo(x + d, y + d);
    c.moveTo(x + d, y - d);
    c.lineTo(x - d, y + d);
    c.stroke();
    return;
  }
  c.lineWidth = 1.25;
  if (scene.repaired.has(i + 1)) {
    c.beginPath();
    c.arc(x, y, Math.max(1.5, r - 1), 0, 2 * Math.PI);
    c.stroke();
    return;
  }
  SHAPES[operation(scene.strip[4 * i] ?? Op.NONE).glyph](c, x, y, r);
}

const SHAPES: Record<Glyph, (c: Context, x: number, y: number, r: number) => void> = {
  rmp(c, x, y, r) {
    c.beginPath();
    c.arc(x, y, Math.max(1.5, r - 0.5), 0, 2 * Math.PI);
    c.fill();
  },
  update(c, x, y, r) {
    const d = Math.max(1.5, r - 1);
    c.fillRect(x - d, y - d, 2 * d, 2 * d);
  },
  access(c, x, y, r) {
    c.beginPath();
    c.moveTo(x, y - r);
    c.lineTo(x, y + r);
    c.stroke();
  },
  table(c, x, y, r) {
    const d = Math.max(1.2, r - 1.5);
    c.strokeRect(x - d, y - d, 2 * d, 2 * d);
  },
  exit(c, x, y, r) {
    polygon(c, [x, y - r, x + r, y, x, y + r, x - r, y]);
    c.stroke();
  },
  command(c, x, y, r) {
    polygon(c, [x, y - r, x + r, y + r * 0.8, x - r, y + r * 0.8]);
    c.fill();
  },
  register(c, x, y) {
    c.beginPath();
    c.arc(x, y, 1.5, 0, 2 * Math.PI);
    c.fill();
  },
};

function polygon(c: Context, points: number[]): void {
  c.beginPath();
  c.moveTo(points[0] ?? 0, points[1] ?? 0);
  for (let i = 2; i < points.length; i += 2) c.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
  c.closePath();
}

/** Many events a pixel: a stroke where a lane has any, taller and vermilion where one of them failed. */
function paintStrokes(c: Context, p: Palette, scene: Scene, at: Window, first: number, end: number): void {
  const { lanes, of } = scene.lanes;
  const columns = Math.ceil(at.width) + 1;
  const seen = new Uint8Array(lanes.length * columns);
  for (let i = first; i < end; i++) {
    const x = Math.floor((i + 0.5 - at.from) * at.pitch);
    if (x < 0 || x >= columns) continue;
    const cell = (of[i] ?? 0) * columns + x;
    seen[cell] = Math.max(seen[cell] ?? 0, failed(scene, i) ? 2 : 1);
  }
  for (const kind of [1, 2]) {
    c.fillStyle = kind === 2 ? p.vermilion : p.text;
    const half = kind === 2 ? 8 : 4;
    const wide = kind === 2 ? 2 : 1;
    for (let cell = 0; cell < seen.length; cell++) {
      if (seen[cell] !== kind) continue;
      const lane = Math.floor(cell / columns);
      c.fillRect(cell - lane * columns, lane * LANE + LANE / 2 - half, wide, 2 * half);
    }
  }
}

/** Event numbers at round distances. */
function paintAxis(c: Context, p: Palette, scene: Scene, at: Window): void {
  const events = scene.lanes.of.length;
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6].find(
    (n) => n * at.pitch >= 72,
  );
  if (!every) return;
  const y = scene.lanes.lanes.length * LANE;
  c.font = p.font;
  c.textBaseline = "alphabetic";
  c.textAlign = "center";
  c.fillStyle = p.label;
  const end = Math.min(events, at.from + at.width / at.pitch);
  for (let n = Math.max(every, Math.ceil(at.from / every) * every); n <= end; n += every) {
    const x = (n - 0.5 - at.from) * at.pitch;
    if (x < 12 || x > at.width - 16) continue;
    c.fillText(count(n), x, y + 14);
  }
  c.textAlign = "start";
}

/** The line through all lanes where the reader stands. */
function paintStep(c: Context, p: Palette, scene: Scene, at: Window): void {
  if (scene.lanes.of.length === 0) return;
  const x = Math.max(1, (scene.step - 0.5 - at.from) * at.pitch);
  if (x < -2 || x > at.width + 2) return;
  const height = scene.lanes.lanes.length * LANE;
  c.fillStyle = p.hue;
  const wide = Math.max(2, Math.min(14, at.pitch));
  c.globalAlpha = 0.2;
  c.fillRect(x - wide / 2, 0, wide, height);
  c.globalAlpha = 1;
  c.fillRect(x - 0.75, 0, 1.5, height);
}
