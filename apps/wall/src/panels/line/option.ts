import type { SeriesRow, SeriesViewSpec, ValueRow, ViewState } from '@citywall/protocol';
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { GridComponentOption, MarkLineComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { hourMinute } from '../../readings/age.js';
import { figure } from '../../readings/format.js';
import { type ChartTheme, COLOURS, FONTS } from '../../themes/tokens.js';
import type { LineOptions } from './panel.js';

export type LineChartOption = ComposeOption<
  LineSeriesOption | ScatterSeriesOption | GridComponentOption | MarkLineComponentOption
>;

export interface LineInput {
  spec: SeriesViewSpec;
  series: ViewState<SeriesRow> | null;
  past?: ViewState<SeriesRow> | null;
  latest?: ValueRow | undefined;
  /** server time, Unix ms */
  now: number;
  stale: boolean;
  /** height of the chart, px of this screen */
  height: number;
}

export interface Limit {
  name: string;
  value: number;
  style: 'solid' | 'dashed';
}

/** Limits with their figures; one whose attribute the asset doesn't have is left out, never guessed. */
export function limitsOf(options: LineOptions, latest: ValueRow | undefined, lang: 'zh' | 'en'): Limit[] {
  return (options.limits ?? []).flatMap((limit) => {
    const value = limit.attribute ? latest?.attributes?.[limit.attribute] : limit.value;
    return typeof value === 'number' ? [{ name: limit.name[lang], value, style: limit.style ?? 'dashed' }] : [];
  });
}

/** Points in order of time; a slot without values becomes a break in the line, never a bridge. */
export function points(state: ViewState<SeriesRow> | null | undefined, step: number): [number, number | null][] {
  if (!state) return [];
  const rows = Object.values(state.rows).sort((a, b) => a.at - b.at);
  const result: [number, number | null][] = [];
  let before: number | null = null;
  for (const row of rows) {
    if (before !== null && row.at - before > step * 1.5) result.push([before + step, null]);
    result.push([row.at, row.avg]);
    before = row.at;
  }
  return result;
}

/**
 * Axis from values and limits: round ends, the span a multiple of the interval (else two end labels collide).
 * @param lines how many intervals there is room for
 */
export function axisOf(
  values: number[],
  options: Pick<LineOptions, 'range' | 'minSpan'>,
  lines = 3,
): { min: number; max: number; interval: number } {
  if (options.range) {
    const [min, max] = options.range;
    return { min, max, interval: (max - min) / (lines >= 4 ? 4 : 2) };
  }
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (!Number.isFinite(low) || !Number.isFinite(high))
    return { min: 0, max: options.minSpan ?? 4, interval: (options.minSpan ?? 4) / 4 };
  const margin = Math.max((high - low) * 0.08, 1e-6);
  low -= margin;
  high += margin;
  // a flat line of a large figure still needs an axis that floating point can divide
  const least = Math.max(options.minSpan ?? 0, 1e-3, Math.max(Math.abs(low), Math.abs(high)) * 1e-6);
  const lack = least - (high - low);
  if (lack > 0) {
    low -= lack / 2;
    high += lack / 2;
  }
  const interval = niceStep((high - low) / lines);
  const min = Math.floor(low / interval) * interval;
  return { min: rounded(min), max: rounded(min + Math.ceil((high - min) / interval) * interval), interval };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10) * power;
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** Times to name under the axis: whole multiples of 10 min to 6 h in the county's zone (UTC+8, no summer time). */
export function timeTicks(from: number, to: number): number[] {
  const steps = [10, 20, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * 60_000);
  const step = steps.find((candidate) => (to - from) / candidate <= 5) ?? 86_400_000;
  const zone = 8 * 3_600_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((from + zone) / step) * step - zone; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** The chart's option: pure, lengths in px of this screen. */
export function lineOption(
  input: LineInput,
  options: LineOptions,
  theme: ChartTheme,
  lang: 'zh' | 'en',
): LineChartOption {
  const px = (length: number) => length * theme.factor;
  const letters = (length: number) => Math.max(px(length), 14);
  const line = points(input.series, input.spec.step);
  const past = points(input.past, input.spec.step);
  const limits = limitsOf(options, input.latest, lang);
  const decimals = options.decimals ?? 1;
  const known = [...line, ...past].flatMap(([, value]) => (value === null ? [] : [value]));
  const roomy = Math.max(2, Math.floor((input.height - px(40)) / (letters(15) * 1.7)));
  const axis = axisOf([...known, ...limits.map((limit) => limit.value)], options, Math.min(5, roomy));
  const from = input.now - input.spec.window;
  const colour = input.stale ? COLOURS.text3 : COLOURS.s1;
  const end = input.latest && typeof input.latest.value === 'number' ? [input.latest.at, input.latest.value] : null;
  const label = { color: COLOURS.text2, fontSize: letters(15), fontFamily: FONTS.number };
  const widest = Math.max(...[axis.min, axis.max].map((value) => axisText(value, axis.interval).length));
  const longest = limits.length
    ? Math.max(...limits.map(({ name, value }) => widthOf(`${name} ${figure(value, decimals)}`)))
    : 0;
  const ticks = timeTicks(from, input.now);

  return {
    animation: false,
    textStyle: { fontFamily: FONTS.number },
    grid: {
      left: letters(15) * 0.5 * widest + px(10),
      right: limits.length ? longest * letters(15) + px(12) : px(16),
      top: px(8),
      bottom: letters(15) + px(9),
    },
    xAxis: {
      type: 'value',
      min: from,
      max: input.now,
      axisLine: { lineStyle: { color: COLOURS.line2, width: px(1) } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { ...label, customValues: ticks, formatter: (at: number) => hourMinute(at) },
    },
    yAxis: {
      type: 'value',
      ...axis,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: COLOURS.grid, width: px(1) } },
      axisLabel: { ...label, formatter: (value: number) => axisText(value, axis.interval) },
    },
    series: [
      ...(past.length
        ? [
            {
              type: 'line' as const,
              id: 'past',
              symbol: 'none',
              data: past,
              lineStyle: { width: px(2), type: [px(6), px(4)], color: COLOURS.s4 },
            },
          ]
        : []),
      {
        type: 'line',
        id: 'series',
        symbol: 'none',
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
          data: limits.map((limit) => ({
            yAxis: limit.value,
            lineStyle: {
              color: COLOURS.text,
              width: px(1.5),
              type: limit.style === 'solid' ? ('solid' as const) : [px(6), px(4)],
            },
            label: {
              formatter: `${limit.name} ${figure(limit.value, decimals)}`,
              color: COLOURS.text,
              fontSize: letters(15),
              fontFamily: FONTS.number,
            },
          })),
        },
      },
      {
        type: 'scatter',
        id: 'newest',
        silent: true,
        z: 6,
        symbolSize: px(11),
        // scatter is .8 opaque by default: white would be grey
        itemStyle: { opacity: 1, color: input.stale ? COLOURS.text3 : '#fff', borderColor: colour, borderWidth: px(3) },
        data: end && (end[0] as number) >= from ? [end] : [],
      },
    ],
  };
}

function axisText(value: number, interval: number): string {
  const decimals = interval >= 1 && Number.isInteger(interval) ? 0 : interval >= 0.1 ? 1 : 2;
  return figure(value, decimals);
}

/** Width of a label in ems: CJK letters are square, condensed ones less than half. */
function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > '⺀' ? 1 : 0.46), 0);
}
