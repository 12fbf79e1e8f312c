import type { FeedSpec, OccurrenceSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { mapOne, NOW } from './support.js';

const CASE: OccurrenceSpec = {
  id: { path: 'code' },
  type: 'case',
  asset: 'cover/{@.mhc}',
  at: { path: 't', as: 'iso' },
  status: { path: 'stage', from: 'topic', lookup: { report: '受理', close: '结案' } },
  level: { path: 'cls', lookup: { '0103': 'P2' }, optional: true },
  place: { lon: 'x', lat: 'y', crs: { path: 'crs' }, optional: true },
  fields: { description: { path: 'desc', optional: true }, reporter: { path: 'tel', pii: 'phone', optional: true } },
};
const run = (payload: unknown, spec: Partial<OccurrenceSpec> = {}, more: Partial<FeedSpec> = {}, retained = false) =>
  mapOne(
    { topic: 'case/{stage}', occurrences: [{ ...CASE, ...spec }], ...more },
    payload,
    {},
    { topic: 'case/report', retained },
  );

describe('occurrences', () => {
  it('carry id, status, level, place, asset and fields', () => {
    expect(
      run({
        code: 5002311060001,
        t: '2026-07-09 14:30:00',
        cls: '0103',
        x: 107.35,
        y: 30.33,
        crs: 'WGS84',
        mhc: '77',
        desc: '井盖缺失',
        tel: '13800000000',
      }),
    ).toMatchObject({
      occurrences: [
        {
          id: '5002311060001',
          type: 'case',
          asset: { type: 'cover', key: '77' },
          at: Date.parse('2026-07-09T14:30:00+08:00'),
          status: '受理',
          level: 'P2',
          place: { lon: 107.35, lat: 30.33 },
          fields: { description: '井盖缺失', reporter: '13800000000' },
          flags: [],
          staleAfter: 86_400_000,
        },
      ],
      rejections: [],
    });
  });

  it('stand without what may be absent', () => {
    const [one] = run({ code: 'a', t: '2026-07-09 14:30:00' }).occurrences;
    expect(one).toEqual({
      id: 'a',
      type: 'case',
      at: Date.parse('2026-07-09T14:30:00+08:00'),
      status: '受理',
      fields: {},
      flags: [],
      staleAfter: 86_400_000,
    });
  });

  describe('that began before this stage', () => {
    const at = '2026-07-09 14:30:00';
    const spec = {
      began: {
        path: 'code',
        ops: [{ substr: [0, 8] as [number, number] }],
        as: 'pattern' as const,
        pattern: 'yyyyMMdd',
      },
      beganWithin: '24h',
    };
    const beganAt = (payload: object, more: Partial<OccurrenceSpec>) => {
      const { occurrences, rejections } = run({ code: 'a', t: at, ...payload }, more);
      return [occurrences[0]?.beganAt, rejections.map(({ detail }) => detail)];
    };

    it('say when, as their message does', () => {
      const began = { path: 'from', as: 'iso' as const };
      expect(beganAt({ from: '2026-07-09 13:00:00' }, { began })).toEqual([
        Date.parse('2026-07-09T13:00:00+08:00'),
        [],
      ]);
      expect(beganAt({}, { began })).toEqual([undefined, []]);
      expect(beganAt({ from: at }, { began })).toEqual([undefined, []]);
      expect(beganAt({ from: '2026-07-09 15:00:00' }, { began })).toEqual([undefined, []]);
    });

    it('of which only the day is known count to its last millisecond', () => {
      expect(beganAt({ code: '20260708-17' }, spec)).toEqual([Date.parse('2026-07-08T23:59:59.999+08:00'), []]);
      expect(beganAt({ code: '20260709-17' }, spec)).toEqual([undefined, []]);
    });

    it('stay where the beginning cannot be read or believed', () => {
      expect(beganAt({ code: 'x17' }, spec)).toEqual([undefined, [expect.stringMatching(/^began: /)]]);
      expect(beganAt({ code: '19700101-1' }, spec)).toEqual([
        undefined,
        ['began: is no moment that an event may have'],
      ]);
    });
  });

  it('lose a bad part, not themselves', () => {
    const result = run(
      { code: 'a', t: '2026-07-09 14:30:00', cls: '9', x: 999, y: 1, crs: 'WGS84', desc: {}, mhc: 'k'.repeat(300) },
      { fields: { description: 'desc', reporter: 'tel' } },
    );
    expect(result.occurrences).toMatchObject([{ id: 'a', fields: {} }]);
    expect(result.occurrences[0]).not.toHaveProperty('asset');
    expect(result.rejections.map(({ reason }) => reason).sort()).toEqual([
      'asset',
      'missing',
      'type',
      'value',
      'value',
    ]);
  });

  it('are rejected without id, status or a readable time', () => {
    expect(run({ t: '2026-07-09' }).rejections).toMatchObject([{ reason: 'missing', path: 'code' }]);
    expect(run({ code: '', t: '2026-07-09' }).rejections).toMatchObject([{ reason: 'value' }]);
    expect(run({ code: 'a', t: '2026-07-09' }, { status: 'none' }).rejections).toMatchObject([{ reason: 'missing' }]);
    expect(run({ code: 'a', t: 'noon' }).rejections).toMatchObject([{ reason: 'time' }]);
    expect(run({ code: 'a' }, { type: '{@.kind}' }).rejections).toMatchObject([{ reason: 'value' }]);
  });

  it('take the feed’s time where they have none, and say when it is that of receipt', () => {
    expect(
      run({ code: 'a', u: NOW - 60_000 }, { at: undefined }, { at: { path: 'u', as: 'unix_ms' } }).occurrences[0]?.at,
    ).toBe(NOW - 60_000);
    expect(run({ code: 'a' }).occurrences[0]).toMatchObject({ at: NOW, flags: ['no-time'] });
    expect(run({ code: 'a', t: '1970-01-01T00:00:00Z' }).occurrences[0]).toMatchObject({ at: NOW, flags: ['clock'] });
  });

  it('of a stored message come about only if surely recent', () => {
    expect(run({ code: 'a', t: '2026-07-09 14:30:00' }, {}, {}, true).occurrences[0]?.flags).toEqual(['retained']);
    expect(run({ code: 'a', t: '2026-07-08 14:30:00' }, {}, {}, true)).toMatchObject({
      occurrences: [],
      rejections: [],
    });
    expect(run({ code: 'a', t: '2026-07-08 14:30:00' }, { staleAfter: '2d' }, {}, true).occurrences).toHaveLength(1);
    expect(run({ code: 'a' }, {}, {}, true).occurrences).toEqual([]);
  });

  it('come about only where their condition holds, beside readings', () => {
    const more: Partial<FeedSpec> = { asset: 'cover/7', readings: { open: 'open' } };
    const alarm: Partial<OccurrenceSpec> = { when: { path: 'open', is: true } };
    expect(run({ code: 'a', open: false }, alarm, more)).toMatchObject({
      readings: [{ value: false }],
      occurrences: [],
    });
    expect(run({ code: 'a', open: true }, alarm, more)).toMatchObject({
      readings: [{ value: true }],
      occurrences: [{ id: 'a' }],
    });
  });
});
