import type { FeedSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { mapOne, NOW } from './support.js';

const KEYED: Partial<FeedSpec> = { asset: 'a/1', readings: [{ metric: '{key}', path: '@' }] };
const metrics = (spec: Partial<FeedSpec>, payload: unknown): Record<string, unknown> =>
  Object.fromEntries(mapOne(spec, payload).readings.map(({ metric, value }) => [metric, value]));

describe('fan-out', () => {
  it('goes through a list; one bad element costs only itself', () => {
    const result = mapOne(
      { asset: 'a/{@.id}', each: 'body.items', readings: { m: { path: 'v', ops: ['number'] } } },
      { body: { items: [{ id: 1, v: 1 }, { id: 2, v: 'x' }, null, 7, { v: 3 }, { id: 4, v: '4' }] } },
    );
    expect(result.readings.map(({ key, value }) => [key, value])).toEqual([
      ['1', 1],
      ['4', 4],
    ]);
    expect(result.rejections.map(({ reason, path }) => [reason, path])).toEqual([
      ['type', 'body.items[1].v'],
      ['missing', 'body.items[2].v'],
      ['missing', 'body.items[3].v'],
      ['asset', 'body.items[4]'],
    ]);
  });

  it('goes through rows that let has opened, and says so to whom forgets from: let', () => {
    const spec: Partial<FeedSpec> = {
      let: { rows: { path: 'd', decode: ['base64', { csv: { separator: ';' } }] } },
      asset: 'a/{@.id}',
      readings: { m: { path: 'v', ops: ['number'] } },
    };
    const payload = { d: Buffer.from('id;v\n1;7\n2;8\n').toString('base64') };
    const opened = mapOne({ ...spec, each: { path: 'rows', from: 'let' } }, payload);
    expect(opened.readings.map(({ key, value }) => [key, value])).toEqual([
      ['1', 7],
      ['2', 8],
    ]);
    expect(mapOne({ ...spec, each: 'rows' }, payload).rejections).toMatchObject([
      { detail: 'there is no rows to go through; the named value rows is meant by from: let' },
    ]);
    expect(mapOne({ ...spec, each: 'lines' }, payload).rejections).toMatchObject([
      { detail: 'there is no lines to go through' },
    ]);
  });

  it('goes through the entries of an object, some or all', () => {
    const payload = { d: { t: 1, hum: 2, battery: 3, batteryLow: true, nested: {}, none: null } };
    const optional: Partial<FeedSpec> = { asset: 'a/1', readings: [{ metric: '{key}', path: '@', optional: true }] };
    expect(metrics({ ...optional, each: { path: 'd.*', scalars: true } }, payload)).toEqual({
      t: 1,
      hum: 2,
      battery: 3,
      batteryLow: true,
    });
    expect(metrics({ ...KEYED, each: { path: 'd.*', only: ['t', 'battery*'] } }, payload)).toEqual({
      t: 1,
      battery: 3,
      batteryLow: true,
    });
    expect(metrics({ ...KEYED, each: { path: 'd.*', scalars: true, except: ['battery*'] } }, payload)).toEqual({
      t: 1,
      hum: 2,
    });
    expect(metrics({ ...KEYED, each: '*' }, { a: 1, b: 'x' })).toEqual({ a: 1, b: 'x' });
    expect(metrics({ ...KEYED, each: { path: 'd.*', when: { path: '@', above: 1 } } }, payload)).toEqual({
      hum: 2,
      battery: 3,
    });
  });

  it('nests, with the outer element, its key and the root in reach', () => {
    const result = mapOne(
      {
        asset: 'sensor/{^^key}',
        each: ['*', '@', 'values.*'],
        at: { path: '^.ts', as: 'unix_ms' },
        readings: [{ metric: '{key}', path: '@' }],
      },
      {
        'dev A': [
          { ts: NOW - 9, values: { t: 1, h: 2 } },
          { ts: NOW, values: { t: 3 } },
        ],
        B: [{ ts: NOW, values: { t: 4 } }],
      },
    );
    expect(result.readings.map(({ key, metric, value, at }) => [key, metric, value, NOW - at])).toEqual([
      ['dev A', 't', 1, 9],
      ['dev A', 'h', 2, 9],
      ['dev A', 't', 3, 0],
      ['B', 't', 4, 0],
    ]);
    const parents = mapOne(
      { asset: 'a/{^.id}-{$.site}-{index}-{^index}', each: ['list', 'points'], readings: { m: 'v', up: '^^.site' } },
      {
        site: 's',
        list: [
          { id: 'x', points: [{ v: 1 }] },
          { id: 'y', points: [{ v: 2 }] },
        ],
      },
    );
    expect(parents.readings.map(({ key, value }) => [key, value])).toEqual([
      ['x-s-0-0', 1],
      ['x-s-0-0', 's'],
      ['y-s-0-1', 2],
      ['y-s-0-1', 's'],
    ]);
  });

  it('reads the rows of a table by its columns', () => {
    const spec: Partial<FeedSpec> = {
      asset: 'lane/{@.lane}',
      each: { path: 'rows', columns: 'cols' },
      at: { path: 't', as: 'unix_ms' },
      readings: { flow: { path: 'flow', optional: true }, speed: { path: 'speed', optional: true } },
    };
    const result = mapOne(spec, {
      cols: ['lane', 't', 'flow', 'speed'],
      rows: [['1', NOW, 12, 40.5], ['2', NOW, 9], 'oops', ['3']],
    });
    expect(result.readings.map(({ key, metric, value }) => [key, metric, value])).toEqual([
      ['1', 'flow', 12],
      ['1', 'speed', 40.5],
      ['2', 'flow', 9],
    ]);
    expect(result.rejections).toMatchObject([{ reason: 'type', path: 'rows[2]' }]);
    expect(mapOne(spec, { cols: 'lane', rows: [[1]] }).rejections).toMatchObject([{ reason: 'type', path: 'rows' }]);
    expect(
      metrics(
        {
          asset: 'a/1',
          each: { path: '@', columns: ['id', '__proto__'] },
          readings: [{ metric: 'm{@.id}', path: '__proto__' }],
        },
        [[1, 5]],
      ),
    ).toEqual({ m1: 5 });
  });

  it('gives elements without times their own, forwards or backwards', () => {
    const offsets = (backwards: boolean): number[] =>
      mapOne(
        {
          asset: 'a/1',
          each: { path: 'v', step: { every: '5m', backwards } },
          at: { path: '$.t', as: 'unix_ms' },
          readings: { m: '@' },
        },
        { t: NOW - 1_000_000, v: [1, 2, 3] },
      ).readings.map(({ at }) => at - NOW + 1_000_000);
    expect(offsets(false)).toEqual([0, 300_000, 600_000]);
    expect(offsets(true)).toEqual([-600_000, -300_000, 0]);
  });

  it('what is not there is rejected unless it may be absent; what is no list always', () => {
    const spec = (each: FeedSpec['each']): Partial<FeedSpec> => ({ ...KEYED, each });
    expect(mapOne(spec('a'), {}).rejections).toMatchObject([{ reason: 'missing', path: 'a' }]);
    expect(mapOne(spec({ path: 'a', optional: true }), { a: null })).toMatchObject({ readings: [], rejections: [] });
    expect(mapOne(spec('a'), { a: 'text' }).rejections).toMatchObject([{ reason: 'type', path: 'a' }]);
    expect(mapOne(spec('a'), { a: { b: 1 } }).rejections).toMatchObject([{ reason: 'type' }]);
    expect(mapOne(spec('a'), { a: [] })).toMatchObject({ readings: [], rejections: [] });
  });
});
