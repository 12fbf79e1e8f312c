/** Planar questions about degrees, good for a county: a position is `[lon, lat]`. */
export type Position = readonly [lon: number, lat: number, ...more: number[]];
/** closed or open, at least three corners */
export type Ring = readonly Position[];
/** outer ring, then holes */
export type PolygonRings = readonly Ring[];

/** west, south, east, north */
export type Bbox = readonly [west: number, south: number, east: number, north: number];

/** Smallest box around the positions; null where there is none. */
export function bboxOf(positions: Iterable<Position>): Bbox | null {
  let west = Number.POSITIVE_INFINITY;
  let south = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let north = Number.NEGATIVE_INFINITY;
  for (const [lon, lat] of positions) {
    if (lon < west) west = lon;
    if (lon > east) east = lon;
    if (lat < south) south = lat;
    if (lat > north) north = lat;
  }
  return west <= east && south <= north ? [west, south, east, north] : null;
}

export function inBbox(box: Bbox, lon: number, lat: number): boolean {
  return lon >= box[0] && lat >= box[1] && lon <= box[2] && lat <= box[3];
}

function crossings(ring: Ring, lon: number, lat: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i];
    const b = ring[j];
    if (!a || !b) continue;
    if (a[1] > lat !== b[1] > lat && lon < ((b[0] - a[0]) * (lat - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside;
}

/** Even-odd rule over outer ring and holes. A point on an edge belongs to one of its sides. */
export function inPolygon(rings: PolygonRings, lon: number, lat: number): boolean {
  let inside = false;
  for (const ring of rings) if (crossings(ring, lon, lat)) inside = !inside;
  return inside;
}

export function inMultiPolygon(polygons: readonly PolygonRings[], lon: number, lat: number): boolean {
  return polygons.some((rings) => inPolygon(rings, lon, lat));
}

/** IUGG mean radius, metres. */
const EARTH_RADIUS = 6_371_008.8;

/** Great-circle distance in metres (haversine; within 0.5 % of the ellipsoid). */
export function distance(a: Position, b: Position): number {
  const toRadians = Math.PI / 180;
  const dLat = (b[1] - a[1]) * toRadians;
  const dLon = (b[0] - a[0]) * toRadians;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * toRadians) * Math.cos(b[1] * toRadians) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
}

function offLine(p: Position, a: Position, b: Position): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length));
  return Math.hypot(p[0] - (a[0] + t * dx), p[1] - (a[1] + t * dy));
}

/** Ramer–Douglas–Peucker: drops what lies within `tolerance` degrees of the kept line. Ends stay. */
export function simplify<P extends Position>(line: readonly P[], tolerance: number): P[] {
  if (line.length <= 2) return [...line];
  const keep = new Uint8Array(line.length);
  keep[0] = 1;
  keep[line.length - 1] = 1;
  const spans: [number, number][] = [[0, line.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    const a = line[first];
    const b = line[last];
    let farthest = -1;
    let most = tolerance;
    for (let i = first + 1; i < last; i++) {
      const p = line[i];
      if (!p || !a || !b) continue;
      const off = offLine(p, a, b);
      if (off > most) {
        most = off;
        farthest = i;
      }
    }
    if (farthest > 0) {
      keep[farthest] = 1;
      spans.push([first, farthest], [farthest, last]);
    }
  }
  return line.filter((_, i) => keep[i] === 1);
}
