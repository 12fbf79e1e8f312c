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

const PAIR = /^\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d{1,20})?)(?:[\s,;]|$)/;
const GEOMETRY_DEPTH = 6;
const MAX_POSITIONS = 10_000;

/** The positions of a geometry, at most so many; its box is enough here. */
function positionsOf(value: unknown, into: [number, number][], depth = 0): void {
  if (depth > GEOMETRY_DEPTH || into.length >= MAX_POSITIONS || !Array.isArray(value)) return;
  if (typeof value[0] === 'number' && typeof value[1] === 'number') into.push([value[0], value[1]]);
  else for (const part of value as unknown[]) positionsOf(part, into, depth + 1);
}

/** Longitude and latitude of a GeoJSON feature, geometry or collection: of more than a point the middle of the box. */
function ofGeoJson(value: object, depth = 0): [number, number] | undefined | Failure {
  const own = (name: string): unknown =>
    Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  const inner = own('geometry') ?? (Array.isArray(own('geometries')) ? (own('geometries') as unknown[])[0] : undefined);
  if (typeof inner === 'object' && inner !== null && depth < GEOMETRY_DEPTH) return ofGeoJson(inner, depth + 1);
  const positions: [number, number][] = [];
  positionsOf(own('coordinates'), positions);
  if (positions.length === 0) return new Failure('type', 'the point is no GeoJSON');
  const middle = (axis: 0 | 1): number => {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const position of positions) {
      least = Math.min(least, position[axis]);
      most = Math.max(most, position[axis]);
    }
    return positions.length === 1 ? least : (least + most) / 2;
  };
  return [middle(0), middle(1)];
}

/** The two numbers of a point, longitude first. */
function pointOf(value: unknown, latFirst: boolean): [number, number] | undefined | Failure {
  if (value === undefined || value instanceof Failure) return value;
  let pair: [unknown, unknown];
  if (Array.isArray(value)) pair = [value[0], value[1]];
  else if (typeof value === 'object' && value !== null) return ofGeoJson(value);
  else {
    const found = typeof value === 'string' ? PAIR.exec(value.slice(0, 200)) : null;
    if (!found) return new Failure('type', `${show(value)} is no point`);
    pair = [found[1], found[2]];
  }
  const first = degrees(pair[0]);
  const second = degrees(pair[1]);
  if (first instanceof Failure) return first;
  if (second instanceof Failure) return second;
  if (first === undefined || second === undefined) return new Failure('type', 'the point lacks a number');
  return latFirst ? [second, first] : [first, second];
}

function compilePoint(
  spec: PlaceSpec,
  env: Env,
  where: Where,
): (cursor: Cursor) => [number, number] | undefined | Failure {
  const { point, lon, lat, order } = spec;
  if (point !== undefined) {
    if (lon !== undefined || lat !== undefined) env.problem(where, 'a place has a point, or lon and lat');
    const read = compileValue(asObject(point), env, [...where, 'point'], 'point').read;
    return (cursor) => pointOf(read(cursor), order === 'latlon');
  }
  if (lon === undefined || lat === undefined) {
    env.problem(where, 'a place needs lon and lat, or a point');
    return () => undefined;
  }
  const lonOf = compileValue(asObject(lon), env, [...where, 'lon'], 'lon').read;
  const latOf = compileValue(asObject(lat), env, [...where, 'lat'], 'lat').read;
  return (cursor) => {
    const x = degrees(lonOf(cursor));
    const y = degrees(latOf(cursor));
    if (x instanceof Failure) return x;
    if (y instanceof Failure) return y;
    return x === undefined || y === undefined ? undefined : [x, y];
  };
}

/** A place in WGS-84; undefined where a coordinate or the datum is missing. Seven decimals (about 1 cm) are kept. */
export function compilePlace(spec: PlaceSpec, env: Env, where: Where): (cursor: Cursor) => Place | undefined | Failure {
  const spot = compilePoint(spec, env, where);
  const crsOf = compileCrs(spec.crs, env, [...where, 'crs']);
  return (cursor) => {
    const found = spot(cursor);
    const crs = crsOf(cursor) as Crs | Failure | undefined;
    if (found instanceof Failure) return found;
    if (crs instanceof Failure) return crs;
    if (found === undefined || crs === undefined) return undefined;
    const [lon, lat] = found;
    if (!isLonLat(lon, lat)) return new Failure('value', `${lon}, ${lat} is not on the globe`);
    const place = toWgs84(crs, lon, lat);
    return crs === 'WGS84' || crs === 'CGCS2000'
      ? place
      : { lon: Math.round(place.lon * 1e7) / 1e7, lat: Math.round(place.lat * 1e7) / 1e7 };
  };
}
