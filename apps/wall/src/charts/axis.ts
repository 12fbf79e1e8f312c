export interface Axis {
  min: number;
  max: number;
  interval: number;
}

/** 1, 2, 2.5 or 5 times a power of ten, not below `rough`. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10) * power;
}

/** Ends and steps of an axis from a low to a high end, in about `lines` steps. @param fixed the high end stays where it is */
export function niceAxis([low, high]: [number, number], lines: number, fixed = false): Axis {
  const span = high - low > 0 ? high - low : 1;
  const interval = niceStep(span / lines);
  // a fixed end that is no multiple of the step would have two labels collide
  if (fixed)
    return {
      min: low,
      max: high,
      interval: Number.isInteger(Number((span / interval).toFixed(9))) ? interval : span / 2,
    };
  const max = low + Math.ceil(Number((span / interval).toFixed(9))) * interval;
  return { min: low, max: Number(max.toPrecision(12)), interval };
}

/** Decimals that tell the steps of an axis apart: two for 0.05. */
export function decimalsOf(interval: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    if (Math.abs(Number(interval.toFixed(decimals)) - interval) < interval * 1e-6) return decimals;
  }
  return 6;
}
