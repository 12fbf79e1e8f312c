/** Shapes that vendors write, each said in the grammar and read. */
import { compileFeeds, type FeedSpec, type ValueSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { bytes, made, mapOne, message, NOW } from './support.js';

const values = (feed: Partial<FeedSpec>, payload: unknown): Record<string, unknown> =>
  Object.fromEntries(
    mapOne({ asset: 'a/1', ...feed }, payload).readings.map(({ key, metric, value }) => [`${key} ${metric}`, value]),
  );
const reasons = (feed: Partial<FeedSpec>, payload: unknown): string[] =>
  mapOne({ asset: 'a/1', ...feed }, payload).rejections.map(({ reason }) => reason);

describe('fan-out', () => {
  it('nests, with what stands around still in reach', () => {
    const feed: Partial<FeedSpec> = {
      each: ['sites', 'meters', 'points.*'],
      asset: 'a/{^^.id}-{^.no}',
      readings: [{ metric: '{key}', path: '@', at: { path: '$.ts', as: 'unix_ms' } }],
    };
    const payload = {
      ts: NOW,
      sites: [
        {
          id: 'S',
          meters: [
            { no: 1, points: { p: 2, q: 3 } },
            { no: 2, points: { p: 4 } },
          ],
        },
      ],
    };
    expect(values(feed, payload)).toEqual({ 'S-1 p': 2, 'S-1 q': 3, 'S-2 p': 4 });
  });

  it('goes down to the leaves, by their way', () => {
    const feed: Partial<FeedSpec> = {
      each: { path: '@', leaves: true, except: ['id', '*.by_minute.*', '*_ts'] },
      readings: [{ metric: '{key}', path: '@' }],
    };
    const payload = {
      id: 1,
      sw: { on: true, e: { total: 7, by_minute: [1, 2], minute_ts: 9 } },
      list: [5, { x: 'y' }],
    };
    expect(values(feed, payload)).toEqual({ '1 sw.on': true, '1 sw.e.total': 7, '1 list.0': 5, '1 list.1.x': 'y' });
  });

  it('takes lists side by side; what a shorter one lacks is missing', () => {
    const feed: Partial<FeedSpec> = {
      each: { path: 'd', zip: ['t', 'z'] },
      at: { path: 't', as: 'unix_ms' },
      readings: { z: { path: 'z', ops: ['number'] } },
    };
    const result = mapOne({ asset: 'a/1', ...feed }, { d: { t: [NOW - 2000, NOW - 1000, NOW], z: ['1.5', '2.5'] } });
    expect(result.readings.map(({ value, at }) => [value, at])).toEqual([
      [1.5, NOW - 2000],
      [2.5, NOW - 1000],
    ]);
    expect(result.rejections.map(({ reason }) => reason)).toEqual(['missing']);
    expect(reasons(feed, { d: { t: 5, z: [1] } })).toEqual(['type']);
  });

  it.each([
    ['forwards', {}, [0, 60_000, 120_000]],
    ['backwards, the last is now', { backwards: true }, [-120_000, -60_000, 0]],
    ['newest first', { newestFirst: true }, [0, -60_000, -120_000]],
  ])('gives elements without time a step %s', (_name, step, offsets) => {
    const result = mapOne(
      {
        asset: 'a/1',
        at: { path: '$.ts', as: 'unix_ms' },
        each: { path: 'v', step: { every: '1m', ...step } },
        readings: { m: '@' },
      },
      { ts: NOW - 600_000, v: [1, 2, 3] },
    );
    expect(result.readings.map(({ at }) => at - (NOW - 600_000))).toEqual(offsets);
  });

  it('reads rows of name and value, and a list of such rows as one object', () => {
    const rows = {
      d: [
        { k: 'pm25', v: '35' },
        { k: 'noise', v: '52.5' },
      ],
    };
    const each: Partial<FeedSpec> = { each: 'd', readings: [{ metric: '{@.k}', path: 'v', ops: ['number'] }] };
    expect(values(each, rows)).toEqual({ '1 pm25': 35, '1 noise': 52.5 });
    expect(made({ path: 'd', ops: [{ pairs: ['k', 'v'] }, { get: 'noise' }, 'number'] }, rows)).toBe(52.5);
  });
});

describe('values', () => {
  it.each<[string, ValueSpec, unknown, unknown]>([
    ['the first that is there', { first: ['a', 'b'] }, { b: 2 }, 2],
    [
      'the first whose condition holds',
      { first: [{ path: 'a', when: { path: 'ok', is: true } }, { const: -1 }] },
      { a: 5, ok: false },
      -1,
    ],
    [
      'a union of nothing, text and [name, score]',
      { first: [{ path: 's', when: { path: 's', type: 'text' } }, 's[0]'] },
      { s: ['x', 0.9] },
      'x',
    ],
    ['alternatives, worked on after', { first: ['a', 'b'], ops: ['number', { scale: 0.1 }] }, { b: '61' }, 6.1],
    ['a unit beside the value', { path: 'v', unit: { path: 'u', to: 'Cel' } }, { v: 68, u: 'F' }, 20],
    ['a unit with blanks', { path: 'v', unit: { path: 'u', to: 'm/s' } }, { v: 36, u: ' km/h' }, 10],
    [
      'a unit nobody sent, but the pack knows',
      { path: 'v', unit: { path: 'u', to: 'kW', default: 'W' } },
      { v: 1500 },
      1.5,
    ],
    ['a unit nobody knows', { path: 'v', unit: { path: 'u', to: 'Cel' } }, { v: 1, u: 'furlong' }, 'value'],
    ['no unit and none declared', { path: 'v', unit: { path: 'u', to: 'Cel' } }, { v: 1 }, 'missing'],
    ['a unit of another dimension', { path: 'v', unit: { path: 'u', to: 'Cel' } }, { v: 1, u: 'kPa' }, 'value'],
    ['full-width digits', { path: 'v', ops: ['halfwidth', 'number'] }, { v: '１２．５' }, 12.5],
    ['thousands', { path: 'v', ops: [{ number: { comma: 'thousands' } }] }, { v: '1,234,567.5' }, 1_234_567.5],
    ['per cent', { path: 'v', ops: [{ quantity: '%' }] }, { v: '81.5 %' }, 81.5],
    ['per cent as a share', { path: 'v', ops: [{ quantity: '1' }] }, { v: '50%' }, 0.5],
    ['a dash for nothing', { path: 'v', ops: ['missing'], default: 0 }, { v: '—' }, 0],
    ['yes in Chinese, turned round', { path: 'v', ops: ['bool', 'not'] }, { v: '有' }, false],
    [
      'a level by bands',
      { path: 'v', ops: [{ bands: { limits: [50, 100], words: ['蓝', '黄', '红'] } }] },
      { v: 50 },
      '黄',
    ],
    [
      'a sentence',
      { path: 'v', ops: [{ groups: 'K(?<km>\\d+)\\+(?<m>\\d+)' }, { get: 'km' }] },
      { v: '桩号K1703+200' },
      '1703',
    ],
    ['a padded number', { text: '{@.a}/{@.b}', ops: [] }, { a: 'x', b: 7 }, 'x/7'],
  ])('%s', (_name, spec, payload, wanted) => {
    expect(made(spec, payload)).toBe(wanted);
  });

  it('looks codes up in dictionaries, also for the name of the metric', () => {
    const feed: Partial<FeedSpec> = {
      dicts: { factors: { a34004: 'pm25', w01001: 'ph' } },
      let: { name: { from: 'key', lookup: 'factors' } },
      each: '*',
      readings: [{ metric: '{name}', path: '@' }],
    };
    expect(values(feed, { a34004: 31, w01001: 7.2 })).toEqual({ '1 pm25': 31, '1 ph': 7.2 });
    expect(reasons(feed, { a99999: 1 })).toEqual(['metric']);
  });
});

describe('times', () => {
  const at = (as: object, ts: unknown): unknown => {
    const [reading] = mapOne(
      { asset: 'a/1', at: { path: 't', ...as } as never, readings: { v: 'v' } },
      { t: ts, v: 1 },
    ).readings;
    return reading && new Date(reading.at).toISOString();
  };
  it.each([
    ['RFC 822', { as: 'rfc822' }, 'Thu, 09 Jul 2026 14:30:00 +0800', '2026-07-09T06:30:00.000Z'],
    ['RFC 822 in GMT, short', { as: 'rfc822' }, '9 Jul 26 06:30 GMT', '2026-07-09T06:30:00.000Z'],
    ['RFC 822 without a zone', { as: 'rfc822' }, '9 Jul 2026 14:30:00', '2026-07-09T06:30:00.000Z'],
    [
      'Chinese, to the hour',
      { as: 'pattern', pattern: 'yyyy年MM月dd日HH时' },
      '2026年07月09日14时',
      '2026-07-09T06:00:00.000Z',
    ],
    ['a time of day', { as: 'pattern', pattern: 'HH:mm' }, '14:20', '2026-07-09T06:20:00.000Z'],
    [
      'a time of day just before midnight',
      { as: 'pattern', pattern: 'HH:mm:ss', zone: '+00:00' },
      '23:59:59',
      '2026-07-08T23:59:59.000Z',
    ],
    ['a zone of its own', { as: 'iso', zone: 'Europe/Berlin' }, '2026-07-09 08:30', '2026-07-09T06:30:00.000Z'],
    [
      'a time that occurs twice is the first',
      { as: 'iso', zone: 'Europe/Berlin' },
      '2025-10-26 02:30',
      '2025-10-26T00:30:00.000Z',
    ],
  ])('%s', (_name, as, text, wanted) => {
    expect(at(as, text)).toBe(wanted);
  });

  it('a written time that is none rejects its reading', () => {
    expect(at({ as: 'rfc822' }, 'yesterday')).toBeUndefined();
    expect(made({ path: 'v', ops: [{ time: { as: 'iso' } }] }, { v: 'soon' })).toBe('time');
    expect(made({ path: 'v', ops: [{ time: { as: 'iso' } }] }, { v: '2026-09-31' })).toBe('value');
  });
});

describe('places', () => {
  const place = (spec: object, payload: unknown): unknown => made({ place: spec } as ValueSpec, payload);
  it.each<[string, object, unknown, unknown]>([
    ['a GeoJSON point', { point: 'g' }, { g: { type: 'Point', coordinates: [107.35, 30.33, 400] } }, [107.35, 30.33]],
    ['a feature', { point: '@' }, { type: 'Feature', geometry: { type: 'Point', coordinates: [107, 30] } }, [107, 30]],
    [
      'the middle of an area',
      { point: 'g' },
      {
        g: {
          type: 'Polygon',
          coordinates: [
            [
              [107, 30],
              [108, 30],
              [108, 31],
              [107, 30],
            ],
          ],
        },
      },
      [107.5, 30.5],
    ],
    ['a pair', { point: 'p' }, { p: ['107.35', 30.33] }, [107.35, 30.33]],
    ['"lat,lon radius"', { point: 'c', order: 'latlon' }, { c: '30.33,107.35 12.5' }, [107.35, 30.33]],
    [
      'degrees and minutes with hemispheres',
      {
        lon: { text: '{@.x}{@.ew}', ops: [{ degrees: 'dm' }] },
        lat: { text: '{@.y}{@.ns}', ops: [{ degrees: 'dm' }] },
      },
      { x: '10721.0000', ew: 'E', y: '3019.5000', ns: 'N' },
      [107.35, 30.325],
    ],
    ['no place', { point: 'g' }, {}, 'missing'],
    ['a place off the globe', { point: 'g' }, { g: [1, 200] }, 'value'],
    ['words', { point: 'g' }, { g: 'near the bridge' }, 'type'],
  ])('%s', (_name, spec, payload, wanted) => {
    expect(place(spec, payload)).toEqual(wanted);
  });
});

describe('occurrences', () => {
  it('have the type the source says, and fields only it knows', () => {
    const feed: Partial<FeedSpec> = {
      occurrences: [
        {
          id: 'id',
          type: '{@.event}',
          status: { const: 'on' },
          fields: { code: 'v.code' },
          rest: { path: 'v', except: ['secret*'] },
        },
      ],
    };
    const v = { code: 'E1', phase: 'B', note: '', list: [1], secretKey: 'x', __proto__x: 1 };
    const [occurrence] = mapOne(feed, { id: 1, event: 'Flash Flood Watch', v }).occurrences;
    expect(occurrence).toMatchObject({ type: 'Flash Flood Watch', fields: { code: 'E1', phase: 'B' } });
    expect(Object.keys(occurrence?.fields ?? {})).toEqual(['code', 'phase']);
    expect(mapOne(feed, { id: 1, event: 'a\u0000b', v }).rejections.map(({ reason }) => reason)).toEqual(['value']);
  });
});

describe('decoders', () => {
  it('read forms and texts by a pattern', () => {
    expect(
      values(
        {
          decode: 'form',
          readings: { t: { path: 'tempf', ops: ['number', { unit: ['degF', 'Cel'] }, { round: 1 }] }, n: 'n' },
        },
        'PASSKEY=x&tempf=68.0&n=a+b%2Fc',
      ),
    ).toEqual({ '1 t': 20, '1 n': 'a b/c' });
    expect(
      values(
        {
          decode: { regex: { pattern: '^L=(?<level>[\\d.]+)m' } },
          readings: { level: { path: 'level', ops: ['number'] } },
        },
        'L=3.21m,OK',
      ),
    ).toEqual({ '1 level': 3.21 });
    expect(
      reasons({ decode: { regex: { pattern: '^L=(?<level>\\d+)' } }, readings: { l: 'level' } }, 'offline'),
    ).toEqual(['decode']);
    expect(reasons({ decode: 'form', readings: { l: 'level' } }, 'a=%zz')).toEqual(['decode']);
  });
});

it('what is left over is ignored, what could not be read is told', () => {
  const feeds = compileFeeds(
    [
      { id: 'status', topic: 's/{n}', asset: 'a/{n}', readings: { v: 'v' }, when: { path: 'v', exists: true } },
      { id: 'rest', topic: 's/#', otherwise: true, ignore: true },
    ],
    { system: 'try' },
  );
  const told = (payload: unknown): unknown =>
    feeds.map(message('s/1', bytes(payload))).map(({ feed, rejections }) => [feed, rejections[0]?.reason]);
  expect(told('{"other":1}')).toEqual([['rest', undefined]]);
  expect(told('{"v":')).toEqual([['status', 'decode']]);
});
