import type { FeedSpec, WhenSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { made, mapOne, NOW } from './support.js';

describe('values', () => {
  it('come from the message, constants, templates, captures and lets', () => {
    const result = mapOne(
      {
        topic: 'x/{site}',
        asset: 'a/{site}',
        let: { veh: { path: 'n', ops: ['text', { pad: [5, '0'] }] }, both: { text: '{site}-{veh}' } },
        readings: {
          p: 'n',
          c: { const: true },
          t: { text: '{{{site}}}/{$.n}/{veh}' },
          l: { from: 'let', path: 'both' },
          w: { from: 'topic' },
          s: { from: 'topic', path: 'site' },
          a: { from: 'at' },
        },
      },
      { n: 10 },
      {},
      { topic: 'x/7' },
    );
    expect(Object.fromEntries(result.readings.map(({ metric, value }) => [metric, value]))).toEqual({
      p: 10,
      c: true,
      t: '{7}/10/00010',
      l: '7-00010',
      w: 'x/7',
      s: '7',
      a: NOW,
    });
  });

  it('named values follow the element', () => {
    const result = mapOne(
      {
        asset: 'a/{id}',
        let: { id: { path: 'i', ops: ['text'] } },
        each: 'l',
        readings: { m: { from: 'let', path: 'id' } },
      },
      { l: [{ i: 1 }, { i: 2 }] },
    );
    expect(result.readings.map(({ key, value }) => [key, value])).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
  });

  it('a named value that fails fails what uses it, and nothing else', () => {
    const result = mapOne(
      { asset: 'a/1', let: { n: { path: 'v', ops: ['number'] } }, readings: { x: { from: 'let', path: 'n' }, y: 'w' } },
      { v: 'abc', w: 1 },
    );
    expect(result.readings).toMatchObject([{ metric: 'y' }]);
    expect(result.rejections).toMatchObject([{ reason: 'type' }]);
  });

  it('missing: null, absent, markers as number or text', () => {
    const spec = { path: 'v', missing: [-9999, '--', ''] };
    for (const v of [null, undefined, -9999, '-9999', '-9999.0', ' -9999 ', '--', ' -- ', '']) {
      expect(made(spec, { v })).toBe('missing');
      expect(made({ ...spec, optional: true }, { v })).toBeUndefined();
      expect(made({ ...spec, default: 0 }, { v })).toBe(0);
    }
    expect(made(spec, { v: 0 })).toBe(0);
    expect(made(spec, { v: false })).toBe(false);
    expect(
      mapOne({ asset: 'a/1', missing: ['x'], readings: { m: 'v', n: { path: 'v', missing: [] } } }, { v: 'x' }),
    ).toMatchObject({
      readings: [{ metric: 'n', value: 'x' }],
      rejections: [{ reason: 'missing', path: 'v' }],
    });
  });

  it('lookup comes after the operators; what it does not know is rejected', () => {
    const spec = { path: 'v', ops: ['trim'], lookup: { ON: 'running', OFF: null } };
    expect(made(spec, { v: ' ON ' })).toBe('running');
    expect(made(spec, { v: 'OFF' })).toBe('missing');
    expect(made(spec, { v: 'ERR' })).toBe('value');
  });

  it('quality is the worse of the vendor and the clock', () => {
    const quality = { path: 'q', good: [0], uncertain: [1], bad: ['F'] };
    const of = (q: unknown, ts?: unknown) => {
      const [reading] = mapOne(
        { asset: 'a/1', at: { path: 'ts', as: 'unix_ms' }, readings: { m: { path: 'v', quality } } },
        { v: 1, q, ts },
      ).readings;
      return [reading?.quality, ...(reading?.flags ?? [])];
    };
    expect(of(0, NOW)).toEqual(['good']);
    expect(of(1, NOW)).toEqual(['uncertain', 'vendor']);
    expect(of('F', NOW)).toEqual(['bad', 'vendor']);
    expect(of('F')).toEqual(['bad', 'no-time', 'vendor']);
    expect(of(undefined, NOW)).toEqual(['good']);
    expect(of('other', NOW)).toEqual(['good']);
    expect(
      mapOne(
        {
          asset: 'a/1',
          at: { const: NOW, as: 'unix_ms' },
          readings: { m: { path: 'v', quality: { path: 'q', good: [0] } } },
        },
        { v: 1, q: 9 },
      ).readings[0],
    ).toMatchObject({ quality: 'uncertain', flags: ['vendor'] });
  });

  it('positions are WGS-84, whatever they came in', () => {
    const place = (crs: unknown, lon: unknown = 107.35, lat: unknown = 30.33) =>
      made({ place: { lon: 'lon', lat: 'lat', crs: { path: 'crs', default: 'WGS84' } } }, { lon, lat, crs });
    expect(place(undefined)).toEqual([107.35, 30.33]);
    const [lon, lat] = place('gcj-02') as [number, number];
    expect(Math.abs(lon - 107.35)).toBeGreaterThan(0.001);
    expect(Math.abs(lat - 30.33)).toBeGreaterThan(0.001);
    expect(place('BD09')).not.toEqual(place('GCJ02'));
    expect(place('Mars')).toBe('value');
    expect(place(undefined, '107.35', '30.33')).toEqual([107.35, 30.33]);
    expect(place(undefined, 30.33, 107.35)).toBe('value');
    expect(place(undefined, 'east', 30)).toBe('type');
    expect(place(undefined, null)).toBe('missing');
  });
});

describe('conditions', () => {
  const holds = (when: WhenSpec, payload: unknown): boolean =>
    mapOne({ asset: 'a/1', when, readings: { m: { const: 1 } } } as Partial<FeedSpec>, payload).readings.length === 1;

  it.each<[WhenSpec, unknown, boolean]>([
    [{ path: 'a', is: 1 }, { a: 1 }, true],
    [{ path: 'a', is: 1 }, { a: '1' }, false],
    [{ path: 'a', is: ['x', 'y'] }, { a: 'y' }, true],
    [{ path: 'a', in: ['x'] }, { a: 'y' }, false],
    [{ path: 'a', is: false }, { a: false }, true],
    [{ path: 'a', exists: true }, { a: 0 }, true],
    [{ path: 'a', exists: true }, { a: null }, false],
    [{ path: 'a', exists: false }, {}, true],
    [{ path: 'a', exists: false }, { a: 1 }, false],
    [{ path: 'a', type: 'object' }, { a: {} }, true],
    [{ path: 'a', type: ['number', 'text'] }, { a: [] }, false],
    [{ path: 'a', type: 'list' }, { a: [] }, true],
    [{ path: 'a', matches: '^暴雨' }, { a: '暴雨红色' }, true],
    [{ path: 'a', matches: '^1' }, { a: 12 }, true],
    [{ path: 'a', matches: 'x' }, { a: 'x'.repeat(2000) }, false],
    [{ path: 'a', above: 1, below: 3 }, { a: 2 }, true],
    [{ path: 'a', above: 1, below: 3 }, { a: 3 }, false],
    [{ path: 'a', atLeast: 1, atMost: 3 }, { a: 3 }, true],
    [{ path: 'a', above: 1 }, { a: '2' }, false],
    [{ path: 'a', ops: ['number'], above: 1 }, { a: '2' }, true],
    [{ path: 'a', ops: ['number'], above: 1 }, { a: 'x' }, false],
    [{ from: 'topic', is: 't' }, {}, true],
    [
      {
        all: [
          { path: 'a', is: 1 },
          { path: 'b', is: 2 },
        ],
      },
      { a: 1, b: 2 },
      true,
    ],
    [
      {
        all: [
          { path: 'a', is: 1 },
          { path: 'b', is: 2 },
        ],
      },
      { a: 1 },
      false,
    ],
    [
      {
        any: [
          { path: 'a', is: 1 },
          { path: 'b', is: 2 },
        ],
      },
      { b: 2 },
      true,
    ],
    [{ not: { path: 'a', is: 1 } }, {}, true],
  ])('%j of %j is %s', (when, payload, wanted) => {
    expect(holds(when, payload)).toBe(wanted);
  });

  it('of a value leaves it out silently', () => {
    const result = mapOne(
      { asset: 'a/1', readings: { m: { path: 'v', when: { path: 'ok', is: true } } } },
      { v: 1, ok: false },
    );
    expect(result).toMatchObject({ readings: [], rejections: [] });
  });
});
