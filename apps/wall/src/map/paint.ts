import type { SymbolName } from '../panels/map/panel.js';
import { COLOURS, FONTS } from '../themes/tokens.js';
import { type Curve, onCurve } from './arcs.js';
import type { Cluster } from './cluster.js';
import type { Affine } from './geometry.js';
import type { Motion } from './motion.js';
import { type Raster, type Stamps, stampsOf } from './raster.js';
import { symbolPath, turns } from './symbols.js';
import { STANDINGS, type Standing } from './trust.js';

/** The canvas part of the map. Nothing here decides what is shown; it draws what it is given. */

const DARK = '#06101f';
/** px at 1080p */
const RADIUS = 5.5;
const HEADINGS = 36;
const TAU = Math.PI * 2;

/** Fill and line of a symbol by how far its value can be trusted. */
export function styleOf(standing: Standing, colour: string): { fill: string; line: string; dash: boolean } {
  switch (standing) {
    case 'attention':
      return { fill: '#ffffff', line: DARK, dash: false };
    case 'uncertain':
      return { fill: 'rgba(6,16,31,.85)', line: colour, dash: false };
    case 'stale':
    case 'none':
      return { fill: 'rgba(6,16,31,.7)', line: COLOURS.text3, dash: true };
    default:
      return { fill: colour, line: DARK, dash: false };
  }
}

/** A symbol in every standing and heading, drawn once: a frame copies from it two thousand times. */
export class SpriteSheet {
  /** an immutable picture: copying from a canvas that could still change costs a look at it each time */
  private readonly picture: ImageBitmap;
  /** the same, as pixels */
  readonly stamps: Stamps;
  readonly side: number;
  private readonly headings: number;

  constructor(symbol: SymbolName, colour: string, factor: number) {
    const radius = RADIUS * factor;
    this.side = Math.ceil(radius * 3.4);
    this.headings = turns(symbol) ? HEADINGS : 1;
    const canvas = new OffscreenCanvas(this.side * this.headings, this.side * STANDINGS.length);
    const ctx = canvas.getContext('2d', { willReadFrequently: true })!;
    const path = new Path2D(symbolPath(symbol));
    STANDINGS.forEach((standing, row) => {
      const style = styleOf(standing, colour);
      for (let turn = 0; turn < this.headings; turn++) {
        ctx.save();
        ctx.translate((turn + 0.5) * this.side, (row + 0.5) * this.side);
        ctx.rotate((turn / this.headings) * TAU);
        ctx.scale(radius, radius);
        ctx.fillStyle = style.fill;
        ctx.fill(path);
        // a dark rim round all: the symbol stands out from whatever colour is below
        ctx.lineJoin = 'round';
        ctx.lineWidth = 3 / RADIUS;
        ctx.strokeStyle = DARK;
        ctx.stroke(path);
        ctx.fill(path);
        if (style.line !== DARK) {
          ctx.lineWidth = 1.4 / RADIUS;
          ctx.strokeStyle = style.line;
          ctx.stroke(path);
        }
        ctx.restore();
      }
    });
    const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height);
    this.stamps = stampsOf(new Uint32Array(data.buffer), canvas.width, this.side);
    this.picture = canvas.transferToImageBitmap();
  }

  /** Where in the sheet a heading stands, degrees clockwise from north. */
  column(heading: number): number {
    return this.headings === 1 ? 0 : Math.round((heading / 360) * this.headings) % this.headings;
  }

  draw(ctx: CanvasRenderingContext2D, x: number, y: number, heading: number, standing: Standing): void {
    const turn = this.column(heading);
    const { side } = this;
    ctx.drawImage(
      this.picture,
      turn * side,
      STANDINGS.indexOf(standing) * side,
      side,
      side,
      Math.round(x - side / 2),
      Math.round(y - side / 2),
      side,
      side,
    );
  }
}

/** One layer of moving assets as the canvas needs it. */
export interface Movers {
  id: string;
  motion: Motion;
  /** made for the pixels of this screen */
  sheet: SpriteSheet;
  colour: string;
  tracks: boolean;
  standings: ReadonlyMap<string, Standing>;
}

/**
 * All moving assets of a layer as pixels, the worst standing on top.
 * @param ratio pixels of the screen a px
 */
export function stampMovers(raster: Raster, movers: Movers, affine: Affine, clock: number, ratio: number): void {
  const { x0, kx, y0, ky } = affine;
  const { stamps } = movers.sheet;
  const later: [row: number, column: number, x: number, y: number][] = [];
  movers.motion.each(clock, (key, lon, lat, heading) => {
    const row = STANDINGS.indexOf(movers.standings.get(key) ?? 'none');
    const column = movers.sheet.column(heading);
    const x = (x0 + lon * kx) * ratio;
    const y = (y0 + lat * ky) * ratio;
    if (row === 0) raster.stamp(stamps, column, row, x, y);
    else later.push([row, column, x, y]);
  });
  later.sort(([a], [b]) => a - b);
  for (const [row, column, x, y] of later) raster.stamp(stamps, column, row, x, y);
}

