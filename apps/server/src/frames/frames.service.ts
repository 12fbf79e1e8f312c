import type { Subscription } from 'rxjs';
import type { Clock } from './clock.js';
import type { CityMirror } from './mirror/city-mirror.js';
import type { FeedWatch } from './mirror/feed-watch.js';
import type { Log, NoticeSource, PackSource, StateSource } from './ports.js';
import { Scenes } from './scenes.js';
import { Stream, type Surroundings } from './stream.js';
import { type LiveView, ViewBoard } from './views/view-board.js';

/** ms between two frames of a stream that tell of changes; the first change after a pause is told at once. */
export const TICK_MS = 100;
/** A stream with displays sends a frame at least this often ([PR17]), ms. */
export const HEARTBEAT_MS = 1_000;
/** How long a stream without displays goes on: a display that reconnects finds its place in it. */
export const LINGER_MS = 30_000;
/** How long the first display of a stream waits for state and history, ms; then it gets what there is. */
export const OPENING_MS = 2_000;

/** Takes frames to the displays. */
export interface FrameSink {
  /** a frame for every display of a scene that keeps up */
  send(scene: string, bytes: Uint8Array, kind: 'snapshot' | 'delta'): void;
  /** the scene is no more */
  end(scene: string): void;
}

interface Open {
  stream: Stream;
  users: number;
  /** frames are sent: the first snapshot was, or is about to be */
  opened: Promise<void>;
  live: boolean;
  cancelLinger?: () => void;
}

export interface FramesParts {
  clock: Clock;
  mirror: CityMirror;
  feeds: FeedWatch;
  packs: PackSource;
  state: Pick<StateSource, 'windows'>;
  notices: NoticeSource;
  around: Surroundings;
  log: Log;
  stopwatch: () => number;
}

/** Keeps the streams: evaluates views when they are due, encodes each change once, hands frames to the sink. */
export class FramesService {
  readonly scenes: Scenes;
  readonly board: ViewBoard;
  private readonly streams = new Map<string, Open>();
  private readonly subscriptions: Subscription[] = [];
  private sink: FrameSink | undefined;
  private lastTickAt = Number.NEGATIVE_INFINITY;
  private wakeAt = Number.POSITIVE_INFINITY;
  private cancelWake: (() => void) | undefined;
  private stopped = false;

  constructor(private readonly parts: FramesParts) {
    const { clock, mirror, feeds, packs, state, notices, log, stopwatch } = parts;
    this.scenes = new Scenes(packs);
    this.board = new ViewBoard(
      {
        clock,
        mirror: (system) => mirror.get(system),
        systems: () => mirror.systems(),
        feeds: (system, now, types) => feeds.feeds(system, now, types),
        windows: (asset, metric, from, to, stepMs) => state.windows(asset, metric, from, to, stepMs),
        notices: {
          all: () => notices.all(),
          watch: (call) => {
            const subscription = notices.changes$.subscribe(() => call());
            return () => subscription.unsubscribe();
          },
        },
      },
      (dueAt) => this.wake(Math.max(dueAt, this.lastTickAt + TICK_MS)),
      log,
      stopwatch,
    );
  }

  start(): void {
    const { mirror, feeds, packs } = this.parts;
    this.scenes.compile();
    this.subscriptions.push(mirror.replaced$.subscribe((system) => this.board.rebind(system)));
    mirror.start();
    feeds.start();
    // After the mirror's own subscription: views of a new scene must find its new system there.
    this.subscriptions.push(packs.changes$.subscribe(() => this.recompile()));
  }

