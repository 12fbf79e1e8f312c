import {
  bd09ToGcj02,
  distance,
  gcj02ToBd09,
  gcj02ToWgs84,
  isLonLat,
  outOfChina,
  parseCrs,
  toWgs84,
  wgs84ToGcj02,
} from '@citywall/geo';
import { describe, expect, it } from '@jest/globals';

/** One pair of degrees read as each datum, as the public converters answer. */
const HERE = [116.404, 39.915] as const;

describe('datums', () => {
  it('agrees with the public converters within a metre', () => {
    const gcj = wgs84ToGcj02(...HERE);
    expect(distance([gcj.lon, gcj.lat], [116.41024449916938, 39.91640428150164])).toBeLessThan(1);
    const bd = gcj02ToBd09(...HERE);
    expect(distance([bd.lon, bd.lat], [116.41036949371029, 39.92133699351021])).toBeLessThan(1);
    const fromBd = bd09ToGcj02(...HERE);
    expect(distance([fromBd.lon, fromBd.lat], [116.39762729119315, 39.90865673957631])).toBeLessThan(1);
  });

  it('closes the round trip all over the county', () => {
    for (let lon = 107.0; lon <= 107.7; lon += 0.07) {
      for (let lat = 29.6; lat <= 30.6; lat += 0.07) {
        const there = wgs84ToGcj02(lon, lat);
        const back = gcj02ToWgs84(there.lon, there.lat);
        expect(Math.abs(back.lon - lon)).toBeLessThan(1e-9);
        expect(Math.abs(back.lat - lat)).toBeLessThan(1e-9);
        const bd = gcj02ToBd09(there.lon, there.lat);
        const gcj = bd09ToGcj02(bd.lon, bd.lat);
        expect(Math.abs(gcj.lon - there.lon)).toBeLessThan(1e-9);
        expect(Math.abs(gcj.lat - there.lat)).toBeLessThan(1e-9);
        const all = toWgs84('BD09', bd.lon, bd.lat);
        expect(distance([all.lon, all.lat], [lon, lat])).toBeLessThan(0.01);
      }
    }
  });

  it('shifts by hundreds of metres inside China and not at all outside', () => {
    const shifted = wgs84ToGcj02(107.35, 30.33);
    const metres = distance([shifted.lon, shifted.lat], [107.35, 30.33]);
    expect(metres).toBeGreaterThan(200);
    expect(metres).toBeLessThan(700);
    expect(outOfChina(24.94, 60.17)).toBe(true);
    for (const convert of [wgs84ToGcj02, gcj02ToWgs84, gcj02ToBd09, bd09ToGcj02]) {
      expect(convert(24.94, 60.17)).toEqual({ lon: 24.94, lat: 60.17 });
    }
    expect(outOfChina(Number.NaN, 30)).toBe(true);
  });

  it('leaves WGS-84 and CGCS2000 alone', () => {
    expect(toWgs84('CGCS2000', 107.35, 30.33)).toEqual({ lon: 107.35, lat: 30.33 });
    expect(toWgs84('WGS84', 107.35, 30.33)).toEqual({ lon: 107.35, lat: 30.33 });
  });

  it('reads the names vendors write', () => {
    expect(['GCJ-02', 'gcj02ll', 'amap', '火星'].map(parseCrs)).toEqual(Array(4).fill('GCJ02'));
    expect(['bd-09', 'BD09LL', '百度'].map(parseCrs)).toEqual(Array(3).fill('BD09'));
    expect(['wgs 84', 'EPSG:4326'].map(parseCrs)).toEqual(Array(2).fill('WGS84'));
    expect(parseCrs('cgcs-2000')).toBe('CGCS2000');
    expect(parseCrs('mars-2000')).toBeNull();
  });

  it('knows what is on the globe', () => {
    expect(isLonLat(180, -90)).toBe(true);
    expect(isLonLat(180.1, 0)).toBe(false);
    expect(isLonLat(Number.NaN, 0)).toBe(false);
    expect(isLonLat('107', 30)).toBe(false);
  });
});
