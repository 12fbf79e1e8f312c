import type { SeriesRow, SeriesViewSpec, ValueRow, ViewState } from '@citywall/protocol';
import type { BarSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { GraphicComponentOption, GridComponentOption, MarkLineComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { measures, widthOf } from '../../charts/measure.js';
import { hourMinute } from '../../readings/age.js';
import { figure } from '../../readings/format.js';
import { type ChartTheme, COLOURS, FONTS } from '../../themes/tokens.js';
import { axisOf, axisText, tickText, timeSpan, timeTicks } from './axes.js';
import { besideMark, type EndLabel, spread } from './labels.js';
import { layoutOf, rainText } from './layout.js';
import { crossingOf, limitsOf } from './limits.js';
import type { LineOptions } from './panel.js';
import {
  type AnsweredNormal,
  type AnsweredSeries,
  bandOf,
  type Point,
  points,
  rainColumns,
  rainKnown,
  shifted,
} from './points.js';

export type LineChartOption = ComposeOption<
  | LineSeriesOption
  | BarSeriesOption
  | ScatterSeriesOption
  | GridComponentOption
  | MarkLineComponentOption
  | GraphicComponentOption
>;

/** Words of the wall in the screen's language. */
export interface LineWords {
  now: string;
  normal: string;
  /** `14:34 越过警戒` */
  crossed: (at: number, limit: string) => string;
}

export interface LineInput {
  spec: SeriesViewSpec;
  series: ViewState<SeriesRow> | null;
  past?: AnsweredSeries | undefined;
  earlier?: AnsweredSeries | undefined;
  normal?: AnsweredNormal | undefined;
  rain?: AnsweredSeries | undefined;
  latest?: ValueRow | undefined;
  /** server time, Unix ms */
  now: number;
  stale: boolean;
  words: LineWords;
  /** size of the chart, px of this screen */
  width: number;
  height: number;
}

/** Behind letters that a line may pass. */
const HALO = '#0c1930';

/** The chart's option: pure, lengths in px of this screen. */
export function lineOption(
  input: LineInput,
  options: LineOptions,
  theme: ChartTheme,
  lang: 'zh' | 'en',
): LineChartOption {
  const { px, letters } = measures(theme);
  const size = letters(15);
  const dashed = [px(6), px(4)];
  const time = timeSpan(input.spec, [input.past?.spec, input.earlier?.spec, input.normal?.spec], input.now);
  const beyond = time.to > input.now;
  const inTime = ([at, value]: Point) => (value === null || at < time.from || at > time.to ? [] : [value]);

  const line = points(input.series, input.spec.step);
  const past = shifted(input.past);
  const earlier = shifted(input.earlier);
  const band = bandOf(input.normal);
  const columns = rainColumns(input.rain).filter(({ at }) => at >= time.from && at <= time.to);
  const decimals = options.decimals ?? 1;
  const given = limitsOf(options, input.latest, lang);

  const known = [
    ...[...line, ...past, ...earlier].flatMap(inTime),
    ...band.flatMap(([at, low, , high]) => [...inTime([at, low]), ...inTime([at, high])]),
  ];
  const roomy = Math.max(2, Math.floor((input.height - px(40)) / (size * 1.7) / (input.rain ? 1.5 : 1)));
  const axis = axisOf([...known, ...given.map(({ value }) => value)], options, Math.min(5, roomy), {
    min: input.series?.meta.rangeMin,
    max: input.series?.meta.rangeMax,
  });
  // a limit beyond a fixed axis would be named at a height that isn't its own
  const limits = given.filter(({ value }) => value >= axis.min && value <= axis.max);

  const limitText = (limit: { name: string; value: number }) => `${limit.name} ${figure(limit.value, decimals)}`;
  const compared = [
    { points: past, name: options.past?.name[lang] ?? '' },
    { points: earlier, name: options.earlier?.name[lang] ?? '' },
  ].filter(({ name }) => name !== '');
  const normalName = options.normal?.name[lang] ?? input.words.normal;
  const rainUnit = options.rain?.unit?.[lang] ?? input.rain?.state?.meta.unit ?? '';
  // nothing is known of it, which is another thing than not having heard yet
  const unheard = input.rain?.state && columns.length === 0 ? '—' : '';
  const rainNames = [
    [options.rain?.name[lang], rainUnit, unheard],
    [rainUnit, unheard],
  ] //
    .map((parts) => parts.filter(Boolean).join(' '));
  const rainColour = input.rain?.state?.meta.fresh === 0 ? COLOURS.text3 : COLOURS.s2;
  const layout = layoutOf(
    {
      width: input.width,
      height: input.height,
      axis: [axis.min, axis.max].map((value) => axisText(value, axis.interval)),
      words: [
        ...limits.map(limitText),
        ...compared.flatMap(({ points: known, name }) => (known.some((point) => inTime(point).length) ? [name] : [])),
        ...(band.length ? [normalName] : []),
      ],
      rain: input.rain
        ? { values: columns.map(({ value }) => value), least: options.rain?.least ?? 5, names: rainNames }
        : null,
    },
    theme,
  );
  const { plot, rain } = layout;
  const xOf = (at: number) => plot.left + ((at - time.from) / (time.to - time.from)) * (plot.right - plot.left);
  const yOf = (value: number) => plot.bottom - ((value - axis.min) / (axis.max - axis.min)) * (plot.bottom - plot.top);
  const within = (value: number) => Math.min(plot.bottom, Math.max(plot.top, yOf(value)));

  const ends: EndLabel[] = [
    ...limits.map((limit) => ({ text: limitText(limit), colour: COLOURS.text, y: yOf(limit.value) })),
    ...compared.flatMap(({ points: known, name }) => {
      const end = known.findLast((point) => inTime(point).length > 0);
      return end ? [{ text: name, colour: COLOURS.s4, y: within(end[1]!) }] : [];
    }),
    ...band.slice(-1).map(([, , middle]) => ({ text: normalName, colour: COLOURS.text2, y: within(middle!) })),
  ];
  const crossing = crossingOf(
    line.filter(([at]) => at >= time.from),
    limits,
  );
  const colour = input.stale ? COLOURS.text3 : COLOURS.s1;
  const { latest } = input;
  const end = latest && typeof latest.value === 'number' && latest.at >= time.from ? [latest.at, latest.value] : null;
  const label = { color: COLOURS.text2, fontSize: size, fontFamily: FONTS.number, margin: px(8) };
  const nowRoom = ((widthOf(input.words.now) + 2.3) / 2 + 0.4) * size;
  const ticks = timeTicks(
    time.from,
    time.to,
    Math.max(2, Math.min(6, Math.floor((plot.right - plot.left) / (size * 3.6)))),
  ).filter((at) => !beyond || Math.abs(xOf(at) - xOf(input.now)) > nowRoom);
  const timeAxis = {
    type: 'value' as const,
    min: time.from,
    max: time.to,
    axisTick: { show: false },
    splitLine: { show: false },
  };
  const grid = (box: typeof plot) => ({
    left: box.left,
    right: input.width - box.right,
    top: box.top,
    bottom: input.height - box.bottom,
  });
  const compare = (id: string, data: Point[], type: number[]) => ({
    type: 'line' as const,
    id,
    silent: true,
    symbol: 'none',
    z: 2,
    data,
    lineStyle: { width: px(2), type, color: COLOURS.s4 },
  });
  const bandLine = (id: string, data: Point[], style: Partial<LineSeriesOption>): LineSeriesOption => ({
    type: 'line',
    id,
    silent: true,
    symbol: 'none',
    z: 1,
    data,
    lineStyle: { width: 0 },
    ...style,
  });
  const text = (x: number, y: number, words: string, fill: string, align: 'left' | 'center' = 'left') => ({
    type: 'text' as const,
    silent: true,
    z: 7,
    x,
    y,
    style: {
      text: words,
      fill,
      align,
      verticalAlign: 'middle' as const,
      font: `${size}px ${FONTS.number}`,
      stroke: HALO,
      lineWidth: px(4),
    },
  });

  return {
    animation: false,
    textStyle: { fontFamily: FONTS.number },
    grid: [grid(plot), ...(rain ? [grid(rain)] : [])],
    xAxis: [
      {
        ...timeAxis,
        axisLine: { lineStyle: { color: COLOURS.line2, width: px(1) } },
        axisLabel: { ...label, customValues: ticks, formatter: (at: number) => tickText(at, time) },
      },
      ...(rain ? [{ ...timeAxis, gridIndex: 1, show: false }] : []),
    ],
    yAxis: [
      {
        type: 'value',
        ...axis,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: COLOURS.grid, width: px(1) } },
        axisLabel: { ...label, formatter: (value: number) => axisText(value, axis.interval) },
      },
      ...(rain
        ? [
            {
              type: 'value' as const,
              gridIndex: 1,
              position: 'right' as const,
              inverse: true,
              min: 0,
              max: rain.max,
              interval: rain.interval,
              axisLine: { show: false },
              axisTick: { show: false },
              splitLine: { lineStyle: { color: COLOURS.grid, width: px(1) } },
              axisLabel: { ...label, margin: px(6), formatter: rainText },
            },
          ]
        : []),
    ],
    series: [
      ...(band.length
        ? [
            // the lower edge carries the band: what is stacked on it is filled
            bandLine(
              'normal-low',
              band.map(([at, low]) => [at, low]),
              { stack: 'normal', stackStrategy: 'all' },
            ),
            bandLine(
              'normal-band',
              band.map(([at, low, , high]) => [at, low === null ? null : high! - low]),
              {
                stack: 'normal',
                stackStrategy: 'all',
                areaStyle: { color: 'rgba(169,188,216,.17)' },
              },
            ),
            bandLine(
              'normal',
              band.map(([at, , middle]) => [at, middle]),
              {
                lineStyle: { width: px(1.2), color: COLOURS.text2, opacity: 0.75 },
              },
            ),
          ]
        : []),
      ...(earlier.length ? [compare('earlier', earlier, [px(2), px(4)])] : []),
      ...(past.length ? [compare('past', past, dashed)] : []),
      {
        type: 'line',
        id: 'series',
        symbol: 'none',
        z: 3,
        connectNulls: false,
        data: line,
        lineStyle: {
          width: px(3.2),
          color: colour,
          ...(theme.glow && { shadowBlur: px(10), shadowColor: colour }),
        },
        areaStyle: {
          origin: 'start',
          color: {
            type: 'linear',
            x: 0,
            y: 0,
            x2: 0,
            y2: 1,
            colorStops: [
              { offset: 0, color: input.stale ? 'rgba(128,152,187,.16)' : 'rgba(69,191,208,.26)' },
              { offset: 1, color: 'rgba(69,191,208,0)' },
            ],
          },
        },
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          data: limits.map((limit) => ({
            yAxis: limit.value,
            lineStyle: {
              color: COLOURS.text,
              width: px(1.5),
              type: limit.style === 'solid' ? ('solid' as const) : dashed,
            },
          })),
        },
      },
      ...(rain
        ? [
            {
              type: 'bar' as const,
              id: 'rain',
              silent: true,
              xAxisIndex: 1,
              yAxisIndex: 1,
              barWidth: Math.max(1, (input.rain!.spec.step / (time.to - time.from)) * (plot.right - plot.left) * 0.8),
              itemStyle: { color: rainColour },
              data: columns.map(({ at, value }) => [at, value]),
            },
            // a dry slot is told from one that nobody knows of
            {
              type: 'line' as const,
              id: 'rain-known',
              silent: true,
              xAxisIndex: 1,
              yAxisIndex: 1,
              symbol: 'none',
              clip: false,
              data: rainKnown(columns, input.rain!.spec.step),
              lineStyle: { width: px(2), color: rainColour },
            },
          ]
        : []),
      {
        type: 'scatter',
        id: 'newest',
        silent: true,
        z: 6,
        symbolSize: px(11),
        // scatter is .8 opaque by default: white would be grey
        itemStyle: { opacity: 1, color: input.stale ? COLOURS.text3 : '#fff', borderColor: colour, borderWidth: px(3) },
        data: end ? [end] : [],
      },
    ],
    graphic: [
      ...(rain ? [text(rain.nameAt, (rain.top + rain.bottom) / 2, rain.name, rainColour)] : []),
      ...spread(ends, size * 1.2, [plot.top - size * 0.6, plot.bottom + size * 0.2]).flatMap((placed) => [
        // one that had to move is led back to its own height
        ...(Math.abs(placed.at - placed.y) > size * 0.25
          ? [stroke([plot.right + px(2), placed.y], [layout.wordsAt - px(3), placed.at], placed.colour, px(1))]
          : []),
        text(layout.wordsAt, placed.at, placed.text, placed.colour),
      ]),
      ...(beyond
        ? [
            stroke([xOf(input.now), rain?.top ?? plot.top], [xOf(input.now), plot.bottom], COLOURS.text2, px(1)),
            text(xOf(input.now), plot.bottom + px(8) + size / 2, input.words.now, COLOURS.text, 'center'),
          ]
        : []),
      ...(crossing ? crossed(crossing.at, crossing.limit) : []),
    ],
  };

  /** No shape of an alarm: a stroke through the limit, and when it was. */
  function crossed(at: number, limit: { name: string; value: number }) {
    const mark = { x: xOf(at), y: yOf(limit.value) };
    const free = { ...plot, left: plot.left + px(4) };
    // wider than the chart, words would run into those at its end: the limit goes first, then the time
    const words = [input.words.crossed(at, limit.name), hourMinute(at)].find(
      (said) => widthOf(said) * size <= free.right - free.left,
    );
    const drawn = stroke([mark.x, mark.y - px(8)], [mark.x, mark.y + px(8)], COLOURS.text, px(2.5));
    if (words === undefined) return [drawn];
    const place = besideMark(mark, { width: widthOf(words) * size, height: size, gap: px(5) }, free);
    return [drawn, text(place.x, place.y, words, COLOURS.text)];
  }
}

function stroke([x1, y1]: [number, number], [x2, y2]: [number, number], colour: string, width: number) {
  return {
    type: 'line' as const,
    silent: true,
    z: 6,
    shape: { x1, y1, x2, y2 },
    style: { stroke: colour, lineWidth: width },
  };
}
