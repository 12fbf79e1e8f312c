import type { NormalRow, NormalViewSpec, SeriesRow, SeriesViewSpec, ViewState } from '@citywall/protocol';

/** Time shown (Unix ms) and value; null breaks the line. */
export type Point = [at: number, value: number | null];

/** What a view asked for, with what came. */
export interface Answered<Spec, Row> {
  spec: Spec;
  state: ViewState<Row> | null;
}
export type AnsweredSeries = Answered<SeriesViewSpec, SeriesRow>;
export type AnsweredNormal = Answered<NormalViewSpec, NormalRow>;

function inOrder<Row extends { at: number }>(state: ViewState<Row> | null | undefined): Row[] {
  return Object.values(state?.rows ?? {}).sort((a, b) => a.at - b.at);
}

/** Points in order of time; a slot without values becomes a break in the line, never a bridge. */
export function points(state: ViewState<SeriesRow> | null | undefined, step: number): Point[] {
  const result: Point[] = [];
  let before: number | null = null;
  for (const row of inOrder(state)) {
    if (before !== null && row.at - before > step * 1.5) result.push([before + step, null]);
    result.push([row.at, row.avg]);
    before = row.at;
  }
  return result;
}

/**
 * Points of another day at the time they are held against: rows keep the times they were measured at. Days gone by are kept as
 * hours, so an average stands in the middle of its slot: at its start every peak would come half an hour early.
 */
export function shifted(answer: AnsweredSeries | undefined): Point[] {
  if (!answer) return [];
  const { shift = 0, step } = answer.spec;
  return points(answer.state, step).map(([at, value]) => [at + shift + step / 2, value]);
}

/** Three values at a time; null: nothing is usual then. */
export type BandPoint = [at: number, p10: number | null, p50: number | null, p90: number | null];

/**
 * Band of what is usual. A slot's figures stand in its middle; the ends of a run reach to the slot's own border, so that the
 * band goes as far as it is known, and a slot that is missing stays empty.
 */
export function bandOf(answer: AnsweredNormal | undefined): BandPoint[] {
  if (!answer) return [];
  const { step } = answer.spec;
  const rows = inOrder(answer.state);
  const result: BandPoint[] = [];
  rows.forEach(({ at, p10, p50, p90 }, i) => {
    const before = rows[i - 1];
    const after = rows[i + 1];
    if (before && at - before.at > step * 1.5) result.push([before.at + step + 1, null, null, null]);
    if (!before || at - before.at > step * 1.5) result.push([at, p10, p50, p90]);
    result.push([at + step / 2, p10, p50, p90]);
    if (!after || after.at - at > step * 1.5) result.push([at + step, p10, p50, p90]);
  });
  return result;
}

export interface RainColumn {
  /** middle of the slot */
  at: number;
  value: number;
}

/** A gauge counts up to the end of its slot: the newest value in it is what fell. Slots without one are absent, not dry. */
export function rainColumns(answer: AnsweredSeries | undefined): RainColumn[] {
  if (!answer) return [];
  return inOrder(answer.state).map(({ at, last }) => ({ at: at + answer.spec.step / 2, value: Math.max(0, last) }));
}

/** A line at zero below every slot that is known, dry or not; broken where none is. */
export function rainKnown(columns: readonly RainColumn[], step: number): Point[] {
  return columns.flatMap(({ at }, i): Point[] => {
    const before = columns[i - 1];
    const apart = before !== undefined && at - before.at > step * 1.5;
    return [...(apart ? [[before.at + step, null] as Point] : []), [at - step / 2, 0], [at + step / 2, 0]];
  });
}
