/** How long before a session ends for want of anybody its person is warned, ms. */
export const WARN_MS = 5 * 60_000;
/** That somebody is here is told at most so often, ms. */
export const TELL_EVERY_MS = 60_000;

/**
 * Whether anybody is at the desk. The server counts: what a page asks by itself is no sign of life, so a key or a movement of
 * the pointer is told to it. Times are Unix ms of the server.
 */
export class IdleWatch {
  private toldAt = Number.NEGATIVE_INFINITY;

  /** @param idleAt when the session ends unless somebody does something; null: it does not end by that */
  constructor(private idleAt: number | null = null) {}

  /** What the server said. */
  heard(idleAt: number | null): void {
    this.idleAt = idleAt;
  }

  /** Somebody pressed a key or moved the pointer. @returns whether the server is to be told */
  input(now: number): boolean {
    if (this.idleAt === null || now >= this.idleAt) return false;
    // whoever was warned wants to see at once that it helped
    if (now - this.toldAt < TELL_EVERY_MS && this.left(now) === null) return false;
    this.toldAt = now;
    return true;
  }

  /** The telling did not arrive: the next key tells it again. */
  missed(): void {
    this.toldAt = Number.NEGATIVE_INFINITY;
  }

  /** ms until the session ends, 0 when it has; null: there is no need to say it yet */
  left(now: number): number | null {
    if (this.idleAt === null || this.idleAt - now > WARN_MS) return null;
    return Math.max(0, this.idleAt - now);
  }
}
