/** One value a slot of time; null: a gap. */
export type SparkValues = readonly (number | null)[];

export interface SparkSpan {
  low: number;
  high: number;
}

/** Range that shows all values and the line they are held against; never flat, so that a still line stands in the middle. */
export function sparkSpan(values: SparkValues, reference?: number): SparkSpan | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const all = reference === undefined ? known : [...known, reference];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = high - low || Math.max(1, Math.abs(high) * 0.1);
  return { low: low - room * 0.08, high: high + room * 0.08 };
}

/** Runs of points without a gap, in px; a single point is a run of one. */
export function sparkRuns(
  values: SparkValues,
  span: SparkSpan,
  size: { width: number; height: number; inset: number },
): [number, number][][] {
  const runs: [number, number][][] = [];
  const step = values.length > 1 ? (size.width - 2 * size.inset) / (values.length - 1) : 0;
  let open = false;
  values.forEach((value, i) => {
    if (value === null) {
      open = false;
      return;
    }
    if (!open) runs.push([]);
    open = true;
    runs.at(-1)!.push([size.inset + i * step, sparkY(value, span, size)]);
  });
  return runs;
}

export function sparkY(value: number, span: SparkSpan, size: { height: number; inset: number }): number {
  const share = (value - span.low) / (span.high - span.low);
  return size.inset + (1 - share) * (size.height - 2 * size.inset);
}
