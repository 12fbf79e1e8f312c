import type { Box } from './callouts.js';

export interface Disc {
  x: number;
  y: number;
  radius: number;
}

/** px between two rings of places that are tried, and how many of them */
const RING = 6;
const RINGS = 9;
const TURNS = 16;
/** px between a disc and what it may not touch */
const GAP = 2;

/**
 * Where discs stand so that they cover neither a name nor each other: the largest first, each at the nearest free place
 * around its own; where none is free, where it covers the least. Same order as given.
 * @param factor px a px at 1080p
 */
export function placeDiscs(
  discs: readonly Disc[],
  names: readonly Box[],
  within: (x: number, y: number) => boolean,
  factor: number,
): { x: number; y: number }[] {
  const order = discs.map((_, i) => i).sort((a, b) => discs[b]!.radius - discs[a]!.radius || a - b);
  const placed: Disc[] = [];
  const places: { x: number; y: number }[] = [];
  for (const i of order) {
    const disc = discs[i]!;
    let best = { x: disc.x, y: disc.y, covered: Number.POSITIVE_INFINITY };
    search: for (let ring = 0; ring <= RINGS; ring++) {
      for (let turn = 0; turn < (ring === 0 ? 1 : TURNS); turn++) {
        const angle = (turn / TURNS) * Math.PI * 2;
        const x = disc.x + Math.cos(angle) * ring * RING * factor;
        const y = disc.y + Math.sin(angle) * ring * RING * factor;
        // a disc may hang over the edge, but not leave the county
        if (ring > 0 && !within(x, y)) continue;
        const covered = coverage({ x, y, radius: disc.radius + GAP * factor }, names, placed);
        if (covered < best.covered) best = { x, y, covered };
        if (covered === 0) break search;
      }
    }
    placed.push({ ...best, radius: disc.radius });
    places[i] = { x: best.x, y: best.y };
  }
  return places;
}

/** How deep a disc reaches into names and other discs, px; a name counts three times: it can't be read half. */
function coverage(disc: Disc, names: readonly Box[], discs: readonly Disc[]): number {
  let sum = 0;
  for (const box of names) {
    const dx = disc.x - Math.min(Math.max(disc.x, box.x), box.x + box.width);
    const dy = disc.y - Math.min(Math.max(disc.y, box.y), box.y + box.height);
    sum += 3 * Math.max(0, disc.radius - Math.hypot(dx, dy));
  }
  for (const other of discs) {
    sum += Math.max(0, disc.radius + other.radius - Math.hypot(disc.x - other.x, disc.y - other.y));
  }
  return sum;
}
