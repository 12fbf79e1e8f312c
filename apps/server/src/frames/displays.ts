import type { RenderedReport } from '@citywall/protocol';

/** One connected display, as the console and the metrics see it. Times are Unix ms. */
export interface Display {
  /** of the connection, not of the screen */
  id: string;
  address: string;
  /** id of its pairing; null: somebody's session, or this machine in demo mode */
  paired: string | null;
  connectedAt: number;
  /** scene it follows; null before it joined */
  scene: string | null;
  /** stream it follows: the scene for its audience; null before it joined */
  stream: string | null;
  /** it reads more slowly than frames come; it gets a snapshot when it has caught up */
  slow: boolean;
  /** frames it was not sent for that */
  skipped: number;
  /** what it last said is on its screen */
  rendered: RenderedReport | null;
  renderedAt: number | null;
  /** it reported since it connected */
  errors: number;
}

/** Displays that left and were not yet written down; more than this left at once are forgotten. */
const MAX_LEFT = 500;

/** Displays connected to this process: what is on the wall now. What outlives the connection is kept by `displays/`. */
export class Displays {
  private readonly byId = new Map<string, Display>();
  private left: Display[] = [];

  add(id: string, address: string, connectedAt: number): Display {
    const display: Display = {
      id,
      address,
      paired: null,
      connectedAt,
      scene: null,
      stream: null,
      slow: false,
      skipped: 0,
      rendered: null,
      renderedAt: null,
      errors: 0,
    };
    this.byId.set(id, display);
    return display;
  }

  get(id: string): Display | undefined {
    return this.byId.get(id);
  }

  remove(id: string): void {
    const display = this.byId.get(id);
    if (!display) return;
    this.byId.delete(id);
    this.putBackLeft([display]);
  }

  /** All of them at once: the process ends. */
  leaveAll(): void {
    for (const id of [...this.byId.keys()]) this.remove(id);
  }

  /** Those that left since this was asked last. */
  takeLeft(): Display[] {
    const { left } = this;
    this.left = [];
    return left;
  }

  /** They could not be written down. */
  putBackLeft(displays: readonly Display[]): void {
    this.left = [...displays, ...this.left].slice(0, MAX_LEFT);
  }

  all(): Display[] {
    return [...this.byId.values()];
  }

  /** Those that follow a stream, slow ones too. */
  of(stream: string): Display[] {
    return this.all().filter((display) => display.stream === stream);
  }
}
