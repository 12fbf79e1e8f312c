/** How long something can be taken back, ms. */
export const UNDO_MS = 10_000;

/** Something that was just done and can be taken back for a while. */
export interface Undoable {
  /** words: `console.desk.undo.<says>` */
  says: string;
  /** of the alarm, in the reader's language */
  what: string;
  /** this computer's clock, Unix ms */
  at: number;
  back: () => void;
  /** what is done for good when the time is over */
  keep?: () => void;
}

/** One thing at a time can be taken back; the next one makes the one before it final. */
export class Undo {
  private last: Undoable | null = null;

  get current(): Undoable | null {
    return this.last;
  }

  offer(undoable: Undoable): void {
    this.settle();
    this.last = undoable;
  }

  /** @returns whether there was something */
  take(): boolean {
    const { last } = this;
    this.last = null;
    last?.back();
    return last !== null;
  }

  /** Makes final what is older than it may be. @returns whether something changed */
  expire(now: number): boolean {
    if (this.last === null || now - this.last.at < UNDO_MS) return false;
    this.settle();
    return true;
  }

  /** Makes final whatever waits. */
  settle(): void {
    const { last } = this;
    this.last = null;
    last?.keep?.();
  }
}
