import type { IndexRow, MeasureRow, MeasureState, ViewState } from '@citywall/protocol';
import { figure } from '../../readings/format.js';
import type { HealthOptions } from './panel.js';

export interface HealthMeasure {
  id: string;
  name: string;
  /** `12 处`, `—` */
  value: string;
  unit: string;
  /** where an extreme was measured */
  place: string;
  points: string;
  state: MeasureState;
  /** `41/68` where some of it is missing */
  partly: string;
}

export interface HealthPart {
  id: string;
  name: string;
  /** of the whole, % */
  share: number;
  score: string;
  /** 0–1, null where it has no score */
  filled: number | null;
  state: MeasureState;
  /** % */
  coverage: number;
  measures: HealthMeasure[];
}

export interface HealthStep {
  word: string;
  /** where it ends on the scale, 0–1 */
  until: number;
  /** the bound at its end; null after the last */
  bound: number | null;
  holds: boolean;
}

export interface Health {
  score: string;
  word: string;
  /** place of the marker on the scale, 0–1; null without a score */
  at: number | null;
  /** % of the data that is there */
  coverage: number;
  state: MeasureState;
  steps: HealthStep[];
  parts: HealthPart[];
  /** names of parts that no connected system brings */
  leftOut: string[];
  /** id of the part with the fewest points */
  lowest: string | null;
}

export function healthOf(state: ViewState | null | undefined, options: HealthOptions, lang: 'zh' | 'en'): Health {
  const known = state && state.meta.error === undefined ? state : null;
  const score = known?.meta.score ?? null;
  const rows = known ? known.order.map((id) => [id, known.rows[id] as IndexRow] as const) : [];
  const parts = rows.map(([id, row]) => partOf(id, row, lang));
  const scored = rows.flatMap(([id, row]) => (row.score === null ? [] : [{ id, score: row.score }]));
  const step = score === null ? -1 : options.classes.findIndex(({ below }) => below === undefined || score < below);
  return {
    score: figure(score, 1),
    word: options.classes[step]?.[lang] ?? '',
    at: score === null ? null : score / 100,
    coverage: Math.round(100 * (known?.meta.coverage ?? 0)),
    state:
      score !== null
        ? 'shown'
        : parts.every(({ state: one }) => one !== 'thin' && one !== 'shown')
          ? 'waiting'
          : 'thin',
    steps: options.classes.map((words, i) => ({
      word: words[lang],
      until: (words.below ?? 100) / 100,
      bound: words.below ?? null,
      holds: i === step,
    })),
    parts,
    leftOut: parts.flatMap((part) => (part.state === 'unconnected' ? [part.name] : [])),
    lowest:
      scored.reduce<{ id: string; score: number } | null>(
        (least, one) => (least === null || one.score < least.score ? one : least),
        null,
      )?.id ?? null,
  };
}

function partOf(id: string, row: IndexRow, lang: 'zh' | 'en'): HealthPart {
  return {
    id,
    name: row.name[lang],
    share: Math.round(row.share),
    score: figure(row.score, 0),
    filled: row.score === null ? null : row.score / 100,
    state: row.state,
    coverage: Math.round(100 * row.coverage),
    measures: row.measures.map((measure) => measureOf(measure, lang)),
  };
}

function measureOf(row: MeasureRow, lang: 'zh' | 'en'): HealthMeasure {
  return {
    id: row.id,
    name: row.name[lang],
    value: figure(row.value, row.decimals ?? 0),
    unit: row.unit?.[lang] ?? '',
    place: row.place ?? '',
    points: figure(row.score, 0),
    state: row.state,
    partly: row.state !== 'unconnected' && row.fresh < row.total ? `${figure(row.fresh)}/${figure(row.total)}` : '',
  };
}
