/** A curve between two places that says that something goes from one to the other. It is no road. */
export interface Curve {
  from: [number, number];
  bend: [number, number];
  to: [number, number];
}

/** How far a curve leaves the straight line, as a share of its length. */
const BEND = 0.2;

/** A quadratic curve from one place to another, bent to its left, so that there and back are two curves. */
export function curveOf(from: [number, number], to: [number, number]): Curve {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  return { from, to, bend: [(from[0] + to[0]) / 2 + dy * BEND, (from[1] + to[1]) / 2 - dx * BEND] };
}

/** A place on the curve, 0 at its beginning, 1 at its end. */
export function onCurve({ from, bend, to }: Curve, share: number): [number, number] {
  const rest = 1 - share;
  return [
    rest * rest * from[0] + 2 * rest * share * bend[0] + share * share * to[0],
    rest * rest * from[1] + 2 * rest * share * bend[1] + share * share * to[1],
  ];
}

export function curvePath({ from, bend, to }: Curve): string {
  const text = ([x, y]: [number, number]) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${text(from)}Q${text(bend)} ${text(to)}`;
}
