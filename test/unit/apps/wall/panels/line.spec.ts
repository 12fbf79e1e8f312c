import { lineOptions } from '@citywall/pack-schema/panels';
import { type NormalRow, type SeriesRow, stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { axisOf, tickText, timeSpan, timeTicks } from '../../../../../apps/wall/src/panels/line/axes.js';
import { besideMark, spread } from '../../../../../apps/wall/src/panels/line/labels.js';
import { crossingOf, limitsOf, marginOf } from '../../../../../apps/wall/src/panels/line/limits.js';
import { type LineInput, lineOption } from '../../../../../apps/wall/src/panels/line/option.js';
import {
  type AnsweredNormal,
  type AnsweredSeries,
  bandOf,
  points,
  rainColumns,
  rainKnown,
  shifted,
} from '../../../../../apps/wall/src/panels/line/points.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
// 14:40 in the county
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
  words: {
    now: '现在',
    normal: '常态',
    crossed: (at, limit) => `${new Date(at).toISOString().slice(11, 16)} 越过${limit}`,
  },
  width: 400,
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
const option = (factor = 1, more: Partial<LineInput> = {}, own = {}): any =>
  lineOption({ ...input, ...more }, { ...options, ...own }, { ...theme, factor }, 'zh');
// biome-ignore lint/suspicious/noExplicitAny: as above
const seriesOf = (made: any, id: string): any => made.series.find((series: { id: string }) => series.id === id);
/** words in the picture with their places */
// biome-ignore lint/suspicious/noExplicitAny: as above
const wordsOf = (made: any): { text: string; x: number; y: number; fill: string }[] =>
  made.graphic.flatMap((element: { type: string; x: number; y: number; style: { text: string; fill: string } }) =>
    element.type === 'text' ? [{ ...element.style, x: element.x, y: element.y }] : [],
  );
const textOf = (made: unknown) => wordsOf(made).map(({ text }) => text);
const slots = (shift: number, step: number, ...values: [minutes: number, value: number][]): AnsweredSeries => ({
  spec: { kind: 'series', asset: 'water/river/1', metric: 'level', window: 3 * HOUR, step, ...(shift && { shift }) },
  state: stateOf<SeriesRow>(
    values.map(([minutes, value]) => {
      const at = NOW - shift + minutes * MINUTE;
      return [String(at), { at, min: value, max: value, avg: value, last: value, count: 1 }];
    }),
  ),
});
const normal = (...hours: number[]): AnsweredNormal => ({
  spec: { kind: 'normal', asset: 'water/river/1', metric: 'level', window: 3 * HOUR, step: HOUR, days: 28 },
  state: stateOf<NormalRow>(
    hours.map((hour) => {
      const at = NOW - 40 * MINUTE + hour * HOUR;
      return [String(at), { at, p10: 418, p50: 419, p90: 420, count: 28 }];
    }),
  ),
});

describe('line', () => {
  it('a gap stays a gap, whatever the order rows came in', () => {
    expect(points(series(1, 2, 5), MINUTE)).toEqual([
      [NOW - 5 * MINUTE, 420.05],
      [NOW - 4 * MINUTE, null],
      [NOW - 2 * MINUTE, 420.02],
      [NOW - MINUTE, 420.01],
    ]);
    expect(points(null, MINUTE)).toEqual([]);
    expect(seriesOf(option(), 'series').connectNulls).toBe(false);
  });

  it('draws the asset’s own limits in the text colour, named with their figure; none is guessed', () => {
    expect(limitsOf(options, latest, 'zh').map(({ name, value, style }) => [name, value, style])).toEqual([
      ['保证', 423.2, 'solid'],
      ['警戒', 421.5, 'dashed'],
      ['定', 420, 'dashed'],
    ]);
    const made = option(1, { series: series(60, 3) });
    expect(textOf(made)).toEqual(['保证 423.20', '警戒 421.50', '定 420.00']);
    expect(new Set(wordsOf(made).map(({ fill }) => fill))).toEqual(new Set(['#e9f2ff']));
    const lines = seriesOf(made, 'series').markLine.data;
    expect(lines.map((line: { yAxis: number }) => line.yAxis)).toEqual([423.2, 421.5, 420]);
    expect(new Set(lines.map((line: { lineStyle: { color: string } }) => line.lineStyle.color))).toEqual(
      new Set(['#e9f2ff']),
    );
    expect(limitsOf(options, undefined, 'zh')).toHaveLength(1);
    expect(textOf(option(1, {}, { range: [419, 422] }))).not.toContain('保证 423.20');
  });

  it('never animates, and never is half transparent', () => {
    expect(option().animation).toBe(false);
    expect(seriesOf(option(), 'newest').itemStyle.opacity).toBe(1);
  });

  it('scales every length with the display, nothing else', () => {
    const small = option(1);
    const large = option(2, { width: 800, height: 240 });
    expect(large.xAxis[0].axisLabel.fontSize).toBe(2 * small.xAxis[0].axisLabel.fontSize);
    expect(large.xAxis[0].axisLabel.margin).toBe(2 * small.xAxis[0].axisLabel.margin);
    expect(seriesOf(large, 'series').lineStyle.width).toBeCloseTo(2 * seriesOf(small, 'series').lineStyle.width);
    expect(large.grid[0].right).toBeCloseTo(2 * small.grid[0].right);
    expect(large.yAxis[0].interval).toBe(small.yAxis[0].interval);
    wordsOf(small).forEach(({ x, y }, i) => {
      expect(wordsOf(large)[i]!.x).toBeCloseTo(2 * x);
      expect(wordsOf(large)[i]!.y).toBeCloseTo(2 * y);
    });
  });

  it('is grey when its newest value is stale', () => {
    expect(seriesOf(option(1, { stale: true }), 'series').lineStyle.color).toBe('#8098bb');
  });

  it('shows no end point that lies outside the time shown', () => {
    expect(seriesOf(option(1, { latest: { ...latest, at: NOW - 4 * HOUR } }), 'newest').data).toEqual([]);
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

  it('of a fixed range has round lines where the range has them', () => {
    const intervals = (range: [number, number]) => [3, 5].map((lines) => axisOf([], { range }, lines).interval);
    expect(intervals([0, 10])).toEqual([5, 2]);
    expect(intervals([0, 12])).toEqual([6, 3]);
    expect(intervals([0, 0.5])).toEqual([0.25, 0.125]);
  });

  it('never goes where the metric can’t be, whatever its smallest height asks for', () => {
    const rain = { min: 0, max: 25 };
    for (const lines of [2, 3, 5]) {
      expect(axisOf([0, 0.2], {}, lines, rain).min).toBe(0);
      // without the catalogue’s word half of the height lay below zero
      const dry = axisOf([0, 0], { minSpan: 4 }, lines, rain);
      expect(dry.min).toBe(0);
      expect(dry.max).toBeGreaterThanOrEqual(4);
      const share = axisOf([96, 99.5], { minSpan: 20 }, lines, { min: 0, max: 100 });
      expect(share.max).toBe(100);
      expect(share.min).toBeLessThanOrEqual(80);
      // a least value that is no round one is the axis' own end
      expect(axisOf([-38, 10], {}, lines, { min: -40 }).min).toBeGreaterThanOrEqual(-40);
    }
    expect(axisOf([0, 0], { minSpan: 4 }, 3).min).toBeLessThan(0);
    // a value out of range is marked bad and still drawn where it lies
    expect(axisOf([-1, 3], {}, 3, { min: 0 }).min).toBeLessThanOrEqual(-1);
    const shown = option(
      1,
      { series: { ...slots(0, MINUTE, [-2, 0], [-1, 0]).state!, meta: { rangeMin: 0 } } },
      { limits: [] },
    );
    expect(shown.yAxis[0]).toMatchObject({ min: 0 });
    expect(shown.yAxis[0].max).toBeGreaterThanOrEqual(4);
  });

  it('says how far it is to the lowest limit, or over the highest one reached', () => {
    const limits = limitsOf(options, latest, 'zh').filter(({ name }) => name !== '定');
    expect(marginOf(419.07, limits)).toMatchObject({ limit: { name: '警戒' }, over: false });
    expect(marginOf(419.07, limits)!.by).toBeCloseTo(2.43);
    expect(marginOf(422.63, limits)).toMatchObject({ limit: { name: '警戒' }, over: true });
    expect(marginOf(423.2, limits)).toMatchObject({ limit: { name: '保证' }, over: true, by: 0 });
    expect(marginOf(1, [])).toBeNull();
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

describe('line, other days', () => {
  const yesterday = slots(DAY, 5 * MINUTE, [-60, 421], [-55, 422], [-40, 420], [60, 419]);
  const names = { past: { name: { zh: '昨日', en: 'yesterday' } }, earlier: { name: { zh: '上周日', en: 'Sunday' } } };
  const ahead = { ...yesterday, spec: { ...yesterday.spec, ahead: 2 * HOUR } };

  it('stand in the middle of their slots at the time they are held against, with the gaps of their own step', () => {
    expect(shifted(yesterday)).toEqual([
      [NOW - 57.5 * MINUTE, 421],
      [NOW - 52.5 * MINUTE, 422],
      [NOW - 47.5 * MINUTE, null],
      [NOW - 37.5 * MINUTE, 420],
      [NOW - 32.5 * MINUTE, null],
      [NOW + 62.5 * MINUTE, 419],
    ]);
    expect(shifted(undefined)).toEqual([]);
  });

  it('are dashed in the colour of comparison and named at their end', () => {
    const made = option(1, { past: ahead, earlier: slots(7 * DAY, 5 * MINUTE, [-60, 420], [-5, 420.2]) }, names);
    expect(seriesOf(made, 'past').lineStyle).toMatchObject({ color: '#93a8c9', type: [6, 4] });
    expect(seriesOf(made, 'earlier').lineStyle).toMatchObject({ color: '#93a8c9', type: [2, 4] });
    expect(
      wordsOf(made)
        .filter(({ fill }) => fill === '#93a8c9')
        .map(({ text }) => text),
    ).toEqual(expect.arrayContaining(['昨日', '上周日']));
  });

  it('has no name where nothing of it is known', () => {
    const none = { ...yesterday, state: stateOf<SeriesRow>([]) };
    expect(textOf(option(1, { past: none }, names))).not.toContain('昨日');
  });

  it('the axis goes on as far as they are known, and the whole day for today', () => {
    expect(timeSpan(input.spec, [undefined], NOW)).toEqual({ from: NOW - 3 * HOUR, to: NOW });
    expect(timeSpan(input.spec, [ahead.spec, undefined], NOW).to).toBe(NOW + 2 * HOUR);
    // what a line of an hour ago can show ahead is an hour
    expect(timeSpan(input.spec, [{ ...ahead.spec, shift: HOUR }], NOW).to).toBe(NOW + HOUR);
    expect(timeSpan(input.spec, [{ ...normal().spec, ahead: 4 * HOUR }], NOW).to).toBe(NOW + 4 * HOUR);
    const day = timeSpan({ ...input.spec, since: 'today' }, [], NOW);
    expect(day).toEqual({ from: Date.UTC(2026, 6, 11, 16), to: Date.UTC(2026, 6, 12, 16) });
    expect([tickText(day.from, day), tickText(day.to, day)]).toEqual(['00:00', '24:00']);
    expect(tickText(day.to, { from: NOW, to: day.to })).toBe('00:00');
  });

  it('name days by their dates where there are many', () => {
    const quarter = { from: NOW - 90 * 86_400_000, to: NOW };
    const ticks = timeTicks(quarter.from, quarter.to, 5);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks.map((at) => tickText(at, quarter)).every((text) => /^\d\d-\d\d$/.test(text))).toBe(true);
  });

  it('says 现在 only where the axis goes beyond it, and no time under it', () => {
    const beyond = option(1, { past: ahead });
    expect(textOf(beyond)).toContain('现在');
    expect(textOf(option())).not.toContain('现在');
    const { left, right } = beyond.grid[0];
    const xOf = (at: number) => left + ((at - NOW + 3 * HOUR) / (5 * HOUR)) * (input.width - left - right);
    const now = wordsOf(beyond).find(({ text }) => text === '现在')!;
    expect(now.x).toBeCloseTo(xOf(NOW));
    for (const at of beyond.xAxis[0].axisLabel.customValues) expect(Math.abs(xOf(at) - now.x)).toBeGreaterThan(32);
  });
});

describe('line, what is usual', () => {
  it('stands in the middle of its slots and reaches to the borders of a run', () => {
    const at = (hours: number) => NOW - 40 * MINUTE + hours * HOUR;
    expect(bandOf(normal(-3, -2, 0)).map(([time, low]) => [time, low])).toEqual([
      [at(-3), 418],
      [at(-2.5), 418],
      [at(-1.5), 418],
      [at(-1), 418],
      [at(-1) + 1, null],
      [at(0), 418],
      [at(0.5), 418],
      [at(1), 418],
    ]);
    expect(bandOf(undefined)).toEqual([]);
  });

  it('is a faint band from P10 to P90 with P50 in it, in no colour of data, named', () => {
    const made = option(1, { normal: normal(-3, -2, -1, 0) });
    expect(seriesOf(made, 'normal-low').data[0][1]).toBe(418);
    expect(seriesOf(made, 'normal-band').data[0][1]).toBe(2);
    expect(seriesOf(made, 'normal').data[0][1]).toBe(419);
    // bands below zero would not stack otherwise
    expect(seriesOf(made, 'normal-band').stackStrategy).toBe('all');
    expect(textOf(made)).toContain('常态');
    expect(textOf(option(1, { normal: normal(-1) }, { normal: { name: { zh: '往年', en: 'years' } } }))).toContain(
      '往年',
    );
    expect(textOf(option(1, { normal: normal() }))).not.toContain('常态');
    expect(made.yAxis[0].min).toBeLessThanOrEqual(418);
  });
});

describe('line, a limit crossed', () => {
  const warning = { name: '警戒', value: 421.5, style: 'dashed' as const };
  const guarantee = { name: '保证', value: 423.2, style: 'solid' as const };

  it('is the newest time the line came up to it, read off the line that is drawn', () => {
    const line: [number, number | null][] = [
      [0, 421],
      [60, 422],
      [120, 421],
      [180, 421.5],
      [240, 422],
    ];
    expect(crossingOf(line, [warning, guarantee])).toEqual({ at: 180, limit: warning });
    expect(crossingOf(line.slice(0, 3), [warning])).toEqual({ at: 30, limit: warning });
    expect(
      crossingOf(
        [
          [0, 421],
          [60, 424],
        ],
        [warning, guarantee],
      )?.limit,
    ).toBe(guarantee);
  });

  it('is not said of a gap, of a fall, or of a line that was above all the time', () => {
    expect(
      crossingOf(
        [
          [0, 421],
          [60, null],
          [120, 422],
        ],
        [warning],
      ),
    ).toBeNull();
    expect(
      crossingOf(
        [
          [0, 422],
          [60, 421],
        ],
        [warning],
      ),
    ).toBeNull();
    expect(
      crossingOf(
        [
          [0, 422],
          [60, 423],
        ],
        [warning],
      ),
    ).toBeNull();
    expect(crossingOf([], [warning])).toBeNull();
  });

  it('is a white stroke with its time, no shape of an alarm', () => {
    const rising = slots(0, MINUTE, [-3, 421], [-2, 421.4], [-1, 421.6]);
    const made = option(1, { series: rising.state });
    expect(textOf(made)).toContain('06:38 越过警戒');
    expect(made.graphic.every(({ type }: { type: string }) => type === 'text' || type === 'line')).toBe(true);
  });

  it('says only when where the chart is narrow, and nothing where even that has no room', () => {
    const rising = slots(0, MINUTE, [-3, 421], [-2, 421.4], [-1, 421.6]).state;
    const narrow = textOf(option(1, { series: rising, width: 190 }));
    expect(narrow).toContain('14:38');
    expect(narrow).not.toContain('06:38 越过警戒');
    expect(textOf(option(1, { series: rising, width: 150 })).some((words) => words.includes('38'))).toBe(false);
  });

  it('has its words where the line had not been, or right below where there is no room', () => {
    const plot = { left: 40, right: 300, top: 10, bottom: 110 };
    const words = { width: 80, height: 15, gap: 5 };
    expect(besideMark({ x: 200, y: 60 }, words, plot)).toEqual({ x: 115, y: 47.5 });
    expect(besideMark({ x: 60, y: 60 }, words, plot)).toEqual({ x: 65, y: 72.5 });
    // neither: kept inside
    expect(besideMark({ x: 60, y: 108 }, words, plot)).toEqual({ x: 40, y: 95.5 });
  });
});

describe('line, rain', () => {
  const fallen = slots(0, 5 * MINUTE, [-30, 0], [-25, 4], [-10, 9]);
  const own = { rain: { name: { zh: '桂溪站 5 分钟', en: 'Guixi' }, unit: { zh: 'mm', en: 'mm' }, least: 10 } };
  const made = (more: Partial<LineInput> = {}) => option(1, { rain: fallen, width: 700, height: 260, ...more }, own);

  it('stands in the middle of its slots; a slot without values is not dry', () => {
    expect(rainColumns(fallen)).toEqual([
      { at: NOW - 27.5 * MINUTE, value: 0 },
      { at: NOW - 22.5 * MINUTE, value: 4 },
      { at: NOW - 7.5 * MINUTE, value: 9 },
    ]);
    expect(rainColumns(undefined)).toEqual([]);
    const known = rainKnown(rainColumns(fallen), 5 * MINUTE);
    expect(known[0]).toEqual([NOW - 30 * MINUTE, 0]);
    expect(known.filter(([, value]) => value === null)).toEqual([[NOW - 17.5 * MINUTE, null]]);
  });

  it('hangs from the top on an axis of its own at the right, above the line, with its unit', () => {
    const picture = made();
    expect(picture.yAxis[1]).toMatchObject({ inverse: true, position: 'right', min: 0, max: 10, gridIndex: 1 });
    expect(seriesOf(picture, 'rain')).toMatchObject({ xAxisIndex: 1, yAxisIndex: 1 });
    expect(picture.xAxis[1]).toMatchObject({ min: picture.xAxis[0].min, max: picture.xAxis[0].max });
    expect(260 - picture.grid[1].bottom).toBeLessThan(picture.grid[0].top);
    expect(textOf(picture)).toContain('桂溪站 5 分钟 mm');
  });

  it('takes the metric’s own unit, only the unit where the panel is narrow, and says when nothing is known', () => {
    const named = { ...fallen, state: stateOf<SeriesRow>([], { unit: 'mm' }) };
    const noUnit = { rain: { name: own.rain.name } };
    expect(textOf(option(1, { rain: named, width: 700, height: 260 }, noUnit))).toContain('桂溪站 5 分钟 mm —');
    expect(textOf(made({ width: 240 }))).toContain('mm');
    expect(textOf(made({ rain: { ...fallen, state: null } }))).toContain('桂溪站 5 分钟 mm');
  });

  it('is grey when its station is silent', () => {
    const silent = { ...fallen, state: { ...fallen.state!, meta: { fresh: 0, total: 1, oldestAt: NOW - HOUR } } };
    expect(seriesOf(made({ rain: silent }), 'rain').itemStyle.color).toBe('#8098bb');
  });

  it('gives way where the chart is too low for both', () => {
    const low = made({ height: 100 });
    expect(low.grid).toHaveLength(1);
    expect(seriesOf(low, 'rain')).toBeUndefined();
  });
});

describe('line, words at the right end', () => {
  const label = (text: string, y: number) => ({ text, y, colour: '#fff' });

  it('move apart only as far as they must, in order of height, inside the space', () => {
    const placed = spread(
      [label('a', 50), label('b', 52), label('c', 51), label('d', 95), label('e', 10)],
      20,
      [0, 100],
    );
    expect(placed.map(({ text }) => text)).toEqual(['e', 'a', 'c', 'b', 'd']);
    for (const [i, { at }] of placed.slice(1).entries()) expect(at - placed[i]!.at).toBeGreaterThanOrEqual(20 - 1e-6);
    expect(placed[0]!.at).toBeGreaterThanOrEqual(10);
    expect(placed.at(-1)!.at).toBeLessThanOrEqual(90);
    expect(spread([label('a', 30), label('b', 70)], 20, [0, 100]).map(({ at }) => at)).toEqual([30, 70]);
  });

  it('leaves out the last given where there is no room for all', () => {
    expect(spread([label('a', 50), label('b', 52), label('c', 51)], 20, [30, 75]).map(({ text }) => text)).toEqual([
      'a',
      'b',
    ]);
    expect(spread([label('a', 50)], 20, [0, 10])).toEqual([]);
  });

  it.each([
    [1366 / 1920, 'a small screen'],
    [1, 'the drawing'],
    [2, 'twice'],
  ])('never overlap and never leave the chart at %f (%s)', (factor) => {
    const at = (minutes: number, value: number): [number, number] => [minutes, value];
    const made = option(
      factor,
      {
        past: slots(DAY, MINUTE, at(-2, 421.4), at(-1, 421.5)),
        earlier: slots(7 * DAY, MINUTE, at(-2, 421.4), at(-1, 421.45)),
        normal: normal(-3, -2, -1),
        rain: slots(0, MINUTE, at(-1, 3)),
        width: 420 * factor,
        height: 240 * factor,
      },
      {
        limits: options.limits.slice(0, 2),
        past: { name: { zh: '昨日', en: '' } },
        earlier: { name: { zh: '上周日', en: '' } },
      },
    );
    const size = made.xAxis[0].axisLabel.fontSize;
    const right = 420 * factor - made.grid[0].right;
    const words = wordsOf(made).filter(({ x, text }) => x > right && text !== '');
    expect(words.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['保证 423.20', '警戒 421.50', '昨日', '上周日', '常态']),
    );
    const heights = words.map(({ y }) => y).sort((a, b) => a - b);
    for (const [i, y] of heights.slice(1).entries()) expect(y - heights[i]!).toBeGreaterThanOrEqual(size);
    for (const { text, x } of words) {
      const ems = [...text].reduce((sum, letter) => sum + (letter > '⺀' ? 1 : 0.46), 0);
      expect(x + ems * size).toBeLessThanOrEqual(420 * factor);
    }
  });
});

describe('line, options', () => {
  it('of the roles are named words', () => {
    const name = { zh: '昨日', en: 'yesterday' };
    expect(lineOptions.parse({ past: { name }, rain: { name, least: 5 } })).toEqual({
      past: { name },
      rain: { name, least: 5 },
    });
    expect(lineOptions.safeParse({ past: {} }).success).toBe(false);
  });
});
