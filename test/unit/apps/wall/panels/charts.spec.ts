import { stateOf, type ValueRow, type ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { onCircle, ringPiece } from '../../../../../apps/wall/src/charts/arc.js';
import { niceAxis } from '../../../../../apps/wall/src/charts/axis.js';
import { fitted, measures, widthOf } from '../../../../../apps/wall/src/charts/measure.js';
import { type BarsInput, barsOf, barsOption } from '../../../../../apps/wall/src/panels/bars/option.js';
import { donutOf } from '../../../../../apps/wall/src/panels/donut/option.js';
import { classAt, gaugeOf } from '../../../../../apps/wall/src/panels/gauge/option.js';
import { heatPicture, heatTable, stepOf } from '../../../../../apps/wall/src/panels/heat/option.js';
import { isTimed, type Member, membersOf } from '../../../../../apps/wall/src/panels/parts/members.js';
import { radarOf, spokesOf } from '../../../../../apps/wall/src/panels/radar/option.js';
import { RAMPS } from '../../../../../apps/wall/src/themes/tokens.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 2026-07-12 14:48:20 in the county */
const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const theme = { factor: 1, theme: 'watch' as const };
const box = { width: 300, height: 200 };

function row(key: string, value: number | null, more: Partial<ValueRow> = {}): ValueRow {
  return {
    asset: `x/y/${key}`,
    name: key,
    metric: 'm',
    value,
    at: value === null ? 0 : NOW - MINUTE,
    receivedAt: NOW,
    quality: 'good',
    origin: 'live',
    feed: 'f',
    staleAfter: 15 * MINUTE,
    ...more,
  };
}
const latest: ViewSpec = { kind: 'latest', type: 'x/y', metrics: ['m'] };
const members = (...rows: ValueRow[]): Member[] =>
  membersOf(
    { spec: latest, state: stateOf(rows.map((item) => [`${item.asset}|${item.metric}`, item])) },
    {},
    NOW,
    'zh',
  );

describe('members', () => {
  it('of one asset are named and ordered by metric', () => {
    const rows = ['grade.good', 'grade.best'].map((metric): [string, ValueRow] => [
      `x/y/A|${metric}`,
      row('A', 3, { metric }),
    ]);
    const words = { 'grade.best': { zh: '非常满意', en: 'very satisfied' } };
    const shown = membersOf(
      { spec: latest, state: stateOf(rows) },
      { words, order: ['grade.best', 'grade.good'] },
      NOW,
      'zh',
    );
    expect(shown.map(({ name }) => name)).toEqual(['非常满意', 'A']);
    expect(shown.map(({ key }) => key)).toEqual(['x/y/A|grade.best', 'x/y/A|grade.good']);
  });
});

describe('measures', () => {
  it('letters keep 14 px, lengths don’t', () => {
    expect(measures({ factor: 0.5 }).letters(15)).toBe(14);
    expect(measures({ factor: 2 }).letters(15)).toBe(30);
    expect(measures({ factor: 0.5 }).px(10)).toBe(5);
  });
  it('a text that is too wide says that something is left out', () => {
    expect(widthOf('桂溪')).toBe(2);
    expect(fitted('桂西大道', 4)).toBe('桂西大道');
    expect(fitted('桂西大道东段', 4)).toBe('桂西大…');
  });
  it('an axis ends on a multiple of its step', () => {
    expect(niceAxis([0, 88], 4)).toEqual({ min: 0, max: 100, interval: 25 });
    expect(niceAxis([0, 0], 4)).toEqual({ min: 0, max: 1, interval: 0.25 });
    expect(niceAxis([0, 30], 4, true)).toEqual({ min: 0, max: 30, interval: 10 });
    expect(niceAxis([0, 7], 4, true).interval * 2).toBe(7);
  });
  it('a ring’s piece of a whole turn is drawn, not lost', () => {
    expect(onCircle({ x: 10, y: 10 }, 5, 90)).toEqual([15, 10]);
    expect(ringPiece({ x: 10, y: 10, outer: 5, inner: 3 }, 0, 360).match(/M/g)).toHaveLength(2);
  });
});

describe('members', () => {
  it('keep the order asked for, with a place for who is not there', () => {
    const state = stateOf([
      ['b', { count: 2 }],
      ['a', { count: 5 }],
    ]);
    const spec: ViewSpec = { kind: 'tally', system: 's', by: 'status' };
    const options = { order: ['a', 'b', 'c'], words: { b: { zh: '乙', en: 'B' } } };
    expect(membersOf({ spec, state }, options, NOW, 'zh').map(({ name, value }) => [name, value])).toEqual([
      ['a', 5],
      ['乙', 2],
      ['c', 0],
    ]);
  });

  it('slots of time: nothing happened is zero, nothing measured is none', () => {
    const step = 5 * MINUTE;
    const newest = Math.floor(NOW / step) * step;
    const tally: ViewSpec = { kind: 'tally', system: 's', by: 'time', step, since: 15 * MINUTE };
    const counted = membersOf({ spec: tally, state: stateOf([[String(newest - step), { count: 4 }]]) }, {}, NOW, 'zh');
    expect(counted.map(({ name, value }) => [name, value])).toEqual([
      ['14:35', 0],
      ['14:40', 4],
      ['14:45', 0],
    ]);
    const series: ViewSpec = { kind: 'series', asset: 'x/y/a', metric: 'm', window: 15 * MINUTE, step };
    const measured = membersOf({ spec: series, state: stateOf([[String(newest), { avg: 7 }]]) }, {}, NOW, 'zh');
    expect(measured.map(({ value }) => value)).toEqual([null, null, 7]);
    const slot = stateOf([[String(newest), { avg: 7, max: 9, last: 8 }]]);
    expect(
      (['max', 'last'] as const).map(
        (kind) => membersOf({ spec: series, state: slot }, { slot: kind }, NOW, 'zh')[2]!.value,
      ),
    ).toEqual([9, 8]);
    expect(isTimed(tally) && isTimed(series)).toBe(true);
    expect(isTimed(latest)).toBe(false);
  });

  it('a group without a fresh member is stale, a value past its time too', () => {
    const spec: ViewSpec = { kind: 'aggregate', of: 'x/y/m', fn: 'avg', by: 'town' };
    const state = stateOf([
      ['a', { value: 1, fresh: 0, total: 2, oldestAt: NOW - HOUR, origin: 'simulated' }],
      ['b', { value: null, fresh: 0, total: 2, oldestAt: null, origin: 'live' }],
    ]);
    const [a, b] = membersOf({ spec, state }, {}, NOW, 'zh');
    expect(a).toMatchObject({ stale: true, attributes: { 'data-quality': 'stale', 'data-origin': 'simulated' } });
    expect(b!.value).toBeNull();
    expect(members(row('old', 1, { at: NOW - HOUR }))[0]!.stale).toBe(true);
  });
});

describe('gauge', () => {
  const options = {
    range: [0, 10] as [number, number],
    classes: [
      { below: 2, zh: '畅通', en: 'free' },
      { below: 6, zh: '拥堵', en: 'busy' },
      { zh: '严重', en: 'heavy' },
    ],
    limits: [{ attribute: 'most', name: { zh: '上限', en: 'most' } }],
  };
  it('a value on a border belongs to the class above it', () => {
    expect([null, -1, 1.99, 2, 6, 99].map((value) => classAt(value, options))).toEqual([-1, 0, 0, 1, 2, 2]);
  });
  it('points at the value, names its class and draws the asset’s own limit', () => {
    const gauge = gaugeOf(members(row('a', 5, { attributes: { most: 8 } }))[0], options, box, theme, 'zh');
    expect(gauge.classes.map(({ name, span, here }) => [name, span, here])).toEqual([
      ['畅通', '0–2', false],
      ['拥堵', '2–6', true],
      ['严重', '6–10', false],
    ]);
    expect(gauge.marks.map(({ name, text }) => [name, text])).toEqual([['上限', '8.0']]);
    // half of the range is straight up
    expect(gauge.needle).toMatch(/^M150 /);
    expect(gauge.classes.map(({ colour }) => colour)).toEqual([
      RAMPS.congestion[0],
      RAMPS.congestion[2],
      RAMPS.congestion[4],
    ]);
  });
  it('without a value there is no needle and no class', () => {
    for (const member of [undefined, members(row('a', null))[0]]) {
      const gauge = gaugeOf(member, options, box, theme, 'zh');
      expect(gauge.needle).toBeNull();
      expect(gauge.classes.some(({ here }) => here)).toBe(false);
    }
  });
  it('levels are named by their number, each in the middle of its piece', () => {
    const levels = { ...options, range: [0.5, 3.5] as [number, number], levels: true, limits: [] };
    const named = levels.classes.map((each, i) => ({ zh: each.zh, en: each.en, ...(i < 2 && { below: i + 1.5 }) }));
    const gauge = gaugeOf(members(row('a', 2))[0], { ...levels, classes: named }, box, theme, 'zh');
    expect(gauge.classes.map(({ span, here }) => [span, here])).toEqual([
      ['1', false],
      ['2', true],
      ['3', false],
    ]);
    expect(gauge.labels.map(({ text }) => text)).toEqual(['1', '2', '3']);
    expect(gauge.needle).toMatch(/^M150 /);
  });
  it('keeps its figure inside a low box', () => {
    const low = { width: 600, height: 160 };
    const { figure, letters } = gaugeOf(members(row('a', 5))[0], options, low, theme, 'zh');
    expect(figure.y + letters.figure / 2).toBeLessThanOrEqual(low.height);
  });
  it('a value beyond the dial stands at its end', () => {
    const at = (value: number) => gaugeOf(members(row('a', value))[0], options, box, theme, 'zh').needle;
    expect(at(50)).toBe(at(10));
    expect(at(-3)).toBe(at(0));
  });
});

describe('bars', () => {
  const input = (more: Partial<BarsInput> = {}): BarsInput => ({
    rows: members(row('a', 40), row('b', 20, { at: NOW - HOUR, attributes: { plan: 30 } }), row('c', null)),
    second: [],
    plan: [],
    timed: false,
    silent: false,
    empty: false,
    ago: () => '一小时前',
    ...box,
    ...more,
  });
  // biome-ignore lint/suspicious/noExplicitAny: ECharts' option types are unions too wide to be read in a test
  const option = (options: Parameters<typeof barsOption>[1], more: Partial<BarsInput> = {}): any =>
    barsOption(input(more), options, theme, 'zh');
  const second = [{ key: 'x/y/a|m', value: 50 } as Member];

  it('a part is part of its bar, never more than all of it', () => {
    expect(barsOf({ ...input(), second }, { together: 'part' })[0]).toMatchObject({ first: 0, second: 40, whole: 40 });
    expect(barsOf({ ...input(), second }, { together: 'stacked' })[0]).toMatchObject({
      first: 40,
      second: 50,
      whole: 90,
    });
    expect(barsOf({ ...input(), second }, { together: 'side' })[0]).toMatchObject({ first: 40, second: 50, whole: 40 });
  });
  it('start at zero; a stale bar is hatched, one without a value has its place hatched and —', () => {
    const { series, yAxis } = option({});
    expect(yAxis.min).toBe(0);
    const [fresh, stale, none] = series[0].data;
    expect(fresh.itemStyle.decal).toBeUndefined();
    expect(stale).toMatchObject({ value: 20, itemStyle: { decal: {} } });
    expect(none).toMatchObject({ value: yAxis.max, itemStyle: { color: 'transparent', decal: {} } });
    // never the height of its place
    expect(none.label.formatter).toBe('—');
    expect(series.at(-1).data.map(({ value }: { value: number[] }) => value)).toEqual([
      [0, 40],
      [1, 20],
    ]);
  });
  it('no two steps of the axis read alike', () => {
    const { yAxis } = option({}, { rows: members(row('a', 0.2)) });
    const labels = [0, 1, 2, 3].map((i) => yAxis.axisLabel.formatter(i * yAxis.interval));
    expect(new Set(labels).size).toBe(4);
  });
  it('drizzle stays small under a least height, and no axis goes beyond what can be', () => {
    const drizzle = { rows: members(row('a', 0.2)) };
    expect(option({}, drizzle).yAxis.max).toBeLessThan(0.5);
    expect(option({ least: 5 }, drizzle).yAxis.max).toBeGreaterThanOrEqual(5);
    const share = { rows: members(row('a', 104)) };
    expect(option({}, share).yAxis.max).toBeGreaterThan(110);
    expect(option({}, { ...share, most: 110 }).yAxis.max).toBe(110);
    // what is out of range is drawn whole
    expect(option({}, { ...share, most: 100 }).yAxis.max).toBeGreaterThanOrEqual(104);
  });
  it('of a row of times it names those it asks for: the first is not forced in beside the second', () => {
    const times = members(...Array.from({ length: 36 }, (_, i) => row(`t${i}`, i)));
    const { axisLabel } = option({}, { rows: times, timed: true }).xAxis;
    expect(axisLabel.showMinLabel).toBeUndefined();
    expect(axisLabel.interval(35)).toBe(true);
    expect(axisLabel.interval(34)).toBe(false);
    expect(option({}).xAxis.axisLabel.showMinLabel).toBe(true);
  });
  it('an empty panel has no hatched places', () => {
    expect(option({}, { empty: true }).series[0].data[2].value).toBeNull();
  });
  it('a plan is the asset’s own figure; limits are white and named', () => {
    const { series, yAxis } = option({
      plan: { attribute: 'plan', name: { zh: '计划', en: 'plan' } },
      limits: [{ value: 70, name: { zh: '目标', en: 'target' } }],
    });
    expect(series.find(({ id }: { id: string }) => id === 'plan').data).toEqual([[1, 30]]);
    expect(series[0].markLine.data[0].label.formatter).toBe('目标 70');
    expect(yAxis.max).toBeGreaterThanOrEqual(70);
  });
  it('lying bars have a column of figures, with the age of what is old', () => {
    const { yAxis } = option({ direction: 'rows' });
    expect(yAxis[1].data).toEqual(['{now|40}', '{age|一小时前}  {old|20}', '{old|—}']);
  });
  it('is never animated and letters keep 14 px', () => {
    const small = barsOption(input(), {}, { ...theme, factor: 0.5 }, 'zh');
    expect(small.animation).toBe(false);
    expect(
      JSON.stringify(small)
        .match(/"fontSize":(\d+)/g)!
        .every((size) => Number(size.slice(11)) >= 14),
    ).toBe(true);
  });
});

describe('donut', () => {
  it('the smaller parts are one; shares are of what is known', () => {
    const donut = donutOf(
      members(row('a', 1), row('b', 6), row('c', 2), row('d', null), row('e', 1)),
      { parts: 3 },
      50,
      '其他',
    );
    expect(donut.total).toBe(10);
    expect(donut.slices.map(({ name, text, share }) => [name, text, share])).toEqual([
      ['b', '6', '60 %'],
      ['c', '2', '20 %'],
      ['其他', '2', '20 %'],
    ]);
  });
  it('nothing known is — and no ring, a true zero is 0', () => {
    const none = donutOf(members(row('a', null), row('b', null)), {}, 50, '其他');
    expect(none.total).toBeNull();
    expect(none.slices.map(({ share, path }) => [share, path])).toEqual([
      ['—', ''],
      ['—', ''],
    ]);
    expect(donutOf(members(row('a', 0)), {}, 50, '其他').total).toBe(0);
  });
  it('neighbours never have the same colour, however many', () => {
    const rows = Array.from({ length: 8 }, (_, i) => row(String(i), 8 - i));
    const colours = donutOf(members(...rows), { parts: 8 }, 50, '其他').slices.map(({ colour }) => colour);
    expect(new Set(colours).size).toBe(8);
  });
});

describe('heat', () => {
  const options = { steps: [0, 10, 20, 30, 40] };
  it('rising steps of the ramp, or falling ones', () => {
    expect([-5, 0, 9.9, 10, 99].map((value) => stepOf(value, options))).toEqual([0, 0, 0, 1, 4]);
    expect([0, 45].map((value) => stepOf(value, { ...options, invert: true }))).toEqual([4, 0]);
  });
  it('members down, slots across; what was not measured is a gap', () => {
    const step = 5 * MINUTE;
    const newest = Math.floor(NOW / step) * step;
    const spec = { kind: 'matrix' as const, type: 'x/y', metric: 'm', window: 15 * MINUTE, step };
    const state = stateOf([[`x/y/a|${newest}`, { at: newest, min: 1, max: 1, avg: 12, last: 1, count: 1 }]]);
    const table = heatTable(spec, state, [row('a', 12), row('b', null)], {}, NOW);
    expect(table.columns).toEqual(['14:35', '14:40', '14:45']);
    expect(table.rows.map(({ name, stale, cells }) => [name, stale, cells])).toEqual([
      ['a', false, [null, null, 12]],
      ['b', true, [null, null, null]],
    ]);
    const picture = heatPicture(table, options, box, theme);
    expect(picture.gaps.match(/M/g)).toHaveLength(5);
    expect(picture.steps.map(({ path }) => path.length > 0)).toEqual([false, true, false, false, false]);
    expect(picture.ticks.at(-1)).toMatchObject({ text: '14:45', anchor: 'end' });
  });
  it('newest values stand at the right end, members in their order; who has none comes last', () => {
    const spec = { kind: 'matrix' as const, type: 'x/y', metric: 'm', window: 60 * MINUTE, step: 5 * MINUTE };
    const members = [row('a', null), row('b', 7), row('c', 91), row('d', 30)];
    const order = (sort: 'asc' | 'desc' | undefined) =>
      heatTable(spec, null, members, { sort }, NOW)
        .rows.map(({ key }) => key.at(-1))
        .join('');
    expect([order(undefined), order('desc'), order('asc')]).toEqual(['abcd', 'cdba', 'bdca']);
    const table = heatTable(spec, null, members, { without: ['d'] }, NOW);
    expect(table.rows.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    const picture = heatPicture(table, { ...options, newest: true }, box, theme);
    expect(picture.newest.map(({ text, stale, x }) => [text, stale, x])).toEqual([
      ['—', true, box.width],
      ['7', false, box.width],
      ['91', false, box.width],
      ['30', false, box.width],
    ]);
    // the cells leave them their room
    const plain = heatPicture(table, options, box, theme);
    expect(plain.newest).toEqual([]);
    expect(picture.ticks.at(-1)!.x).toBeLessThan(plain.ticks.at(-1)!.x - 14);
  });
  it('days down, hours across; what is still to come is no gap', () => {
    const spec = { kind: 'series' as const, asset: 'x/y/a', metric: 'm', window: 48 * HOUR, step: HOUR };
    const table = heatTable(spec, null, [], {}, NOW);
    expect(table.rows.map(({ name }) => name)).toEqual(['07-12', '07-11', '07-10']);
    expect(table.rows[0]!.cells.filter((cell) => cell === null)).toHaveLength(15);
    expect(table.rows[2]!.cells.filter((cell) => cell === undefined)).toHaveLength(15);
  });
  it('shows the rows there is room for', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      key: String(i),
      name: String(i),
      stale: false,
      newest: null,
      cells: [1],
    }));
    expect(heatPicture({ columns: ['0'], rows }, options, box, theme).shown).toBeLessThan(12);
  });
});

describe('radar', () => {
  const options = {
    axes: ['a', 'b', 'c'].map((key) => ({ key, name: { zh: key, en: key }, max: 10, normal: 8 })),
  };
  const metrics = (...values: (number | null)[]) =>
    membersOf(
      {
        spec: latest,
        state: stateOf(values.map((value, i) => [`x/y/h|${'abc'[i]}`, row('h', value, { metric: 'abc'[i]! })])),
      },
      {},
      NOW,
      'zh',
    );
  it('an axis without a value breaks the line and is hatched: it is not zero', () => {
    const whole = radarOf(spokesOf(metrics(5, 5, 5), [], options, 'zh'), box, theme);
    expect(whole.value.area).toMatch(/Z$/);
    expect(whole.gaps).toBe('');
    const broken = radarOf(spokesOf(metrics(5, null, 5), [], options, 'zh'), box, theme);
    expect(broken.value.area).toBe('');
    expect(broken.value.line.match(/M/g)).toHaveLength(1);
    expect(broken.gaps.match(/M/g)).toHaveLength(1);
    expect(broken.corners).toHaveLength(2);
    expect(broken.normal).toMatch(/Z$/);
  });
});
