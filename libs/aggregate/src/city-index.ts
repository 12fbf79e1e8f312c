/** `[measured, points 0–100]`, rising in the first. */
export type ScoreLine = readonly (readonly [measured: number, points: number])[];

/** Points of a measured value on its line: straight between its corners, the end's points beyond an end. */
export function pointsOf(line: ScoreLine, value: number): number {
  const first = line[0];
  const last = line.at(-1);
  if (first === undefined || last === undefined) return 0;
  if (value <= first[0]) return first[1];
  if (value >= last[0]) return last[1];
  const next = line.findIndex(([at]) => at > value);
  const [fromX, fromY] = line[next - 1] ?? first;
  const [toX, toY] = line[next] ?? last;
  return fromY + ((value - fromX) / (toX - fromX)) * (toY - fromY);
}

/** A number with what stands behind it. */
export interface Measured {
  /** null: nothing to measure, or nothing known */
  value: number | null;
  /** members, feeds or systems that tell, of all that should */
  fresh: number;
  total: number;
  /** a pack describes the system */
  connected: boolean;
  /** anything was ever told */
  ever: boolean;
}

/** shown · thin: too little of its data · waiting: never any · unconnected: it rests on no connected system */
export type Standing = 'shown' | 'thin' | 'waiting' | 'unconnected';

export interface Scored {
  state: Standing;
  /** 0–100, one decimal; null where it is not shown */
  score: number | null;
  /** share of the data that is there, 0–1 */
  coverage: number;
}

/** Score of one measure. @param atLeast share of its data (0–1) that it needs */
export function measureScore(measured: Measured, line: ScoreLine, atLeast: number): Scored {
  if (!measured.connected) return { state: 'unconnected', score: null, coverage: 0 };
  const coverage = measured.total > 0 ? measured.fresh / measured.total : 0;
  if (!measured.ever) return { state: 'waiting', score: null, coverage };
  if (measured.value === null || coverage < atLeast) return { state: 'thin', score: null, coverage };
  return { state: 'shown', score: tenths(pointsOf(line, measured.value)), coverage };
}

/**
 * Weighted mean of scored members (measures of a part, parts of an index). Members without a connected system give their
 * weight to the others; of those that are connected at least `atLeast` of the data must be there, so that an index never
 * looks whole when half of it is silent.
 */
export function weighted(members: readonly { weight: number; scored: Scored }[], atLeast: number): Scored {
  const connected = members.filter(({ scored }) => scored.state !== 'unconnected');
  const all = sum(connected.map(({ weight }) => weight));
  if (all <= 0) return { state: 'unconnected', score: null, coverage: 0 };
  const coverage = sum(connected.map(({ weight, scored }) => weight * scored.coverage)) / all;
  if (connected.every(({ scored }) => scored.state === 'waiting')) return { state: 'waiting', score: null, coverage };
  const shown = connected.filter(({ scored }) => scored.score !== null);
  // rounding must not hide what is exactly enough
  if (shown.length === 0 || coverage < atLeast - 1e-9) return { state: 'thin', score: null, coverage };
  const score =
    sum(shown.map(({ weight, scored }) => weight * (scored.score ?? 0))) / sum(shown.map(({ weight }) => weight));
  return { state: 'shown', score: tenths(score), coverage };
}

/** Share of each member in the whole in %, after the unconnected ones gave theirs to the others; 0 for these. */
export function shares(members: readonly { weight: number; scored: Scored }[]): number[] {
  const all = sum(members.map(({ weight, scored }) => (scored.state === 'unconnected' ? 0 : weight)));
  return members.map(({ weight, scored }) =>
    all > 0 && scored.state !== 'unconnected' ? tenths((100 * weight) / all) : 0,
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const tenths = (value: number): number => Math.round(value * 10) / 10;
