/** Surroundings of the guard, replaced in tests. */
export interface ReloadSurroundings {
  now(): number;
  /** true where /healthz answered 200 */
  healthy(): Promise<boolean>;
  reload(): void;
}

/**
 * The last resort of a screen nobody stands beside: when the server has answered for a whole minute but the socket would not
 * connect, the page itself must be at fault, and it loads anew. Never while the server is away: a reload then would put the
 * browser's error page on the wall.
 */
export class ReloadGuard {
  private healthySince: number | null = null;
  private asking = false;

  constructor(
    private readonly around: ReloadSurroundings,
    private readonly patience = 60_000,
  ) {}

  /** To be called every few seconds while the socket is not connected. */
  async check(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    let healthy = false;
    try {
      healthy = await this.around.healthy();
    } finally {
      this.asking = false;
    }
    if (!healthy) {
      this.healthySince = null;
      return;
    }
    this.healthySince ??= this.around.now();
    if (this.around.now() - this.healthySince >= this.patience) {
      this.healthySince = null;
      this.around.reload();
    }
  }

  /** The socket connected. */
  connected(): void {
    this.healthySince = null;
  }
}
