import { type Crs, parseCrs, toWgs84 } from '@citywall/geo';
import type { Words } from '@citywall/model';
import { type ImportedGeometry, importedFeature, type MapLayerEntry } from './files/map.js';
import { isMap } from './merge.js';
import type { PathStep } from './problem.js';
import { hash } from './scene.js';
import type { Entry, PackSource } from './source.js';

/** Most positions of one file: a county's rivers in full detail have some ten thousand. */
export const MAX_POSITIONS = 50_000;
/** Decimals kept of a degree: about a decimetre. */
const DECIMALS = 6;

/** A layer an operator may import, with what was imported: WGS-84, checked. */
export interface ImportedMapLayer {
  id: string;
  name: Words;
  style: MapLayerEntry['style'];
  /** absent: nothing is imported yet */
  geometries?: ImportedGeometry[];
  /** changes with the geometries */
  version?: string;
  source?: string;
  licence?: string;
  datum?: Crs;
}

/** Reads `map/<file>` of every layer that names one; what is wrong is reported at its line. */
export function readMapLayers(entries: readonly Entry<MapLayerEntry>[], source: PackSource): ImportedMapLayer[] {
  return entries.map((entry) => {
    const { value } = entry;
    const { id, name, style } = value;
    const crs = datumOf(entry, source);
    if (value.file === undefined) return { id, name, style };
    const geometries = crs === undefined ? undefined : read(entry, crs, source);
    return {
      id,
      name,
      style,
      ...(geometries === undefined ? {} : { geometries, version: hash(JSON.stringify(geometries)) }),
      ...(value.source === undefined ? {} : { source: value.source }),
      ...(value.licence === undefined ? {} : { licence: value.licence }),
      ...(crs === undefined ? {} : { datum: crs }),
    };
  });
}

/** A file without its source, terms or datum is not taken: the wall credits what it draws, and draws it in its place. */
function datumOf({ value, raw, path }: Entry<MapLayerEntry>, source: PackSource): Crs | undefined {
  if (value.file === undefined) return undefined;
  const report = (at: PathStep[], message: string) => source.report(raw, at, message, { base: path, file: 'map.yaml' });
  for (const what of ['source', 'licence', 'datum'] as const) {
    if (value[what] === undefined) report(['file'], `a layer with a file says its ${what}; add "${what}"`);
  }
  if (value.datum === undefined) return undefined;
  const crs = parseCrs(value.datum);
  if (crs === null) report(['datum'], `unknown datum "${value.datum}"; one of WGS-84, CGCS2000, GCJ-02, BD-09`);
  return crs ?? undefined;
}

function read(
  { value, raw, path }: Entry<MapLayerEntry>,
  crs: Crs,
  source: PackSource,
): ImportedGeometry[] | undefined {
  const name = `map/${value.file}`;
  const file = source.read(name);
  if (file === undefined) {
    source.report(raw, ['file'], `there is no ${name} in this pack`, { base: path, file: 'map.yaml' });
    return undefined;
  }
  if (file.broken) return undefined;
  const features = isMap(file.value) && file.value.type === 'FeatureCollection' ? file.value.features : undefined;
  if (!Array.isArray(features)) {
    source.report(file.value, [], 'expected a GeoJSON FeatureCollection with "features"', { file: name });
    return undefined;
  }
  const reader = new PositionReader(crs, value.bounds, source, name);
  const geometries: ImportedGeometry[] = [];
  for (const [index, feature] of features.entries()) {
    const good = source.check(importedFeature, feature, ['features', index], name);
    if (good === undefined) continue;
    const coordinates = reader.convert(
      good.geometry.coordinates,
      feature,
      ['geometry', 'coordinates'],
      ['features', index],
    );
    geometries.push({ type: good.geometry.type, coordinates } as ImportedGeometry);
    if (reader.stopped) break;
  }
  return reader.stopped ? undefined : geometries;
}

/** Converts positions to WGS-84; reports the first that lies outside, and how many more do. */
class PositionReader {
  stopped = false;
  private count = 0;

  constructor(
    private readonly crs: Crs,
    private readonly bounds: MapLayerEntry['bounds'],
    private readonly source: PackSource,
    private readonly file: string,
  ) {}

  convert(coordinates: unknown, feature: unknown, path: PathStep[], base: PathStep[]): unknown {
    if (!Array.isArray(coordinates) || this.stopped) return coordinates;
    if (typeof coordinates[0] !== 'number') {
      return coordinates.map((inner, index) => this.convert(inner, feature, [...path, index], base));
    }
    const report = (message: string) => {
      this.source.report(feature, path, message, { base, file: this.file });
      this.stopped = true;
    };
    this.count += 1;
    if (this.count > MAX_POSITIONS) {
      report(`more than ${MAX_POSITIONS} positions; simplify the layer before importing it`);
      return coordinates;
    }
    const [lon = Number.NaN, lat = Number.NaN] = coordinates as number[];
    if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) {
      report(`[${lon}, ${lat}] is no place in degrees; expected [lon, lat], not metres of a projection`);
      return coordinates;
    }
    const place = toWgs84(this.crs, lon, lat);
    const [west, south, east, north] = this.bounds ?? [-180, -90, 180, 90];
    if (place.lon < west || place.lon > east || place.lat < south || place.lat > north) {
      report(
        `[${lon}, ${lat}] lies outside the bounds [${west}, ${south}, ${east}, ${north}]; expected [lon, lat], and the datum it was surveyed in`,
      );
      return coordinates;
    }
    return [Number(place.lon.toFixed(DECIMALS)), Number(place.lat.toFixed(DECIMALS))];
  }
}
