/** Draws the map. Pure drawing: the same tiles, layout and palette give the same picture. */
import { Region, Tile } from "../../../assembly/abi";
import { REGION, type Sight, tilesIn } from "../../view/tiles";
import { address } from "../numbers";
import { type Block, boxOf, type Layout, rowAt } from "./layout";
import type { Palette } from "./palette";
import { lookOf, type StateLook } from "./states";

type Context = CanvasRenderingContext2D;

/** From this side on a texture is readable; below, the fill alone carries the state. CSS pixels. */
const TEXTURED = 5;

/** One tile with its texture and edge. */
export function paintTile(c: Context, p: Palette, look: StateLook, x: number, y: number, w: number, h: number): void {
  const ink = p.ink[look.colour];
  c.fillStyle = p.fill[look.colour];
  c.fillRect(x, y, w, h);
  if (look.texture === "plain" || look.texture === "solid" || Math.min(w, h) < TEXTURED) return;
  c.save();
  c.beginPath();
  c.rect(x, y, w, h);
  c.clip();
  c.strokeStyle = ink;
  c.fillStyle = ink;
  c.lineWidth = 1.25;
  if (look.texture === "hatch") diagonals(c, x, y, w, h, 1);
  if (look.texture === "cross") {
    c.lineWidth = 1;
    diagonals(c, x, y, w, h, 1);
    diagonals(c, x, y, w, h, -1);
  }
  if (look.texture === "dots") dots(c, x, y, w, h);
  c.lineWidth = 2;
  if (look.texture === "empty") {
    c.lineWidth = 1;
    c.setLineDash([2, 2]);
    c.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  } else {
    c.strokeRect(x, y, w, h);
  }
  c.restore();
}

function diagonals(c: Context, x: number, y: number, w: number, h: number, slope: 1 | -1): void {
  const step = 4;
  c.beginPath();
  for (let d = -Math.ceil(h / step) * step; d < w; d += step) {
    c.moveTo(x + d, slope === 1 ? y + h : y);
    c.lineTo(x + d + h, slope === 1 ? y : y + h);
  }
  c.stroke();
}

function dots(c: Context, x: number, y: number, w: number, h: number): void {
  const step = 4;
  const offsetX = (w % step) / 2;
  const offsetY = (h % step) / 2;
  c.beginPath();
  for (let dy = offsetY + step / 2; dy < h; dy += step) {
    for (let dx = offsetX + step / 2; dx < w; dx += step) {
      c.moveTo(x + dx, y + dy);
      c.arc(x + dx, y + dy, 1, 0, 2 * Math.PI);
    }
  }
  c.fill();
}

/** A VMSA carries a mark of its own: a diamond, whatever the state under it. */
export function paintVmsa(c: Context, p: Palette, x: number, y: number, w: number, h: number): void {
  const r = Math.max(2, Math.min(w, h) / 2 - 1.5);
  const cx = x + w / 2;
  const cy = y + h / 2;
  c.beginPath();
  c.moveTo(cx, cy - r);
  c.lineTo(cx + r, cy);
  c.lineTo(cx, cy + r);
  c.lineTo(cx - r, cy);
  c.closePath();
  c.fillStyle = p.mark;
  c.fill();
  c.strokeStyle = p.text;
  c.lineWidth = 1;
  c.stroke();
}

/** Pictures made so far, a palette each: dropped with it. */
const made = new WeakMap<Palette, Map<string, HTMLCanvasElement>>();

/** One picture a kind of tile, so that thousands of textured cells cost a copy each. */
function spriteOf(p: Palette, tile: number, side: number, scale: number): HTMLCanvasElement {
  const kind = `${tile & (Tile.STATE | Tile.VMSA)} ${side} ${scale}`;
  const sprites = made.get(p) ?? new Map<string, HTMLCanvasElement>();
  made.set(p, sprites);
  const known = sprites.get(kind);
  if (known) return known;
  const sprite = document.createElement("canvas");
  sprite.width = sprite.height = Math.round(side * scale);
  const own = sprite.getContext("2d");
  if (own) {
    own.scale(scale, scale);
    paintTile(own, p, lookOf(tile & Tile.STATE), 0, 0, side, side);
    if (tile & Tile.VMSA) paintVmsa(own, p, 0, 0, side, side);
  }
  sprites.set(kind, sprite);
  return sprite;
}

/** One tile for all regions of a block, in as many parts as they have states. */
function paintWhole(c: Context, p: Palette, regions: Uint8Array, { region, count, x, y, width, height }: Block): void {
  for (let from = 0; from < count; ) {
    const tile = regions[region + from] ?? 0;
    let to = from + 1;
    while (to < count && regions[region + to] === tile) to++;
    const [left, right] = [x + (width * from) / count, x + (width * to) / count];
    paintTile(c, p, lookOf(tile & Tile.STATE), left, y, right - left, height);
    if (tile !== Region.MIXED && tile & Tile.VMSA) paintVmsa(c, p, left, y, right - left, height);
    from = to;
  }
}

/** Draws the part of the map between two heights (CSS pixels), with the addresses in the gutter. */
export function paintMap(c: Context, p: Palette, view: Sight, layout: Layout, top: number, bottom: number): void {
  const { columns, pitch } = layout;
  const scale = c.getTransform().a;
  c.font = p.font;
  c.textBaseline = "middle";
  for (const block of layout.blocks) {
    if (block.y > bottom || block.y + block.height < top) continue;
    const start = block.region * REGION;
    if (block.kind === "cells") {
      const last = Math.min(rowAt(block, bottom - block.y), REGION / columns - 1);
      const tiles = tilesIn(view.tiles, block.region);
      const alike = view.regions[block.region] ?? 0;
      for (let row = rowAt(block, top - block.y); row <= last; row++) {
        const y = block.rows[row] ?? 0;
        const height = (block.rows[row + 1] ?? y) - y - 1;
        const first = row * columns;
        let kind = -1;
        let sprite: HTMLCanvasElement | null = null;
        for (let i = 0; i < columns; i++) {
          // of a region whose tiles are on their way nothing is known
          const byte = alike !== Region.MIXED ? alike : (tiles?.[first + i] ?? 0);
          const tile = byte & (Tile.STATE | Tile.VMSA);
          if (!sprite || tile !== kind) sprite = spriteOf(p, tile, pitch - 1, scale);
          kind = tile;
          c.drawImage(sprite, block.x + i * pitch, block.y + y, pitch - 1, height);
        }
      }
    } else {
      paintWhole(c, p, view.regions, block);
    }
    if (!block.labelled || layout.gutter === 0) continue;
    c.fillStyle = p.label;
    const middle = block.kind === "folded" ? block.y + block.height / 2 : block.y + 6;
    c.fillText(address(start * 4096), 0, middle + 1);
  }
}

/** Outlines a page; `grow` moves the line outwards by CSS pixels. */
export function outline(c: Context, layout: Layout, pfn: number, colour: string, width: number, grow: number): void {
  const box = boxOf(layout, pfn);
  if (!box) return;
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.strokeRect(box.x - grow, box.y - grow, box.width + 2 * grow, box.height + 2 * grow);
}
