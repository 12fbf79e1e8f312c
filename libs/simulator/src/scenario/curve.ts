/** Piecewise linear curves of a scenario. A point is [at, value]; both in whatever unit the caller keeps. */
export type Point = readonly [at: number, value: number];

/** Value at `at`; before the first point and after the last their values hold. */
export function curveAt(points: readonly Point[], at: number): number {
  const first = points[0];
  if (first === undefined) return 0;
  if (at <= first[0]) return first[1];
  for (let i = 1; i < points.length; i += 1) {
    const right = points[i]!;
    if (at > right[0]) continue;
    const left = points[i - 1]!;
    return left[1] + ((right[1] - left[1]) * (at - left[0])) / (right[0] - left[0]);
  }
  return points.at(-1)![1];
}

/** Area under the curve up to `at`; outside its points the curve counts as 0. */
export function areaTo(points: readonly Point[], at: number): number {
  let area = 0;
  for (let i = 1; i < points.length; i += 1) {
    const left = points[i - 1]!;
    const right = points[i]!;
    if (at <= left[0]) break;
    const end = Math.min(at, right[0]);
    area += ((left[1] + curveAt([left, right], end)) / 2) * (end - left[0]);
  }
  return area;
}

/** Where the area first reaches `area`; null: never. The curve must not be negative. */
export function areaReached(points: readonly Point[], area: number): number | null {
  let sum = 0;
  for (let i = 1; i < points.length; i += 1) {
    const [from, a] = points[i - 1]!;
    const [to, b] = points[i]!;
    const part = ((a + b) / 2) * (to - from);
    if (sum + part < area) {
      sum += part;
      continue;
    }
    const missing = area - sum;
    const slope = (b - a) / (to - from);
    if (Math.abs(slope) < 1e-12) return a === 0 ? to : from + missing / a;
    // a·x + slope·x²/2 = missing
    return from + (Math.sqrt(Math.max(a * a + 2 * slope * missing, 0)) - a) / slope;
  }
  return null;
}
