/** Clock and frame callback, replaced in tests. */
export interface Frames {
  now(): number;
  request(callback: () => void): void;
}

/**
 * The render budget (design §12): a chart is drawn at most once in `interval`, and one chart an animation frame, oldest
 * request first. Sixty lines at once drop to 5 fps; the same sixty one after another hold 59.
 */
export class ChartBudget {
  private readonly waiting = new Map<symbol, { draw: () => void; notBefore: number }>();
  private readonly drawn = new Map<symbol, number>();
  private running = false;

  constructor(
    private readonly frames: Frames,
    private interval = 1_000,
  ) {}

  /** ms between two drawings of one chart from now on. */
  every(interval: number): void {
    this.interval = interval;
  }

  /** Draws when it is this chart's turn; a newer request takes the place of one that still waits. */
  request(chart: symbol, draw: () => void): void {
    const last = this.drawn.get(chart);
    const before = this.waiting.get(chart);
    this.waiting.set(chart, {
      draw,
      notBefore: before?.notBefore ?? (last === undefined ? 0 : last + this.interval),
    });
    this.run();
  }

  /** The chart is gone. */
  release(chart: symbol): void {
    this.waiting.delete(chart);
    this.drawn.delete(chart);
  }

  private run(): void {
    if (this.running || this.waiting.size === 0) return;
    this.running = true;
    this.frames.request(() => {
      this.running = false;
      const now = this.frames.now();
      for (const [chart, { draw, notBefore }] of this.waiting) {
        if (notBefore > now) continue;
        this.waiting.delete(chart);
        this.drawn.set(chart, now);
        draw();
        break;
      }
      this.run();
    });
  }
}

export const chartBudget = new ChartBudget({
  now: () => performance.now(),
  request: (callback) => requestAnimationFrame(callback),
});
