/** Something on the map that can be selected. */
export interface Target {
  key: string;
  x: number;
  y: number;
  /** px within which a click means it */
  reach: number;
}

/** What a click means: the target it is nearest to, of those within reach. The later of equals stands on top. */
export function pick(targets: Iterable<Target>, x: number, y: number): Target | null {
  let best: { target: Target; far: number } | null = null;
  for (const target of targets) {
    const far = Math.hypot(target.x - x, target.y - y);
    if (far <= target.reach && (!best || far <= best.far)) best = { target, far };
  }
  return best?.target ?? null;
}

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';
const WAYS: Record<Direction, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The next target in a direction: what lies off to the side counts as farther than what lies ahead. */
export function nextTarget(targets: Iterable<Target>, from: { x: number; y: number }, way: Direction): Target | null {
  const [wx, wy] = WAYS[way];
  let best: { target: Target; cost: number } | null = null;
  for (const target of targets) {
    const dx = target.x - from.x;
    const dy = target.y - from.y;
    const ahead = dx * wx + dy * wy;
    if (ahead < 1) continue;
    const aside = Math.abs(dx * wy) + Math.abs(dy * wx);
    const cost = ahead + aside * 2;
    if (aside <= ahead * 2.5 && (!best || cost < best.cost)) best = { target, cost };
  }
  return best?.target ?? null;
}

/** Where the keyboard begins: the target nearest to a place, usually the middle. */
export function nearestTarget(targets: Iterable<Target>, to: { x: number; y: number }): Target | null {
  let best: { target: Target; far: number } | null = null;
  for (const target of targets) {
    const far = Math.hypot(target.x - to.x, target.y - to.y);
    if (!best || far < best.far) best = { target, far };
  }
  return best?.target ?? null;
}
