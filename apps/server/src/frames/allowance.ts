/**
 * How often something may happen: once in `everyMs` in the long run. What was not used while it was quiet is saved, up to
 * `saved` times, and may be used sooner; but no two come within `gapMs`.
 */
export class Allowance {
  private last = Number.NEGATIVE_INFINITY;
  /** moment up to which the times used so far would have lasted, one in `everyMs` */
  private usedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly everyMs: number,
    private readonly saved: number,
    private readonly gapMs: number,
  ) {}

  /** Unix ms from which the next may happen. */
  get next(): number {
    return Math.max(this.last + this.gapMs, this.usedUntil - this.saved * this.everyMs);
  }

  /** One happens now; whether it may is the caller's to ask before. */
  use(now: number): void {
    this.last = now;
    this.usedUntil = Math.max(now, this.usedUntil) + this.everyMs;
  }
}