/** Ways of the last minutes, all of a layer in one stroke. */
export function paintTracks(
  ctx: CanvasRenderingContext2D,
  movers: Movers,
  affine: Affine,
  clock: number,
  factor: number,
): void {
  const { x0, kx, y0, ky } = affine;
  ctx.beginPath();
  movers.motion.each(clock, (key, lon, lat) => {
    const track = movers.motion.track(key);
    if (track.length < 2) return;
    track.forEach(([tLon, tLat], i) => {
      if (i === 0) ctx.moveTo(x0 + tLon * kx, y0 + tLat * ky);
      else ctx.lineTo(x0 + tLon * kx, y0 + tLat * ky);
    });
    ctx.lineTo(x0 + lon * kx, y0 + lat * ky);
  });
  ctx.strokeStyle = movers.colour;
  ctx.globalAlpha = 0.42;
  ctx.lineWidth = 1.3 * factor;
  ctx.lineJoin = 'round';
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** px at 1080p of a cluster's disc: it grows with the number of digits, not with the number. */
export function clusterRadius(count: number): number {
  return count === 1 ? RADIUS : 9.5 + 3.5 * Math.min(4, Math.log10(count));
}

/** A cluster where it is drawn, px, and where it belongs. */
type DrawnCluster = Cluster & { x: number; y: number; from: readonly [x: number, y: number] };

/** A disc that made room for a name says where it belongs; drawn below the names. */
export function paintTethers(
  ctx: CanvasRenderingContext2D,
  clusters: readonly DrawnCluster[],
  colour: string,
  factor: number,
): void {
  ctx.lineWidth = 1.2 * factor;
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  for (const { x, y, from, count } of clusters) {
    if (Math.hypot(x - from[0], y - from[1]) < clusterRadius(count) * factor) continue;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(...from);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(...from, 2.2 * factor, 0, TAU);
    ctx.fill();
  }
}

/** Clusters with their number, and assets that stand alone. */
export function paintClusters(
  ctx: CanvasRenderingContext2D,
  clusters: readonly DrawnCluster[],
  sheet: SpriteSheet,
  colour: string,
  factor: number,
): void {
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (const { x, y, count, worst } of clusters) {
    if (count === 1) {
      sheet.draw(ctx, x, y, 0, worst);
      continue;
    }
    const radius = clusterRadius(count) * factor;
    const attention = worst === 'attention';
    const old = worst === 'stale' || worst === 'none';
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, TAU);
    ctx.fillStyle = 'rgba(6,16,31,.9)';
    ctx.fill();
    ctx.lineWidth = (attention ? 3 : 2) * factor;
    ctx.strokeStyle = old ? COLOURS.text3 : attention ? '#ffffff' : colour;
    ctx.setLineDash(old ? [3.5 * factor, 2.5 * factor] : []);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = old ? COLOURS.text3 : COLOURS.text;
    ctx.font = `600 ${Math.max(13, 14 * factor)}px ${FONTS.number}`;
    ctx.fillText(count < 1000 ? String(count) : `${(count / 1000).toFixed(1)}k`, x, y + 0.5 * factor);
  }
}

/** Ring and cross hairs around what is selected. */
export function paintSelected(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  factor: number,
): void {
  for (const [width, colour] of [
    [4, DARK],
    [2, '#ffffff'],
  ] as const) {
    ctx.lineWidth = width * factor;
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, TAU);
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      ctx.moveTo(x + dx * radius, y + dy * radius);
      ctx.lineTo(x + dx * (radius + 5 * factor), y + dy * (radius + 5 * factor));
    }
    ctx.stroke();
  }
}

/** Lights that run along arcs, for theme show: one an arc, each at its own place on the way. */
export function paintLights(
  ctx: CanvasRenderingContext2D,
  curves: readonly Curve[],
  clock: number,
  factor: number,
): void {
  ctx.fillStyle = '#dff8ff';
  curves.forEach((curve, i) => {
    const share = (clock / 2600 + i * 0.37) % 1;
    for (let tail = 0; tail < 6; tail++) {
      const [x, y] = onCurve(curve, Math.max(0, share - tail * 0.018));
      ctx.globalAlpha = 0.9 - tail * 0.15;
      ctx.beginPath();
      ctx.arc(x, y, (2.6 - tail * 0.3) * factor, 0, TAU);
      ctx.fill();
    }
  });
  ctx.globalAlpha = 1;
}
