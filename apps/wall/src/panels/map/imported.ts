import type { Words } from '@citywall/model';
import type { Projection } from '../../map/geometry.js';

/** Lines and areas an operator supplied, as the server gives them: WGS-84, checked. */
export interface ImportedLayer {
  /** `system/id` */
  id: string;
  name: Words;
  style: ImportStyle;
  imported: boolean;
  /** absent where nothing is imported */
  source?: string;
  licence?: string;
  /** changes with the content */
  version?: string;
}

export type ImportStyle = 'river' | 'road' | 'railway' | 'boundary' | 'area' | 'places';

type Position = [number, number, ...number[]];
export type Geometry =
  | { type: 'Point'; coordinates: Position }
  | { type: 'MultiPoint' | 'LineString'; coordinates: Position[] }
  | { type: 'MultiLineString' | 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] };

export interface DrawnImport {
  id: string;
  style: ImportStyle;
  lines: string;
  areas: string;
  points: [number, number][];
  /** px at 1080p */
  width: number;
}

const WIDTHS: Record<ImportStyle, number> = { river: 2, road: 1.6, railway: 1.6, boundary: 1.2, area: 1, places: 1 };

/** Paths of an imported layer on this map. */
export function drawImport(
  id: string,
  style: ImportStyle,
  geometries: readonly Geometry[],
  project: Projection,
): DrawnImport {
  const drawn: DrawnImport = { id, style, lines: '', areas: '', points: [], width: WIDTHS[style] };
  const line = (positions: readonly Position[], closed: boolean): string =>
    positions.length < 2
      ? ''
      : `M${positions
          .map(([lon, lat]) =>
            project(lon, lat)
              .map((n) => n.toFixed(1))
              .join(' '),
          )
          .join('L')}${closed ? 'Z' : ''}`;
  for (const geometry of geometries) {
    switch (geometry.type) {
      case 'Point':
        drawn.points.push(project(geometry.coordinates[0], geometry.coordinates[1]));
        break;
      case 'MultiPoint':
        for (const [lon, lat] of geometry.coordinates) drawn.points.push(project(lon, lat));
        break;
      case 'LineString':
        drawn.lines += line(geometry.coordinates, false);
        break;
      case 'MultiLineString':
        drawn.lines += geometry.coordinates.map((part) => line(part, false)).join('');
        break;
      case 'Polygon':
        drawn.areas += geometry.coordinates.map((ring) => line(ring, true)).join('');
        break;
      case 'MultiPolygon':
        drawn.areas += geometry.coordinates.flatMap((rings) => rings.map((ring) => line(ring, true))).join('');
        break;
    }
  }
  return drawn;
}
