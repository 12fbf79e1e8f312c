import { type SeriesRow, stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import {
  axisOf,
  type LineInput,
  limitsOf,
  lineOption,
  points,
  timeTicks,
} from '../../../../../apps/wall/src/panels/line/option.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 6, 12, 6, 40);
const series = (...minutes: number[]) =>
  stateOf<SeriesRow>(
    minutes.map((minute) => {
      const at = NOW - minute * MINUTE;
      return [String(at), { at, min: 1, max: 3, avg: 420 + minute / 100, last: 2, count: 1 }];
    }),
  );
const latest = {
  value: 422.63,
  at: NOW - MINUTE,
  attributes: { warning: 421.5, guarantee: 423.2 },
} as unknown as ValueRow;
const input: LineInput = {
  spec: { kind: 'series', asset: 'water/river/1', metric: 'level', window: 3 * 60 * MINUTE, step: MINUTE },
  series: series(60, 3, 2, 1),
  latest,
  now: NOW,
  stale: false,
  height: 120,
};
const options = {
  decimals: 2,
  minSpan: 4,
  limits: [
    { attribute: 'guarantee', name: { zh: '保证', en: 'guarantee' }, style: 'solid' as const },
    { attribute: 'warning', name: { zh: '警戒', en: 'warning' } },
    { attribute: 'unheardOf', name: { zh: '无', en: 'none' } },
    { value: 420, name: { zh: '定', en: 'fixed' } },
  ],
};
const theme = { factor: 1, theme: 'watch' as const };
// biome-ignore lint/suspicious/noExplicitAny: ECharts' option types are unions too wide to be read in a test
const option = (factor = 1, more: Partial<LineInput> = {}): any =>
  lineOption({ ...input, ...more }, options, { ...theme, factor }, 'zh');

describe('line', () => {
  it('a gap stays a gap, whatever the order rows came in', () => {
    expect(points(series(1, 2, 5), MINUTE)).toEqual([
      [NOW - 5 * MINUTE, 420.05],
      [NOW - 4 * MINUTE, null],
      [NOW - 2 * MINUTE, 420.02],
      [NOW - MINUTE, 420.01],
    ]);
    expect(points(null, MINUTE)).toEqual([]);
    expect(option().series[0].connectNulls).toBe(false);
  });

  it('draws the asset’s own limits in the text colour, named with their figure; none is guessed', () => {
    expect(limitsOf(options, latest, 'zh').map(({ name, value, style }) => [name, value, style])).toEqual([
      ['保证', 423.2, 'solid'],
      ['警戒', 421.5, 'dashed'],
      ['定', 420, 'dashed'],
    ]);
    const lines = option().series[0].markLine.data;
    expect(lines.map((line: { label: { formatter: string } }) => line.label.formatter)).toEqual([
      '保证 423.20',
      '警戒 421.50',
      '定 420.00',
    ]);
    expect(new Set(lines.map((line: { lineStyle: { color: string } }) => line.lineStyle.color))).toEqual(
      new Set(['#e9f2ff']),
    );
    expect(limitsOf(options, undefined, 'zh')).toHaveLength(1);
  });

  it('never animates, and never is half transparent', () => {
    expect(option().animation).toBe(false);
    expect(option().series.at(-1).itemStyle.opacity).toBe(1);
  });

  it('scales every length with the display, nothing else', () => {
    const small = option(1);
    const large = option(2, { height: 240 });
    expect(large.xAxis.axisLabel.fontSize).toBe(2 * small.xAxis.axisLabel.fontSize);
    expect(large.series[0].lineStyle.width).toBeCloseTo(2 * small.series[0].lineStyle.width);
    expect(large.grid.right).toBeCloseTo(2 * small.grid.right);
    expect(large.yAxis.interval).toBe(small.yAxis.interval);
  });

  it('is grey when its newest value is stale', () => {
    expect(option(1, { stale: true }).series[0].lineStyle.color).toBe('#8098bb');
  });

  it('shows no end point that lies outside the time shown', () => {
    expect(option(1, { latest: { ...latest, at: NOW - 4 * 60 * MINUTE } }).series.at(-1).data).toEqual([]);
  });

  it.each([
    [[418.6, 422.63, 423.2], { minSpan: 4 }],
    [[0.11, 0.12], {}],
    [[5], { minSpan: 4 }],
    [[-30, 900], {}],
    [[], {}],
    [[Number.MAX_SAFE_INTEGER], {}],
  ])('axis of %j: round ends, a multiple of the interval, everything inside', (values, limits) => {
    for (const lines of [2, 3, 5]) {
      const axis = axisOf(values, limits, lines);
      const steps = (axis.max - axis.min) / axis.interval;
      expect(steps).toBeCloseTo(Math.round(steps), 6);
      expect(Math.round(steps)).toBeGreaterThanOrEqual(1);
      for (const value of values) {
        expect(axis.min).toBeLessThanOrEqual(value);
        expect(axis.max).toBeGreaterThanOrEqual(value);
      }
      expect(axis.max - axis.min).toBeGreaterThanOrEqual((limits as { minSpan?: number }).minSpan ?? 0);
    }
  });

  it('names whole times of the county, two to five of them', () => {
    for (const hours of [1, 3, 6, 12, 24]) {
      const ticks = timeTicks(NOW - hours * 3_600_000 - 17_000, NOW);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(6);
      for (const at of ticks) expect((at + 8 * 3_600_000) % (10 * MINUTE)).toBe(0);
    }
  });
});
