import { type OccurrenceRow, stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { progressOf, ticksOf } from '../../../../../apps/wall/src/panels/progress/option.js';
import type { ProgressOptions } from '../../../../../apps/wall/src/panels/progress/panel.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-07-09T12:00:00+08:00');
const options: ProgressOptions = {
  metric: 'progress',
  plan: 'plan',
  start: { metric: 'used' },
  end: { metric: 'left' },
  milestones: { time: 'due', text: 'name', done: ['reached'] },
};

const value = (asset: string, metric: string, of: number | string | null, more: Partial<ValueRow> = {}) =>
  [
    `${asset}|${metric}`,
    {
      asset,
      name: `${asset}工地`,
      metric,
      value: of,
      at: NOW,
      receivedAt: NOW,
      quality: 'good',
      origin: 'live',
      feed: 'f',
      staleAfter: 3 * DAY,
      ...more,
    } satisfies ValueRow,
  ] as [string, ValueRow];
const work = (asset: string, [used, left, progress, plan]: (number | null)[]) => [
  value(asset, 'used', used ?? null),
  value(asset, 'left', left ?? null),
  value(asset, 'progress', progress ?? null),
  value(asset, 'plan', plan ?? null),
];
const milestone = (id: string, asset: string, days: number, status: string): [string, OccurrenceRow] => [
  id,
  {
    id,
    system: 'construction',
    type: 'milestone',
    at: NOW,
    receivedAt: NOW,
    status,
    asset,
    fields: { name: id, due: new Date(NOW + days * DAY).toISOString() },
    origin: 'live',
  },
];
const round = (share: number | null | undefined) => (share === null || share === undefined ? share : +share.toFixed(3));

describe('bars of works', () => {
  it('reach from begin to end, are filled as far as is done, and say where that should be', () => {
    const { rows, now, from, to } = progressOf(stateOf(work('a', [100, 100, 40, 50])), null, options, NOW);
    expect([(NOW - from) / DAY, (to - NOW) / DAY, round(now)]).toEqual([100, 100, 0.5]);
    const [row] = rows;
    expect(row?.bar).toEqual({ from: 0, to: 1, cutLeft: false, cutRight: false });
    expect([round(row?.done), round(row?.should), row?.text, row?.lag, row?.lagging]).toEqual([
      0.4,
      0.5,
      '40',
      '−10',
      true,
    ]);
  });

  it('are planned by the time that has passed where no plan is told; dates are days of the county', () => {
    const own = { attributes: { begin: '2026-07-01', finish: '2026-07-16' } };
    const state = stateOf([value('a', 'progress', 60, own)]);
    const spec: ProgressOptions = { metric: 'progress', start: { attribute: 'begin' }, end: { attribute: 'finish' } };
    const [row] = progressOf(state, null, spec, NOW).rows;
    // 8.5 of 16 days: the last day counts
    expect([row?.lag, row?.lagging]).toEqual(['+7', false]);
    expect(row?.bar).not.toBeNull();
  });

  it('are cut where they run out of the axis', () => {
    const state = stateOf(work('a', [400, 400, 40, 50]));
    const { rows } = progressOf(state, null, { ...options, days: { before: 100, after: 100 } }, NOW);
    expect(rows[0]?.bar).toEqual({ from: 0, to: 1, cutLeft: true, cutRight: true });
    expect(round(rows[0]?.done)).toBe(0.1);
  });

  it('have no length without a begin or an end, or with an end before the begin; the figure stays', () => {
    const state = stateOf([...work('a', [null, 50, 40, 50]), ...work('b', [10, -20, 40, 50])]);
    const { rows } = progressOf(state, null, options, NOW);
    expect(rows.map(({ bar, done, text }) => [bar, done, text])).toEqual([
      [null, null, '40'],
      [null, null, '40'],
    ]);
  });

  it('stand with those most behind, or due first; what is not known comes last', () => {
    const state = stateOf([
      ...work('a', [100, 100, 50, 50]),
      ...work('b', [100, 20, 40, 60]),
      ...work('c', [100, 60, null, 60]),
    ]);
    const names = (sort: 'lag' | 'end') =>
      progressOf(state, null, { ...options, sort, without: ['工地'] }, NOW).rows.map(({ name }) => name);
    expect(names('lag')).toEqual(['b', 'a', 'c']);
    expect(names('end')).toEqual(['b', 'c', 'a']);
    const cut = progressOf(state, null, { ...options, maxRows: 2 }, NOW);
    expect([cut.rows.length, cut.more]).toEqual([2, 1]);
  });

  it('are stale when the share is', () => {
    const state = stateOf(work('a', [100, 100, 40, 50]).map(([key, row]) => [key, { ...row, at: NOW - 4 * DAY }]));
    const [row] = progressOf(state, null, options, NOW).rows;
    expect([row?.stale, row?.attributes?.['data-quality']]).toEqual([true, 'stale']);
  });

  it('are none of a view that failed', () => {
    expect(progressOf(stateOf([], { error: 'not-loaded' }), null, options, NOW).rows).toEqual([]);
  });
});

describe('milestones', () => {
  it('belong to their asset and are reached, to come, or late', () => {
    const list = stateOf([
      milestone('roof', 'a', -50, 'reached'),
      milestone('lift', 'a', -10, 'planned'),
      milestone('end', 'a', 90, 'planned'),
      milestone('other', 'b', 5, 'planned'),
      milestone('far', 'a', 900, 'planned'),
    ]);
    const [row] = progressOf(stateOf(work('a', [100, 100, 40, 50])), list, options, NOW).rows;
    expect(row?.milestones.map(({ name, state, place }) => [name, state, round(place)])).toEqual([
      ['roof', 'done', 0.25],
      ['lift', 'late', 0.45],
      ['end', 'ahead', 0.95],
    ]);
  });
});

describe('ticks', () => {
  const span = { from: Date.parse('2026-05-10T00:00:00+08:00'), to: Date.parse('2027-04-20T00:00:00+08:00') };

  it('are beginnings of months, a year by its number, never more than have room', () => {
    expect(ticksOf(span, 12, 'zh').map(({ text }) => text)).toEqual([
      '6月',
      '7月',
      '8月',
      '9月',
      '10月',
      '11月',
      '12月',
      '2027',
      '2月',
      '3月',
      '4月',
    ]);
    expect(ticksOf(span, 4, 'en').map(({ text }) => text)).toEqual(['Jul', 'Oct', '2027', 'Apr']);
    for (const { place } of ticksOf(span, 12, 'zh')) expect(place > 0 && place < 1).toBe(true);
  });

  it('are years of a long time, and none of no time', () => {
    const decade = { from: Date.parse('2020-05-10T00:00:00+08:00'), to: Date.parse('2031-04-20T00:00:00+08:00') };
    expect(ticksOf(decade, 6, 'zh').map(({ text }) => text)).toEqual(['2022', '2024', '2026', '2028', '2030']);
    expect(ticksOf({ from: 5, to: 5 }, 6, 'zh')).toEqual([]);
  });
});