  stop(): void {
    this.stopped = true;
    this.cancelWake?.();
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const open of this.streams.values()) {
      open.cancelLinger?.();
      open.stream.close();
    }
    this.streams.clear();
    this.parts.feeds.stop();
    this.parts.mirror.stop();
  }

  /** Where frames go. One sink; it is there before the first display. */
  to(sink: FrameSink): void {
    this.sink = sink;
  }

  /**
   * One more display of a scene. Resolves when the stream has something to show (at most OPENING_MS later); undefined:
   * no such scene. Everyone who joined leaves.
   */
  async join(scene: string): Promise<Stream | undefined> {
    const open = this.streams.get(scene) ?? this.open(scene);
    if (open === undefined) return undefined;
    open.users++;
    open.cancelLinger?.();
    delete open.cancelLinger;
    await open.opened;
    return this.streams.get(scene) === open ? open.stream : undefined;
  }

  leave(scene: string): void {
    const open = this.streams.get(scene);
    if (open === undefined || --open.users > 0) return;
    open.cancelLinger = this.parts.clock.after(LINGER_MS, () => {
      this.streams.delete(scene);
      open.stream.close();
    });
  }

  /** The stream of a scene that has displays, or had one a moment ago. */
  streamOf(scene: string): Stream | undefined {
    return this.streams.get(scene)?.stream;
  }

  /** The whole picture of a stream, to be sent at once: the next frame goes on from it. */
  snapshot(stream: Stream): Uint8Array {
    return stream.snapshot(this.parts.clock.now(), this.parts.feeds.rate);
  }

  private open(scene: string): Open | undefined {
    const layout = this.scenes.get(scene);
    if (layout === undefined || this.stopped) return undefined;
    const stream = new Stream(layout, this.board, this.parts.around);
    const open: Open = { stream, users: 0, live: false, opened: Promise.resolve() };
    this.streams.set(scene, open);
    open.opened = this.settled(stream).then(() => {
      this.tick();
      open.live = true;
      stream.sentAt = this.parts.clock.now();
      this.wake(stream.sentAt + HEARTBEAT_MS);
    });
    return open;
  }

  /** State is read and every view has its first answer, or that took too long. */
  private settled(stream: Stream): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.parts.clock.after(OPENING_MS, resolve);
      void this.parts.mirror
        .whenLoaded()
        .then(() => stream.ready())
        .then(() => {
          cancel();
          resolve();
        });
    });
  }

  private recompile(): void {
    this.scenes.compile();
    for (const [id, open] of [...this.streams]) {
      const layout = this.scenes.get(id);
      if (layout === undefined) {
        this.streams.delete(id);
        open.cancelLinger?.();
        this.sink?.end(id);
        open.stream.close();
      } else if (layout.version !== open.stream.version) {
        open.stream.relay(layout);
        if (open.live) this.sink?.send(id, this.snapshot(open.stream), 'snapshot');
      }
    }
  }

  private wake(at: number): void {
    if (at >= this.wakeAt || this.stopped) return;
    this.cancelWake?.();
    this.wakeAt = at;
    this.cancelWake = this.parts.clock.after(Math.max(0, at - this.parts.clock.now()), () => this.tick());
  }

  private tick(): void {
    if (this.stopped) return;
    this.cancelWake?.();
    this.wakeAt = Number.POSITIVE_INFINITY;
    const now = this.parts.clock.now();
    const deltas = this.board.evaluateDue(now);
    if (deltas.size > 0) this.lastTickAt = now;
    const heartbeat = this.sendAll(deltas, now);
    if (this.streams.size > 0) this.wake(Math.max(now + 1, Math.min(heartbeat, this.nextEvaluation())));
  }

  private nextEvaluation(): number {
    return Math.max(this.board.nextDue(), this.lastTickAt + TICK_MS);
  }

  /** Returns when the next heartbeat is due, Unix ms. */
  private sendAll(deltas: ReadonlyMap<LiveView, Uint8Array>, now: number): number {
    const { rate } = this.parts.feeds;
    let next = Number.POSITIVE_INFINITY;
    for (const { stream, live } of this.streams.values()) {
      if (!live) continue;
      const bytes = stream.delta(deltas, now, rate, now - stream.sentAt >= HEARTBEAT_MS);
      if (bytes) this.sink?.send(stream.id, bytes, 'delta');
      next = Math.min(next, stream.sentAt + HEARTBEAT_MS);
    }
    return next;
  }
}
