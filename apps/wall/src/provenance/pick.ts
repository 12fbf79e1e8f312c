/** A value on the screen that can be asked where it comes from. */
export interface Askable {
  panel: string;
  /** absent: a figure of the panel itself, over many assets or occurrences */
  asset?: string;
  metric?: string;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The nearest box in a direction, as a person would expect it: ahead of the middle, and the more to the side the farther
 * it counts. Null where there is none.
 */
export function nearest(boxes: readonly Box[], from: Box, direction: Direction): number | null {
  const middle = ({ x, y, width, height }: Box) => ({ x: x + width / 2, y: y + height / 2 });
  const start = middle(from);
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, box] of boxes.entries()) {
    const { x, y } = middle(box);
    const [dx, dy] = [x - start.x, y - start.y];
    const sideways = direction === 'left' || direction === 'right';
    const ahead = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    const aside = Math.abs(sideways ? dy : dx);
    if (ahead < 1) continue;
    const far = ahead + aside * 2.5;
    if (far < least) {
      least = far;
      best = place;
    }
  }
  return best;
}

/** Where the card stands: in the corner away from what it speaks of. */
export function cornerFor(box: Box, screen: { width: number; height: number }): { left: boolean; top: boolean } {
  return {
    left: box.x + box.width / 2 > screen.width / 2,
    top: box.y + box.height / 2 > screen.height / 2,
  };
}

/** Elements of a scene that can be asked, in the order of the document: values, and panels that show none by name. */
export function askables(root: ParentNode): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (const panel of root.querySelectorAll<HTMLElement>('[data-panel]')) {
    const values = [...panel.querySelectorAll<HTMLElement>('[data-metric]')].filter(
      (element) => element.getBoundingClientRect().width > 0,
    );
    if (values.length > 0) found.push(...values);
    else found.push(panel);
  }
  return found;
}

export function askableOf(element: HTMLElement): Askable | null {
  const panel = element.closest<HTMLElement>('[data-panel]')?.dataset.panel;
  if (panel === undefined) return null;
  const { asset, metric } = element.dataset;
  return { panel, ...(asset && metric ? { asset, metric } : {}) };
}
