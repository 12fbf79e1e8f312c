import { bboxOf } from '@citywall/geo';

/** Plain planar geometry of the bundled outlines: projection, paths, centroids. No map library, no scale by transform. */
export type Ring = [number, number][];
export type Polygons = Ring[][];

interface GeoFeature {
  properties: Record<string, unknown> | null;
  geometry: { type: string; coordinates: unknown };
}

export interface Shape {
  name: string;
  polygons: Polygons;
}

/** Polygons of a FeatureCollection by name; other geometry is passed over. */
export function shapesOf(collection: { features: GeoFeature[] }): Shape[] {
  return collection.features.flatMap((feature) => {
    const { type, coordinates } = feature.geometry;
    const polygons = type === 'MultiPolygon' ? coordinates : type === 'Polygon' ? [coordinates] : null;
    return polygons ? [{ name: String(feature.properties?.name ?? ''), polygons: polygons as Polygons }] : [];
  });
}

export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Bounds of the shapes' outer rings. @throws Error where there are none: the outlines are part of the program. */
export function boundsOf(shapes: Shape[]): Bounds {
  const box = bboxOf(shapes.flatMap((shape) => shape.polygons.flatMap((polygon) => polygon[0] ?? [])));
  if (!box) throw new Error('no shapes');
  const [west, south, east, north] = box;
  return { west, south, east, north };
}

/** Degrees of longitude are this much shorter than degrees of latitude at the county (cos 30.2°): the county stays portrait. */
export const ASPECT = 0.864;

/** The same seen at an angle (theme show): what lies towards north is shortened, and the county fills a square. */
export const TILTED_ASPECT = 1.14;

export type Projection = (lon: number, lat: number) => [number, number];

/**
 * Equirectangular projection that fits `bounds` into a box, centred, true in shape.
 * @param inset px kept free at top, right, bottom, left
 * @param aspect width of a degree of longitude in degrees of latitude as drawn
 */
export function fitInto(
  bounds: Bounds,
  box: { width: number; height: number },
  inset: [number, number, number, number] = [0, 0, 0, 0],
  aspect = ASPECT,
): Projection {
  const [top, right, bottom, left] = inset;
  const width = Math.max(1, box.width - left - right);
  const height = Math.max(1, box.height - top - bottom);
  const scale = Math.min(width / ((bounds.east - bounds.west) * aspect), height / (bounds.north - bounds.south));
  const x0 = left + (width - (bounds.east - bounds.west) * aspect * scale) / 2;
  const y0 = top + (height - (bounds.north - bounds.south) * scale) / 2;
  return (lon, lat) => [x0 + (lon - bounds.west) * aspect * scale, y0 + (bounds.north - lat) * scale];
}

/** px from the top left corner of the box drawn into. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Shares of what stands in the corners that the map may give way to. */
const WAYS = [0, 0.25, 0.5, 0.75, 1];

/**
 * As `fitInto`, but names stay readable: of the largest that fit, the one in which none lies under what stands in the lower
 * corners of the box, or leaves it sideways. It gives way sideways where there is room and grows smaller only where there is none.
 * @param names degrees of the middle of each name
 * @param name px that a name needs around its place
 * @param corners what stands in the lower left and lower right corner
 */
export function fitBeside(
  bounds: Bounds,
  box: { width: number; height: number },
  [top, right, bottom, left]: [number, number, number, number],
  aspect: number,
  names: readonly (readonly [number, number])[],
  name: { width: number; height: number },
  corners: readonly [Area, Area],
): Projection {
  const [leftCorner, rightCorner] = corners;
  const high = Math.max(leftCorner.height, rightCorner.height);
  const covered = (project: Projection) =>
    names.filter(([lon, lat]) => {
      const [x, y] = project(lon, lat);
      if (x < name.width / 2 || x > box.width - name.width / 2) return true;
      return corners.some(
        (corner) =>
          Math.abs(x - corner.x - corner.width / 2) < (name.width + corner.width) / 2 &&
          Math.abs(y - corner.y - corner.height / 2) < (name.height + corner.height) / 2,
      );
    }).length;
  let best: { project: Projection; covered: number; scale: number } | null = null;
  for (const up of WAYS) {
    for (const fromRight of WAYS) {
      for (const fromLeft of WAYS) {
        const inset: [number, number, number, number] = [
          top,
          right + fromRight * rightCorner.width,
          bottom + up * high,
          left + fromLeft * leftCorner.width,
        ];
        const project = fitInto(bounds, box, inset, aspect);
        const found = { project, covered: covered(project), scale: affineOf(project).kx };
        const better =
          best === null ||
          found.covered < best.covered ||
          (found.covered === best.covered && found.scale > best.scale * 1.001);
        if (better) best = found;
      }
    }
  }
  return best?.project ?? fitInto(bounds, box, [top, right, bottom, left], aspect);
}

/** A projection as factors, for loops that project thousands of places a frame: x = x0 + lon · kx, y = y0 + lat · ky. */
export interface Affine {
  x0: number;
  kx: number;
  y0: number;
  ky: number;
}

/** The factors of a projection made by `fitInto`. */
export function affineOf(project: Projection): Affine {
  const [x0, y0] = project(0, 0);
  const [x1, y1] = project(1, 1);
  return { x0, kx: x1 - x0, y0, ky: y1 - y0 };
}

/** SVG path of polygons. */
export function pathOf(polygons: Polygons, project: Projection): string {
  return polygons
    .flatMap((polygon) =>
      polygon.map(
        (ring) =>
          `M${ring
            .map(([lon, lat]) =>
              project(lon, lat)
                .map((n) => n.toFixed(1))
                .join(' '),
            )
            .join('L')}Z`,
      ),
    )
    .join('');
}

/** Centre of gravity of the largest polygon: where its name stands. */
export function centroidOf(polygons: Polygons): [number, number] {
  let best: { area: number; x: number; y: number } | null = null;
  for (const polygon of polygons) {
    const ring = polygon[0] ?? [];
    let area = 0;
    let x = 0;
    let y = 0;
    for (let i = 0; i + 1 < ring.length; i++) {
      const [ax, ay] = ring[i]!;
      const [bx, by] = ring[i + 1]!;
      const cross = ax * by - bx * ay;
      area += cross;
      x += (ax + bx) * cross;
      y += (ay + by) * cross;
    }
    if (area !== 0 && (!best || Math.abs(area) > Math.abs(best.area)))
      best = { area, x: x / (3 * area), y: y / (3 * area) };
  }
  return best ? [best.x, best.y] : [0, 0];
}
