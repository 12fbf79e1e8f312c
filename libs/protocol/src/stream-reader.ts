import type { Frame } from './frame.js';

/** What to do with a frame: show it, drop it, or drop it and ask the server for a snapshot (event `resync`). */
export type Verdict = 'apply' | 'ignore' | 'resync';

/** A resync that brought no snapshot is asked for again after this much of the server's time. */
export const RESYNC_AGAIN_MS = 3_000;

/**
 * Sequence rules of one stream (SPEC.md, [PR10]–[PR17]). Pure: it judges heads only, the caller applies or asks.
 * Use one reader a stream; `reset` it when another scene is joined.
 */
export class StreamReader {
  #held: { epoch: string; seq: number } | null = null;
  #askedAt: number | null = null;

  constructor(private scene: string) {}

  /** What the display holds, for `JoinRequest.have`; undefined: nothing a server could continue from. */
  get have(): { epoch: string; seq: number } | undefined {
    return this.#held ? { ...this.#held } : undefined;
  }

  accept(frame: Pick<Frame, 'kind' | 'scene' | 'seq' | 'epoch' | 'at'>): Verdict {
    if (frame.scene !== this.scene) return 'ignore';
    const held = this.#held;
    if (frame.kind === 'snapshot') {
      if (held && held.epoch === frame.epoch && frame.seq < held.seq) return 'ignore';
      this.#held = { epoch: frame.epoch, seq: frame.seq };
      this.#askedAt = null;
      return 'apply';
    }
    if (held && held.epoch === frame.epoch) {
      if (frame.seq <= held.seq) return 'ignore';
      if (frame.seq === held.seq + 1) {
        held.seq = frame.seq;
        return 'apply';
      }
    }
    return this.lost(frame.at);
  }

  /**
   * The display could not apply a frame (ProtocolError): what it holds is no longer what the server thinks.
   * @param at server time of that frame, Unix ms
   */
  lost(at: number): Verdict {
    this.#held = null;
    if (this.#askedAt !== null && at - this.#askedAt < RESYNC_AGAIN_MS && at >= this.#askedAt) return 'ignore';
    this.#askedAt = at;
    return 'resync';
  }

  /** Begins another stream, holding nothing. */
  reset(scene: string): void {
    this.scene = scene;
    this.#held = null;
    this.#askedAt = null;
  }
}
