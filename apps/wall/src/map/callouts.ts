export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Anchor {
  key: string;
  /** the place it speaks of, px */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedCallout extends Box {
  key: string;
  /** from the box to the place */
  leader: [x1: number, y1: number, x2: number, y2: number];
}

const STEP = 12;
/** px a leader may be longer rather than cross a name */
const CROSSING = 400;

/**
 * Places callouts in empty parts at the left and right edge: never over the county (`covered`), never over what is taken;
 * of what is left, where the leader crosses the fewest names and is shortest. What finds no place is left out: the caller
 * says how many.
 */
export function placeCallouts(
  anchors: readonly Anchor[],
  area: { width: number; height: number },
  covered: (x: number, y: number) => boolean,
  names: readonly Box[],
  taken: readonly Box[],
): PlacedCallout[] {
  const placed: PlacedCallout[] = [];
  for (const anchor of anchors) {
    const { width, height } = anchor;
    let best: { callout: PlacedCallout; cost: number } | null = null;
    for (const x of [0, area.width - width]) {
      for (let y = 0; y + height <= area.height; y += STEP) {
        const box = { x, y, width, height };
        if ([...taken, ...placed].some((other) => overlaps(box, other, 8)) || covers(box, covered)) continue;
        const edge = x === 0 ? width : x;
        const leader: PlacedCallout['leader'] = [edge, y + height / 2, anchor.x, anchor.y];
        const crossed = names.filter((name) => crosses(leader, name)).length;
        const foreign = placed.filter((other) => crosses(leader, other)).length;
        const cost = Math.hypot(anchor.x - edge, anchor.y - y - height / 2) + (crossed + foreign) * CROSSING;
        if (!best || cost < best.cost) best = { callout: { key: anchor.key, ...box, leader }, cost };
      }
    }
    if (best) placed.push(best.callout);
  }
  return placed;
}

export function overlaps(a: Box, b: Box, gap = 0): boolean {
  return (
    a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap
  );
}

function covers(box: Box, covered: (x: number, y: number) => boolean): boolean {
  for (let i = 0; i <= 8; i++) {
    for (let j = 0; j <= 4; j++) {
      if (covered(box.x + (box.width * i) / 8, box.y + (box.height * j) / 4)) return true;
    }
  }
  return false;
}

/** Whether a line from (x1, y1) to (x2, y2) meets a box (Liang–Barsky). */
export function crosses([x1, y1, x2, y2]: readonly [number, number, number, number], box: Box): boolean {
  const dx = x2 - x1;
  const dy = y2 - y1;
  let enter = 0;
  let leave = 1;
  for (const [p, q] of [
    [-dx, x1 - box.x],
    [dx, box.x + box.width - x1],
    [-dy, y1 - box.y],
    [dy, box.y + box.height - y1],
  ] as const) {
    if (p === 0) {
      if (q < 0) return false;
    } else if (p < 0) enter = Math.max(enter, q / p);
    else leave = Math.min(leave, q / p);
  }
  return enter <= leave;
}
