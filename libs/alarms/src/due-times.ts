/** Keys by the time at which somebody must look at them again: a binary heap, earliest first. */
export class DueTimes {
  private readonly heap: { due: number; key: string }[] = [];
  private readonly earliest = new Map<string, number>();

  /** Asks for `key` to come up at `due` (Unix ms) at the latest. It may come up earlier: who asked looks and asks again. */
  ask(key: string, due: number): void {
    const before = this.earliest.get(key);
    if (due === Number.POSITIVE_INFINITY || (before !== undefined && before <= due)) return;
    this.earliest.set(key, due);
    this.push({ due, key });
  }

  /** Time of the earliest key, Unix ms; null: none waits. */
  next(): number | null {
    this.skip();
    return this.heap[0]?.due ?? null;
  }

  /** The earliest key that is due at `now`, taken out. */
  take(now: number): { due: number; key: string } | null {
    this.skip();
    const top = this.heap[0];
    if (top === undefined || top.due > now) return null;
    this.earliest.delete(top.key);
    this.pop();
    return top;
  }

  forget(key: string): void {
    this.earliest.delete(key);
  }

  clear(): void {
    this.heap.length = 0;
    this.earliest.clear();
  }

  /** Drops entries that an earlier one of the same key made idle. */
  private skip(): void {
    for (let top = this.heap[0]; top !== undefined && this.earliest.get(top.key) !== top.due; top = this.heap[0])
      this.pop();
  }

  private push(entry: { due: number; key: string }): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((heap[up] as { due: number }).due <= entry.due) break;
      heap[at] = heap[up] as { due: number; key: string };
      at = up;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as { due: number }).due < (heap[child] as { due: number }).due)
        child += 1;
      if ((heap[child] as { due: number }).due >= last.due) break;
      heap[at] = heap[child] as { due: number; key: string };
      at = child;
    }
    heap[at] = last;
  }
}
