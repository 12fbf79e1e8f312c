import { distance } from '@citywall/geo';
import type { SimulatorMoves } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { compileMoves } from '../../../../libs/simulator/src/moves.js';
import { assetOf, cityOf, NOON, subjectOf } from './city.js';

const spec: SimulatorMoves = {
  by: 'line',
  lines: {
    east: [
      [107.3, 30.3],
      [107.35, 30.3],
      [107.35, 30.32],
    ],
  },
  speed: [24, 36],
  halt: 20_000,
  turn: 120_000,
  allNight: [],
  crs: 'WGS84',
};
const bus = subjectOf(assetOf('1', { line: 'east' }, 'bus'));
const { zone } = cityOf();
const moved = compileMoves(spec, zone);
const every = (ms: number, count: number) => Array.from({ length: count }, (_, i) => moved(bus, NOON + i * ms));

describe('moves', () => {
  it('stays on its line and comes to both ends', () => {
    const seen = every(10_000, 400);
    for (const { lon, lat } of seen) {
      expect(Math.min(Math.abs(lat - 30.3), Math.abs(lon - 107.35))).toBeLessThan(1e-9);
    }
    expect(Math.min(...seen.map(({ lon }) => lon))).toBe(107.3);
    expect(Math.max(...seen.map(({ lat }) => lat))).toBe(30.32);
  });

  it('moves as fast as it says, never faster than its limit, and stands at its points', () => {
    const seen = every(1_000, 4_000);
    seen.slice(1).forEach(({ lon, lat, speed }, i) => {
      const before = seen[i]!;
      const metres = distance([before.lon, before.lat], [lon, lat]);
      // km/h between two seconds, where it was under way in both
      if (speed > 0 && before.speed > 0) expect(metres * 3.6).toBeCloseTo((speed + before.speed) / 2, 0);
      expect(speed).toBeLessThanOrEqual(36 * 1.6);
    });
    const standing = seen.filter(({ speed }) => speed === 0);
    expect(standing.length).toBeGreaterThan(100);
    expect(new Set(standing.map(({ lon, lat }) => `${lon} ${lat}`)).size).toBe(3);
  });

  it('heads along the leg it is on, and back the other way', () => {
    const headings = new Set(every(10_000, 400).map(({ heading }) => Math.round(heading)));
    expect([...headings].sort((a, b) => a - b)).toEqual([0, 90, 180, 270]);
  });

  it('answers the same for the same moment in any order; two of a line are at different places', () => {
    const other = subjectOf(assetOf('2', { line: 'east' }, 'bus'));
    const again = compileMoves(spec, zone);
    again(bus, NOON + 500_000);
    expect(again(bus, NOON)).toEqual(moved(bus, NOON));
    expect(moved(other, NOON)).not.toEqual(moved(bus, NOON));
  });

  it('tells the place in the datum of the vendor', () => {
    const gcj = compileMoves({ ...spec, crs: 'GCJ02' }, zone)(bus, NOON);
    const { lon, lat } = moved(bus, NOON);
    expect(distance([lon, lat], [gcj.lon, gcj.lat])).toBeGreaterThan(300);
  });

  it('says by a code where on its line one is, and stands at home longer than away', () => {
    const states = { home: '1', out: '2', there: '3', back: '4' };
    const away = compileMoves({ ...spec, turn: [600_000, 60_000], states }, zone);
    const seen = Array.from({ length: 4_000 }, (_, i) => away(bus, NOON + i * 1_000));
    const order = seen.flatMap(({ state }, i) => (i > 0 && state !== seen[i - 1]?.state ? [state] : []));
    expect(order.slice(0, 8).join('')).toMatch(/^(?:1?2341|2?3412|3?4123|4?1234)/);
    const standing = (code: string) => seen.filter(({ state, speed }) => state === code && speed === 0);
    expect(new Set(standing('1').map(({ lon, lat }) => `${lon} ${lat}`))).toEqual(new Set(['107.3 30.3']));
    expect(new Set(standing('3').map(({ lon, lat }) => `${lon} ${lat}`))).toEqual(new Set(['107.35 30.32']));
    expect(standing('1').length).toBeGreaterThan(standing('3').length * 5);
    // a halt on the way is part of the way
    expect(standing('2').length).toBeGreaterThan(10);
    expect(moved(bus, NOON).state).toBeNull();
  });

  it('refuses an asset whose line is not there', () => {
    expect(() => moved(subjectOf(assetOf('3', { line: 'west' }, 'bus')), NOON)).toThrow(TypeError);
  });

  it('begins round trips in its hours alone, drives to the end what has begun, and stands at home until the next', () => {
    const served = compileMoves({ ...spec, hours: ['06:00', '12:00'] }, zone);
    const same = (from: number, to: number) =>
      Array.from({ length: (to - from) / 10_000 }, (_, i) => from + i * 10_000).filter(
        (at) => JSON.stringify(served(bus, at)) !== JSON.stringify(moved(bus, at)),
      );
    const HOUR = 3_600_000;
    expect(same(NOON - 4 * HOUR, NOON)).toEqual([]);
    const [home] = same(NOON, NOON + HOUR);
    // it came home, less than a round trip after the last one could begin
    expect(home).toBeGreaterThan(NOON);
    for (let at = home!; at < NOON + 18 * HOUR; at += 60_000)
      expect(served(bus, at)).toMatchObject({ lon: 107.3, lat: 30.3, speed: 0 });
    const always = compileMoves({ ...spec, hours: ['06:00', '12:00'], allNight: ['east'] }, zone);
    for (let at = NOON; at < NOON + 24 * HOUR; at += 300_000) expect(always(bus, at)).toEqual(moved(bus, at));
    const night = compileMoves({ ...spec, hours: ['22:00', '05:00'] }, zone);
    expect(night(bus, NOON).speed).toBe(0);
    const speeds = Array.from({ length: 60 }, (_, i) => night(bus, NOON + 12 * HOUR + i * 60_000).speed);
    expect(Math.max(...speeds)).toBeGreaterThan(20);
  });
});
