import {
  type Audience,
  type CompiledScene,
  encodeDeltaFrame,
  encodeSnapshot,
  type FrameHead,
  PROTOCOL_VERSION,
} from '@citywall/protocol';
import type { LiveView, ViewBoard } from './views/view-board.js';

/** What every frame of this server says beside its views. */
export interface Surroundings {
  epoch: string;
  demo: boolean;
  demoExternal: boolean;
}

/** Names the stream of a scene for an audience: the scene's id, for visitors `id@visitors`. */
export function streamId(scene: string, audience: Audience): string {
  return audience === 'staff' ? scene : `${scene}@${audience}`;
}

/** One scene on its way to the displays of one audience: its views, and the sequence of its frames ([PR11], [PR16]). */
export class Stream {
  private views = new Map<LiveView, number>();
  private sequence = 0;
  /** Unix ms of its last frame */
  sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    private layout: CompiledScene,
    private readonly board: ViewBoard,
    private readonly around: Surroundings,
    readonly audience: Audience = 'staff',
  ) {
    this.views = this.acquire(layout);
  }

  get id(): string {
    return streamId(this.layout.id, this.audience);
  }

  /** Of the server run and the audience: what staff were sent is no base for what visitors are ([PR16]). */
  private get epoch(): string {
    return streamId(this.around.epoch, this.audience);
  }

  get scene(): string {
    return this.layout.id;
  }

  get version(): string {
    return this.layout.version;
  }

  get seq(): number {
    return this.sequence;
  }

  /** Resolves when all its views have answers worth showing. */
  async ready(): Promise<void> {
    await Promise.all([...this.views.keys()].map((view) => view.ready));
  }

  /** Whether a display that holds this may go on without a snapshot. */
  continues(have: { epoch: string; seq: number } | undefined): boolean {
    return have !== undefined && have.epoch === this.epoch && have.seq === this.sequence;
  }

  /** The whole picture as of the last frame. */
  snapshot(at: number, rate: number): Uint8Array {
    const { demo, demoExternal } = this.around;
    const views = [...this.views.keys()].map((view) => this.board.encoded(view));
    return encodeSnapshot(this.head(at, rate), { layout: this.layout, demo, demoExternal }, views);
  }

  /** The next frame of what changed in this scene; null where nothing of it did and `always` is not set. */
  delta(deltas: ReadonlyMap<LiveView, Uint8Array>, at: number, rate: number, always: boolean): Uint8Array | null {
    const parts: [number, Uint8Array][] = [];
    if (deltas.size > 0) {
      for (const [view, index] of this.views) {
        const bytes = deltas.get(view);
        if (bytes) parts.push([index, bytes]);
      }
    }
    if (parts.length === 0 && !always) return null;
    this.sequence++;
    this.sentAt = at;
    return encodeDeltaFrame(this.head(at, rate), parts);
  }

  /** Takes a new layout: the next thing its displays need is a snapshot, which has its own place in the sequence. */
  relay(layout: CompiledScene): void {
    const before = this.views;
    this.layout = layout;
    this.views = this.acquire(layout);
    for (const view of before.keys()) this.board.release(view);
    this.sequence++;
  }

  close(): void {
    for (const view of this.views.keys()) this.board.release(view);
    this.views = new Map();
  }

  private acquire(layout: CompiledScene): Map<LiveView, number> {
    return new Map(layout.views.map((spec, index) => [this.board.acquire(spec), index]));
  }

  private head(at: number, rate: number): FrameHead {
    return {
      v: PROTOCOL_VERSION,
      scene: this.layout.id,
      seq: this.sequence,
      epoch: this.epoch,
      at,
      mode: this.audience === 'visitors' ? 'tour' : 'live',
      rate,
    };
  }
}
