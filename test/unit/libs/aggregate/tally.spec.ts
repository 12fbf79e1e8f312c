import { MAX_VALUES, startOfDay, tally } from '@citywall/aggregate';
import type { Occurrence } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { NOW } from './members.js';

const MIDNIGHT = Date.UTC(2026, 6, 8, 16); // 2026-07-09 00:00 in Chongqing

function occurrence(id: number, more: Partial<Occurrence> = {}): Occurrence {
  return {
    id: String(id),
    system: 'urban',
    type: 'case',
    at: NOW - 1_000,
    receivedAt: NOW,
    status: '立案',
    fields: {},
    origin: 'live',
    ...more,
  };
}

describe('startOfDay', () => {
  it('is midnight in the city, whatever zone the server lives in', () => {
    expect(startOfDay(NOW)).toBe(MIDNIGHT);
    expect(startOfDay(MIDNIGHT)).toBe(MIDNIGHT);
    expect(startOfDay(MIDNIGHT - 1)).toBe(MIDNIGHT - 86_400_000);
  });
});

describe('tally', () => {
  const cases = [
    occurrence(1),
    occurrence(2, { status: '结案', level: 'P2', fields: { area: '桂溪' } }),
    occurrence(3, { at: MIDNIGHT - 1, level: 'P2' }),
    occurrence(4, { type: 'inspection', origin: 'simulated' }),
  ];

  it('counts per status, most frequent first', () => {
    expect(tally(cases, { by: 'status' }, NOW)).toEqual({
      counts: [
        ['立案', 3],
        ['结案', 1],
      ],
      total: 4,
      origin: 'simulated',
    });
  });

  it('counts per slot of the city’s time, in order, newest hundred', () => {
    const day = 86_400_000;
    expect(tally(cases, { by: 'time', step: day }, NOW).counts).toEqual([
      [String(MIDNIGHT - day), 1],
      [String(MIDNIGHT), 3],
    ]);
    const many = Array.from({ length: MAX_VALUES + 20 }, (_, i) => occurrence(i, { at: NOW - i * 300_000 }));
    const { counts, total } = tally(many, { by: 'time', step: 300_000 }, NOW);
    expect(counts).toHaveLength(MAX_VALUES);
    expect(Number(counts.at(-1)![0])).toBe(NOW);
    expect(total).toBe(MAX_VALUES + 20);
  });

  it('today begins at the city midnight and rolls over', () => {
    expect(tally(cases, { by: 'type', type: 'case', since: 'today' }, NOW).total).toBe(2);
    expect(tally(cases, { by: 'type', since: 'today' }, MIDNIGHT - 1).total).toBe(4);
    expect(tally(cases, { by: 'type', since: 'today' }, MIDNIGHT + 86_400_000).total).toBe(0);
  });

  it('counts over a span, of given statuses, by level and by a field', () => {
    expect(tally(cases, { by: 'level', since: 60_000 }, NOW).counts).toEqual([
      ['', 2],
      ['P2', 1],
    ]);
    expect(tally(cases, { by: 'level', status: ['结案'] }, NOW).counts).toEqual([['P2', 1]]);
    expect(tally(cases, { by: 'field:area', type: 'case' }, NOW).counts).toEqual([
      ['', 2],
      ['桂溪', 1],
    ]);
    expect(tally(cases, { by: 'field:constructor' }, NOW).counts).toEqual([['', 4]]);
  });

  it('hostile values are values, and there are not endlessly many', () => {
    expect(tally([occurrence(1, { status: '__proto__' })], { by: 'status' }, NOW).counts).toEqual([['__proto__', 1]]);
    const many = Array.from({ length: 500 }, (_, i) => occurrence(i, { status: `s${i}` }));
    const result = tally(many, { by: 'status' }, NOW);
    expect(result.counts).toHaveLength(MAX_VALUES);
    expect(result.total).toBe(500);
  });
});
