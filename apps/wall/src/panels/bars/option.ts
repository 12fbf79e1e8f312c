import type { BarSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { GridComponentOption, MarkLineComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { decimalsOf, niceAxis } from '../../charts/axis.js';
import { barFill } from '../../charts/fill.js';
import { fitted, measures, widthOf } from '../../charts/measure.js';
import { figure } from '../../readings/format.js';
import { type ChartTheme, COLOURS, FONTS } from '../../themes/tokens.js';
import type { Member } from '../parts/members.js';
import type { BarsOptions } from './panel.js';

export type BarsChartOption = ComposeOption<
  BarSeriesOption | ScatterSeriesOption | GridComponentOption | MarkLineComponentOption
>;

export interface BarsInput {
  rows: Member[];
  second: Member[];
  plan: Member[];
  /** bars are slots of time, their names are times */
  timed: boolean;
  /** nothing of it is fresh */
  silent: boolean;
  /** nothing ever came: an empty axis, no hatched places */
  empty: boolean;
  /** what the metric can be at most; no axis needs to go beyond it */
  most?: number | undefined;
  /** `33 分钟前` */
  ago: (at: number) => string;
  width: number;
  height: number;
}

interface Bar {
  name: string;
  first: number | null;
  second: number | null;
  plan: number | null;
  stale: boolean;
  at: number;
  /** what the whole bar measures */
  whole: number | null;
}

/** Bars with their second measure and their plan, matched by key. A bar without a value has none of zero either. */
export function barsOf(input: Pick<BarsInput, 'rows' | 'second' | 'plan'>, options: BarsOptions): Bar[] {
  const second = new Map(input.second.map((member) => [member.key, member.value]));
  const plan = new Map(input.plan.map((member) => [member.key, member.value]));
  return input.rows.map((row) => {
    const other = second.get(row.key) ?? null;
    const attribute = options.plan?.attribute;
    const planned = attribute === undefined ? (plan.get(row.key) ?? null) : row.own[attribute];
    const part = options.together === 'part';
    const late = part && row.value !== null && other !== null ? Math.min(row.value, other) : other;
    return {
      name: row.name,
      first: part && row.value !== null ? row.value - (late ?? 0) : row.value,
      second: late,
      plan: typeof planned === 'number' ? planned : null,
      stale: row.stale,
      at: row.at,
      whole: options.together === 'side' || row.value === null ? row.value : part ? row.value : row.value + (late ?? 0),
    };
  });
}

/** 135° lines in grey: a value that nobody refreshes, or none. */
function hatched(factor: number) {
  return {
    color: 'rgba(128,152,187,.1)',
    borderColor: 'rgba(128,152,187,.5)',
    borderWidth: 1,
    decal: {
      symbol: 'rect',
      dashArrayX: [1, 0] as [number, number],
      dashArrayY: [2 * factor, 4 * factor] as [number, number],
      rotation: -Math.PI / 4,
      color: 'rgba(128,152,187,.4)',
    },
  };
}

/** The chart's option: pure, lengths in px of this screen. */
export function barsOption(
  input: BarsInput,
  options: BarsOptions,
  theme: ChartTheme,
  lang: 'zh' | 'en',
): BarsChartOption {
  const { px, letters } = measures(theme);
  const size = letters(15);
  const bars = barsOf(input, options);
  const lying = options.direction === 'rows';
  const two = input.second.length > 0;
  const decimals = options.decimals ?? input.rows[0]?.decimals ?? 0;
  const limits = (options.limits ?? []).map(({ value, name, style }) => ({
    value,
    text: `${name[lang]} ${figure(value, Number.isInteger(value) ? 0 : 1)}`,
    style,
  }));
  const values = bars.flatMap(({ whole, second, plan }) => [
    whole ?? 0,
    options.together === 'side' ? (second ?? 0) : 0,
    plan ?? 0,
  ]);
  const across = lying ? input.width : input.height;
  const highest = Math.max(...values, ...limits.map(({ value }) => value), options.least ?? 0, 0);
  const steps = Math.max(2, Math.min(5, Math.floor((across - px(40)) / (size * (lying ? 5 : 1.9)))));
  const growing = niceAxis([0, highest], steps);
  // two measures on one bar may add up to more than one of them can be
  const end =
    options.max ?? (input.most !== undefined && highest <= input.most && growing.max > input.most ? input.most : null);
  const axis = end === null ? growing : niceAxis([0, end], steps, true);
  const limitRoom = limits.length && !lying ? Math.max(...limits.map(({ text }) => widthOf(text))) * size + px(12) : 0;
  const axisRoom =
    Math.max(...[axis.min, axis.max].map((at) => figure(at, decimalsOf(axis.interval)).length)) * size * 0.5 + px(10);
  const names = Math.min(Math.max(0, ...bars.map(({ name }) => widthOf(name))) * size, input.width * 0.34);
  const length = lying ? input.height - size * 1.8 : input.width - axisRoom - limitRoom - px(8);
  const each = length / Math.max(1, bars.length);
  // figures over columns that are narrower than themselves would run into one another
  const widest = Math.max(1, ...bars.map(({ whole }) => figure(whole, decimals).length)) * size * 0.52;
  const figures = options.figures ?? (lying ? each > size * 1.1 : each > widest + px(4));
  const thickness = Math.max(
    2,
    Math.min(lying ? px(11) : px(32), each * (two && options.together === 'side' ? 0.34 : 0.62)),
  );
  const every = input.timed && !lying ? Math.max(1, Math.ceil((size * 3) / each)) : 1;
  const text = { color: COLOURS.text2, fontSize: size, fontFamily: FONTS.number };

  const old = (bar: Bar) => bar.stale || input.silent;
  const hatch = hatched(theme.factor);
  const item = (bar: Bar, value: number | null, colour: string) => ({
    value: value as number,
    itemStyle: old(bar) ? hatch : barFill(colour, theme, lying),
    ...(old(bar) && { label: { color: COLOURS.text3, fontWeight: 500 as const } }),
  });
  // a bar without a value: its place hatched to the end of the axis, and —
  const place = {
    value: input.empty ? (null as unknown as number) : axis.max,
    itemStyle: { ...hatch, color: 'transparent', borderWidth: 0 },
    ...(!lying && {
      label: {
        show: true,
        position: 'insideBottom' as const,
        formatter: '—',
        color: COLOURS.text3,
        fontFamily: FONTS.number,
        fontSize: letters(17),
      },
    }),
  };
  const beside = two && options.together === 'side';
  const plainFigure = {
    color: COLOURS.text,
    fontFamily: FONTS.number,
    fontWeight: 600 as const,
    fontSize: letters(17),
  };
  const above = {
    show: figures,
    position: lying ? ('right' as const) : ('top' as const),
    distance: px(4),
    ...plainFigure,
    // a limit may pass behind a figure
    textBorderColor: '#0c1930',
    textBorderWidth: px(4),
  };
  const styles = {
    now: plainFigure,
    old: { ...plainFigure, color: COLOURS.text3, fontWeight: 500 as const },
    age: { color: COLOURS.text3, fontSize: letters(14), fontFamily: FONTS.text },
  };
  // lying bars have their figures in a column at the right, as in a table
  const inColumn = lying && figures && !beside;
  const columnOf = (bar: Bar) => {
    if (bar.whole === null) return '{old|—}';
    const value = `{${old(bar) ? 'old' : 'now'}|${figure(bar.whole, decimals)}}`;
    return old(bar) && bar.at > 0 ? `{age|${input.ago(bar.at)}}  ${value}` : value;
  };
  const column = inColumn ? bars.map(columnOf) : [];
  const columnRoom = Math.max(0, ...column.map((label) => widthOf(label.replace(/\{\w+\||\}/g, '')))) * letters(16.5);
  const stacked = two && !beside;
  const shownFigures = bars.flatMap(({ whole }) => (whole === null ? [] : [figure(whole, decimals)]));
  const category = {
    type: 'category' as const,
    data: bars.map(({ name }) => name),
    ...(lying && { inverse: true }),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: COLOURS.line2, width: px(1) } },
    axisLabel: {
      ...text,
      margin: px(8),
      // each name that is asked for, and no other: forced in, the first time ran into the next one
      ...(!input.timed && { showMinLabel: true, showMaxLabel: true }),
      interval: (index: number) => (bars.length - 1 - index) % every === 0,
      formatter: (name: string) =>
        fitted(name, lying ? names / size : input.timed ? 9 : Math.max(1.5, (each * 0.98) / size)),
    },
  };
  const figuresAxis = {
    type: 'value' as const,
    ...axis,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: COLOURS.grid, width: px(1) } },
    axisLabel: {
      ...text,
      show: !inColumn,
      formatter: (value: number) => figure(value, decimalsOf(axis.interval)),
    },
  };

  return {
    animation: false,
    textStyle: { fontFamily: FONTS.number },
    grid: {
      left: lying ? names + px(12) : axisRoom,
      right: lying ? (inColumn ? columnRoom : widest) + px(16) : limitRoom || px(8),
      top: figures && !lying ? size * 1.5 : px(8),
      bottom: lying ? (figures ? (limits.length ? size * 1.5 : px(6)) : size * 1.5) : size * 1.55,
    },
    xAxis: lying ? figuresAxis : category,
    yAxis: inColumn
      ? [
          category,
          {
            ...category,
            position: 'right' as const,
            data: column,
            axisLine: { show: false },
            axisLabel: { align: 'right' as const, margin: columnRoom + px(10), interval: 0, rich: styles },
          },
        ]
      : lying
        ? category
        : figuresAxis,
    series: [
      {
        type: 'bar',
        id: 'first',
        silent: true,
        ...(stacked && { stack: 'all' }),
        barWidth: thickness,
        barGap: '20%',
        ...(lying && { showBackground: true, backgroundStyle: { color: 'rgba(128,152,187,.14)' } }),
        data: bars.map((bar) => (bar.whole === null ? place : item(bar, bar.first, COLOURS.s1))),
        ...(beside && { label: { ...above, formatter: ({ dataIndex }) => figure(bars[dataIndex]!.first, decimals) } }),
        markLine: {
          silent: true,
          symbol: 'none',
          data: limits.map((limit) => ({
            ...(lying ? { xAxis: limit.value } : { yAxis: limit.value }),
            lineStyle: {
              color: COLOURS.text,
              width: px(1.5),
              type: limit.style === 'solid' ? ('solid' as const) : [px(6), px(4)],
            },
            label: {
              formatter: limit.text,
              position: lying ? ('start' as const) : ('end' as const),
              color: COLOURS.text,
              fontSize: size,
              fontFamily: FONTS.number,
            },
          })),
        },
      },
      ...(two
        ? [
            {
              type: 'bar' as const,
              id: 'second',
              silent: true,
              ...(stacked && { stack: 'all' }),
              barWidth: thickness,
              data: bars.map((bar) => item(bar, bar.second ?? (stacked ? 0 : null), COLOURS.s3)),
              ...(beside && {
                label: {
                  ...above,
                  formatter: ({ dataIndex }: { dataIndex: number }) => figure(bars[dataIndex]!.second, decimals),
                },
              }),
            },
          ]
        : []),
      {
        type: 'scatter',
        id: 'plan',
        silent: true,
        z: 5,
        symbol: 'rect',
        symbolSize: lying ? [px(2), thickness + px(8)] : [thickness + px(8), px(2)],
        itemStyle: { color: COLOURS.s4, opacity: 1 },
        data: bars.flatMap(({ plan }, i) => (plan === null ? [] : [lying ? [plan, i] : [i, plan]])),
      },
      // figures of standing bars, above the limits
      {
        type: 'scatter',
        id: 'figures',
        silent: true,
        z: 7,
        symbolSize: 0,
        // scatter is .8 opaque by default, and its labels with it
        itemStyle: { opacity: 1 },
        data:
          lying || beside
            ? []
            : bars.flatMap((bar, i) =>
                bar.whole === null
                  ? []
                  : [
                      {
                        value: [i, bar.whole],
                        ...(old(bar) && { label: { color: COLOURS.text3, fontWeight: 500 as const } }),
                      },
                    ],
              ),
        label: { ...above, formatter: ({ dataIndex }) => shownFigures[dataIndex]! },
      },
    ],
  };
}
