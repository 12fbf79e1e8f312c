/**
 * WGS-84, GCJ-02 (the offset datum of Chinese map services) and BD-09 (Baidu's second offset). CGCS2000 equals WGS-84
 * within centimetres and needs no function. Degrees everywhere.
 *
 * GCJ-02 was never published; these are the commonly used approximations on the Krasovsky 1940 ellipsoid, exact to
 * about a metre against the map services. Outside China GCJ-02 is WGS-84.
 */
export interface LonLat {
  lon: number;
  lat: number;
}

const SEMI_MAJOR = 6_378_245;
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943;
const BAIDU = (Math.PI * 3000) / 180;

/** Outside the rectangle in which the offset applies. */
export function outOfChina(lon: number, lat: number): boolean {
  return !(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271);
}

/** Offset WGS-84 → GCJ-02 at a place, in degrees. */
function offset(lon: number, lat: number): LonLat {
  const x = lon - 105;
  const y = lat - 35;
  const root = Math.sqrt(Math.abs(x));
  const ripple = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * root +
    ripple +
    ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3 +
    ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * root +
    ripple +
    ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 +
    ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  const radians = (lat / 180) * Math.PI;
  const sine = Math.sin(radians);
  const magic = 1 - ECCENTRICITY_SQUARED * sine * sine;
  const magicRoot = Math.sqrt(magic);
  return {
    lon: (east * 180) / ((SEMI_MAJOR / magicRoot) * Math.cos(radians) * Math.PI),
    lat: (north * 180) / (((SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED)) / (magic * magicRoot)) * Math.PI),
  };
}

export function wgs84ToGcj02(lon: number, lat: number): LonLat {
  if (outOfChina(lon, lat)) return { lon, lat };
  const by = offset(lon, lat);
  return { lon: lon + by.lon, lat: lat + by.lat };
}

/** Inverse of `wgs84ToGcj02` by fixed-point iteration; the round trip closes to below 1e-9 degrees. */
export function gcj02ToWgs84(lon: number, lat: number): LonLat {
  if (outOfChina(lon, lat)) return { lon, lat };
  let guess: LonLat = { lon, lat };
  for (let round = 0; round < 12; round++) {
    const by = offset(guess.lon, guess.lat);
    const next = { lon: lon - by.lon, lat: lat - by.lat };
    const moved = Math.abs(next.lon - guess.lon) + Math.abs(next.lat - guess.lat);
    guess = next;
    if (moved < 1e-11) break;
  }
  return guess;
}

export function gcj02ToBd09(lon: number, lat: number): LonLat {
  if (outOfChina(lon, lat)) return { lon, lat };
  const distance = Math.sqrt(lon * lon + lat * lat) + 0.000_02 * Math.sin(lat * BAIDU);
  const angle = Math.atan2(lat, lon) + 0.000_003 * Math.cos(lon * BAIDU);
  return { lon: distance * Math.cos(angle) + 0.0065, lat: distance * Math.sin(angle) + 0.006 };
}

/** Inverse of `gcj02ToBd09`, iterated like `gcj02ToWgs84`. */
export function bd09ToGcj02(lon: number, lat: number): LonLat {
  if (outOfChina(lon, lat)) return { lon, lat };
  let guess: LonLat = { lon: lon - 0.0065, lat: lat - 0.006 };
  for (let round = 0; round < 12; round++) {
    const there = gcj02ToBd09(guess.lon, guess.lat);
    const dLon = lon - there.lon;
    const dLat = lat - there.lat;
    guess = { lon: guess.lon + dLon, lat: guess.lat + dLat };
    if (Math.abs(dLon) + Math.abs(dLat) < 1e-11) break;
  }
  return guess;
}

export const CRS = ['WGS84', 'CGCS2000', 'GCJ02', 'BD09'] as const;
export type Crs = (typeof CRS)[number];

/** Names as vendors write them (`GCJ-02`, `gcj02ll`, `EPSG:4326`, `bd09ll`, `火星`); null where nobody knows it. */
export function parseCrs(name: string): Crs | null {
  const plain = name
    .slice(0, 40)
    .toUpperCase()
    .replace(/[^A-Z0-9\u4e00-\u9fff]/g, '');
  switch (plain) {
    case 'WGS84':
    case 'WGS84LL':
    case 'EPSG4326':
    case '4326':
    case 'GPS':
      return 'WGS84';
    case 'CGCS2000':
    case 'EPSG4490':
    case '4490':
    case '国家2000':
      return 'CGCS2000';
    case 'GCJ02':
    case 'GCJ02LL':
    case 'AMAP':
    case 'GAODE':
    case '火星':
      return 'GCJ02';
    case 'BD09':
    case 'BD09LL':
    case 'BAIDU':
    case '百度':
      return 'BD09';
    default:
      return null;
  }
}

/** A place of any of the datums as WGS-84. */
export function toWgs84(crs: Crs, lon: number, lat: number): LonLat {
  switch (crs) {
    case 'GCJ02':
      return gcj02ToWgs84(lon, lat);
    case 'BD09': {
      const gcj = bd09ToGcj02(lon, lat);
      return gcj02ToWgs84(gcj.lon, gcj.lat);
    }
    default:
      return { lon, lat };
  }
}

/** Finite and on the globe: |lon| ≤ 180, |lat| ≤ 90. */
export function isLonLat(lon: unknown, lat: unknown): boolean {
  return typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}
