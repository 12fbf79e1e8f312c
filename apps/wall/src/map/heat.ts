/** Kernel density of weighted places on a coarse grid. */
export interface HeatPoint {
  /** px of the map */
  x: number;
  y: number;
  weight: number;
}

export interface HeatGrid {
  columns: number;
  rows: number;
  /** px a cell */
  cell: number;
  /** weight a km², row by row */
  density: Float32Array;
  max: number;
}

/**
 * Density by a Gaussian kernel of `radius` px (its standard deviation is half of that), cut off at `radius`, each point
 * spread so that its parts sum up to its weight: the grid is weight a km², whatever the radius.
 * @param kmPerPx km a px across and down (they differ where the map is seen at an angle)
 */
export function heatOf(
  points: readonly HeatPoint[],
  box: { width: number; height: number },
  radius: number,
  kmPerPx: [across: number, down: number],
  cell = 4,
): HeatGrid {
  const columns = Math.max(1, Math.ceil(box.width / cell));
  const rows = Math.max(1, Math.ceil(box.height / cell));
  const density = new Float32Array(columns * rows);
  const reach = Math.max(1, Math.ceil(radius / cell));
  const kernel = kernelOf(reach, radius / cell / 2);
  const areaOfCell = cell * kmPerPx[0] * cell * kmPerPx[1];
  for (const { x, y, weight } of points) {
    if (!(weight > 0)) continue;
    const column = Math.floor(x / cell);
    const row = Math.floor(y / cell);
    for (let dy = -reach; dy <= reach; dy++) {
      const r = row + dy;
      if (r < 0 || r >= rows) continue;
      for (let dx = -reach; dx <= reach; dx++) {
        const c = column + dx;
        if (c < 0 || c >= columns) continue;
        const at = r * columns + c;
        density[at] = density[at]! + (weight * kernel[(dy + reach) * (2 * reach + 1) + dx + reach]!) / areaOfCell;
      }
    }
  }
  let max = 0;
  for (const value of density) if (value > max) max = value;
  return { columns, rows, cell, density, max };
}

/** Shares of a point by distance; they sum up to 1. */
function kernelOf(reach: number, deviation: number): Float64Array {
  const side = 2 * reach + 1;
  const kernel = new Float64Array(side * side);
  let sum = 0;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const far = Math.hypot(dx, dy);
      if (far > reach) continue;
      const share = Math.exp(-(far * far) / (2 * deviation * deviation));
      kernel[(dy + reach) * side + dx + reach] = share;
      sum += share;
    }
  }
  return kernel.map((share) => share / sum);
}

/** A rounded figure at or above `max` for the legend's end: 1, 2 or 5 times a power of ten. */
export function roundedUp(max: number): number {
  if (!(max > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  return ([1, 2, 5, 10].find((step) => step * power >= max * 0.999) ?? 10) * power;
}

/**
 * What the last colour stands for: the rounded 97th percentile of where there is anything, so that one peak doesn't leave
 * all others dark. Above it the colour stays; the legend says `+`.
 */
export function heatFull(grid: HeatGrid): number {
  const some = [...grid.density].filter((value) => value > grid.max * 0.002).sort((a, b) => a - b);
  return roundedUp(some[Math.floor(some.length * 0.97)] ?? grid.max);
}

/**
 * The grid as RGBA: colours between the ramp's steps by the share of `full`, transparent below 4 % of it, so that the map
 * under it can be read.
 */
export function heatPixels(grid: HeatGrid, ramp: readonly string[], full: number): Uint8ClampedArray<ArrayBuffer> {
  const colours = ramp.map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  const pixels = new Uint8ClampedArray(grid.columns * grid.rows * 4);
  grid.density.forEach((value, i) => {
    const share = Math.min(1, value / full);
    if (share < 0.04) return;
    const place = share * (colours.length - 1);
    const low = colours[Math.floor(place)]!;
    const high = colours[Math.min(colours.length - 1, Math.floor(place) + 1)]!;
    const part = place - Math.floor(place);
    for (let k = 0; k < 3; k++) pixels[i * 4 + k] = low[k]! + (high[k]! - low[k]!) * part;
    pixels[i * 4 + 3] = 255 * Math.min(0.9, 0.45 + share * 0.6);
  });
  return pixels;
}
