/** Degrees count clockwise from twelve o'clock. */
export interface Ring {
  x: number;
  y: number;
  outer: number;
  inner: number;
}

export function onCircle(ring: Pick<Ring, 'x' | 'y'>, radius: number, degrees: number): [number, number] {
  const angle = ((degrees - 90) * Math.PI) / 180;
  return [round(ring.x + radius * Math.cos(angle)), round(ring.y + radius * Math.sin(angle))];
}

/** SVG path of a piece of a ring. A whole turn is drawn as two halves: an arc can't end where it begins. */
export function ringPiece(ring: Ring, from: number, to: number): string {
  if (to - from >= 359.99) return `${ringPiece(ring, from, from + 180)} ${ringPiece(ring, from + 180, from + 359.98)}`;
  const large = to - from > 180 ? 1 : 0;
  const [ax, ay] = onCircle(ring, ring.outer, from);
  const [bx, by] = onCircle(ring, ring.outer, to);
  const [cx, cy] = onCircle(ring, ring.inner, to);
  const [dx, dy] = onCircle(ring, ring.inner, from);
  const outer = `M${ax} ${ay}A${round(ring.outer)} ${round(ring.outer)} 0 ${large} 1 ${bx} ${by}`;
  return `${outer}L${cx} ${cy}A${round(ring.inner)} ${round(ring.inner)} 0 ${large} 0 ${dx} ${dy}Z`;
}

function round(length: number): number {
  return Math.round(length * 100) / 100;
}
