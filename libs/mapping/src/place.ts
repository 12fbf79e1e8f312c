import { type Crs, isLonLat, parseCrs, toWgs84 } from '@citywall/geo';
import type { Place } from '@citywall/model';
import type { Cursor, Read } from './cursor.js';
import type { Env, Where } from './env.js';
import { Failure, show } from './failure.js';
import type { PlaceSpec } from './feed-spec.js';
import { asObject, compileValue } from './value.js';

const DECIMAL = /^[+-]?\d{1,3}(\.\d{1,20})?$/;

function degrees(value: unknown): number | undefined | Failure {
  if (typeof value === 'number' || value === undefined || value instanceof Failure) return value;
  if (typeof value === 'string' && DECIMAL.test(value.trim())) return Number(value);
  return new Failure('type', `${show(value)} is no number of degrees`);
}

function compileCrs(spec: PlaceSpec['crs'], env: Env, where: Where): Read {
  if (spec === undefined) return () => 'WGS84';
  if (typeof spec === 'string') {
    const crs = parseCrs(spec);
    if (!crs) env.problem(where, `${show(spec)} is no datum; there is WGS84, CGCS2000, GCJ02, BD09`);
    return () => crs ?? 'WGS84';
  }
  const { read } = compileValue(spec, env, where, 'crs');
  return (cursor) => {
    const name = read(cursor);
    if (name === undefined || name instanceof Failure) return name;
    const text = String(name);
    return parseCrs(text) ?? new Failure('value', `${show(text)} is no datum`);
  };
}

/** A place in WGS-84; undefined where a coordinate or the datum is missing. Seven decimals (about 1 cm) are kept. */
export function compilePlace(spec: PlaceSpec, env: Env, where: Where): (cursor: Cursor) => Place | undefined | Failure {
  const lonOf = compileValue(asObject(spec.lon), env, [...where, 'lon'], 'lon').read;
  const latOf = compileValue(asObject(spec.lat), env, [...where, 'lat'], 'lat').read;
  const crsOf = compileCrs(spec.crs, env, [...where, 'crs']);
  return (cursor) => {
    const lon = degrees(lonOf(cursor));
    const lat = degrees(latOf(cursor));
    const crs = crsOf(cursor) as Crs | Failure | undefined;
    if (lon instanceof Failure) return lon;
    if (lat instanceof Failure) return lat;
    if (crs instanceof Failure) return crs;
    if (lon === undefined || lat === undefined || crs === undefined) return undefined;
    if (!isLonLat(lon, lat)) return new Failure('value', `${lon}, ${lat} is not on the globe`);
    const place = toWgs84(crs, lon, lat);
    return crs === 'WGS84' || crs === 'CGCS2000'
      ? place
      : { lon: Math.round(place.lon * 1e7) / 1e7, lat: Math.round(place.lat * 1e7) / 1e7 };
  };
}
