import type { Window } from '../../state/index.js';
import type { ViewContext } from './evaluator.js';

/** ms between two looks at all windows: readings that came late changed older ones without being the newest value. */
export const RELOAD_EVERY_MS = 60_000;
/** Reason in `meta.error` while windows were never read. */
export const NO_HISTORY = 'history-unavailable';

export interface WindowRange {
  /** Unix ms; slots that begin in [from, to) */
  from: number;
  to: number;
}

export interface WindowReaderOptions {
  asset: string;
  metric: string;
  /** ms a window; a multiple of 60,000 */
  step: number;
  /** what is shown at a moment */
  range: (now: number) => WindowRange;
  /** ms between two looks at the newest windows. @default 1000 */
  refreshEvery?: number;
  /** ms between two looks at all of them. @default RELOAD_EVERY_MS */
  reloadEvery?: number;
  /** ms between the first two looks at all of them. @default reloadEvery */
  reloadFirst?: number;
}

/**
 * Windows of one series as a view shows them, read from state so that what is drawn is what `GET …/series` answers. All of
 * them at first and once in `reloadEvery`; in between only the newest two and what has come within reach, when asked to.
 */
export class WindowReader {
  private readonly windows = new Map<number, Window>();
  private loadedAt: number | null = null;
  /** times all windows were read */
  private loads = 0;
  /** end of what the last look that succeeded asked for */
  private knownTo = Number.NEGATIVE_INFINITY;
  private startedAt = Number.NEGATIVE_INFINITY;
  private reading = false;
  private wanted = true;
  private closed = false;
  private failed = false;
  private cancel: (() => void) | undefined;
  private announce: () => void = () => {};
  private readonly refreshEvery: number;
  private readonly reloadEvery: number;
  private readonly reloadFirst: number;
  /** resolves after the first look, whatever it found */
  readonly ready = new Promise<void>((resolve) => {
    this.announce = resolve;
  });

  /** @param read called after every look */
  constructor(
    private readonly context: Pick<ViewContext, 'clock' | 'windows'>,
    private readonly options: WindowReaderOptions,
    private readonly read: () => void,
  ) {
    this.refreshEvery = options.refreshEvery ?? 1_000;
    this.reloadEvery = options.reloadEvery ?? RELOAD_EVERY_MS;
    this.reloadFirst = options.reloadFirst ?? this.reloadEvery;
  }

  /** Asks for a look, at most one in `refreshEvery`. */
  want(): void {
    this.wanted = true;
    if (this.closed || this.reading || this.cancel) return;
    const wait = this.startedAt + this.refreshEvery - this.context.clock.now();
    if (wait <= 0) void this.look();
    else {
      this.cancel = this.context.clock.after(wait, () => {
        this.cancel = undefined;
        void this.look();
      });
    }
  }

  /** Windows read so far, oldest or newest first. */
  values(): Iterable<Window> {
    return this.windows.values();
  }

  /** Asks for all windows where that is due, and says when it will be (Unix ms; Infinity: a look is under way). */
  keepUp(now: number): number {
    if (this.loadedAt === null) return Number.POSITIVE_INFINITY;
    // at midnight what is shown moves on by a whole day: that is not left to the next reload
    if (now - this.loadedAt >= this.reloadAfter || this.hasMovedOn(now)) this.want();
    return Math.max(now + 1, this.loadedAt + this.reloadAfter);
  }

  private get reloadAfter(): number {
    return this.loads < 2 ? this.reloadFirst : this.reloadEvery;
  }

  /** What is shown has moved on beyond what was read, and a look at it is on its way: what stands is to stay so long. */
  isBehind(now: number): boolean {
    return this.loadedAt !== null && (this.reading || this.wanted) && !this.failed && this.hasMovedOn(now);
  }

  /** The windows could never be read. */
  get unavailable(): boolean {
    return this.failed && this.loadedAt === null;
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
    this.announce();
  }

  private hasMovedOn(now: number): boolean {
    const { step, range } = this.options;
    return range(now).to - this.knownTo >= 2 * step;
  }

  private async look(): Promise<void> {
    const { asset, metric, step, range } = this.options;
    const now = this.context.clock.now();
    const all = this.loadedAt === null || now - this.loadedAt >= this.reloadAfter;
    const { from: first, to } = range(now);
    const from = all ? first : Math.max(first, Math.min(to, this.knownTo) - 2 * step);
    this.startedAt = now;
    this.reading = true;
    this.wanted = false;
    try {
      const found = await this.context.windows(asset, metric, from, to, step);
      for (const at of this.windows.keys()) if (at >= from || at < first) this.windows.delete(at);
      for (const window of found) this.windows.set(window.at, window);
      if (all) {
        this.loadedAt = now;
        this.loads++;
      }
      this.knownTo = to;
      this.failed = false;
    } catch {
      // Redis is gone (its own notice says so): what was read stays, and it is asked again.
      this.failed = true;
      this.wanted = true;
    }
    this.reading = false;
    if (this.closed) return;
    this.announce();
    this.read();
    if (this.wanted) this.want();
  }
}
