import { type Crs, gcj02ToBd09, wgs84ToGcj02 } from '@citywall/geo';

/** A WGS-84 position as a vendor with that datum writes it. */
export function placeIn(crs: Exclude<Crs, 'CGCS2000'>, lon: number, lat: number): [lon: number, lat: number] {
  if (crs === 'WGS84') return [lon, lat];
  const shifted = wgs84ToGcj02(lon, lat);
  const place = crs === 'BD09' ? gcj02ToBd09(shifted.lon, shifted.lat) : shifted;
  return [place.lon, place.lat];
}
