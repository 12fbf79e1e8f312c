import type { PathStep, Spot } from './problem.js';

interface Marks {
  self: Spot;
  keys: Map<PathStep, Spot>;
  values: Map<PathStep, Spot>;
}

/**
 * Remembers, for every map and list read from a file, where it and each of its members was written. Members keep their
 * spot when maps of several files are merged, so a problem points to the file that said it.
 */
export class Places {
  readonly #marks = new WeakMap<object, Marks>();

  open(node: object, self: Spot): void {
    this.#marks.set(node, { self, keys: new Map(), values: new Map() });
  }

  /** Says where member `step` of `node` has its key (a list element: itself) and its value. */
  mark(node: object, step: PathStep, key: Spot, value: Spot): void {
    const marks = this.#marks.get(node);
    marks?.keys.set(step, key);
    marks?.values.set(step, value);
  }

  /** Takes the marks of one member over to another node (merge). */
  carry(from: object, step: PathStep, to: object, toStep: PathStep = step): void {
    const marks = this.#marks.get(from);
    const key = marks?.keys.get(step);
    const value = marks?.values.get(step);
    if (key !== undefined && value !== undefined) this.mark(to, toStep, key, value);
  }

  self(node: object): Spot | undefined {
    return this.#marks.get(node)?.self;
  }

  keyOf(node: object, step: PathStep): Spot | undefined {
    return this.#marks.get(node)?.keys.get(step);
  }

  /** Spot of the value at `path` below `root`; of the nearest ancestor that was written where it was not. */
  find(root: unknown, path: readonly PathStep[], want: 'key' | 'value' = 'value'): Spot | undefined {
    let node: unknown = root;
    let spot = isNode(root) ? this.self(root) : undefined;
    for (const [index, step] of path.entries()) {
      if (!isNode(node)) break;
      const marks = this.#marks.get(node);
      const last = index === path.length - 1;
      const found = last && want === 'key' ? marks?.keys.get(step) : marks?.values.get(step);
      if (found === undefined) break;
      spot = found;
      node = (node as Record<PathStep, unknown>)[step];
    }
    return spot;
  }
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
