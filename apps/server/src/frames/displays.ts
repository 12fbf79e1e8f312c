import type { RenderedReport } from '@citywall/protocol';

/** One connected display, as the console and the metrics see it. Times are Unix ms. */
export interface Display {
  /** of the connection, not of the screen */
  id: string;
  address: string;
  connectedAt: number;
  /** scene it follows; null before it joined */
  scene: string | null;
  /** it reads more slowly than frames come; it gets a snapshot when it has caught up */
  slow: boolean;
  /** frames it was not sent for that */
  skipped: number;
  /** what it last said is on its screen */
  rendered: RenderedReport | null;
  renderedAt: number | null;
}

/** Displays connected to this process: what is on the wall now. Nothing of it outlives the connection. */
export class Displays {
  private readonly byId = new Map<string, Display>();

  add(id: string, address: string, connectedAt: number): Display {
    const display: Display = {
      id,
      address,
      connectedAt,
      scene: null,
      slow: false,
      skipped: 0,
      rendered: null,
      renderedAt: null,
    };
    this.byId.set(id, display);
    return display;
  }

  get(id: string): Display | undefined {
    return this.byId.get(id);
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  all(): Display[] {
    return [...this.byId.values()];
  }

  /** Those that follow a scene, slow ones too. */
  of(scene: string): Display[] {
    return this.all().filter((display) => display.scene === scene);
  }
}
