import { AUDIENCES, type Audience } from '@citywall/protocol';
import type { Subscription } from 'rxjs';
import { Allowance } from './allowance.js';
import type { Clock } from './clock.js';
import type { CityMirror } from './mirror/city-mirror.js';
import type { FeedWatch } from './mirror/feed-watch.js';
import type { AlarmSource, Log, NoticeSource, PackSource, StateSource } from './ports.js';
import { PrivateAssets } from './private-assets.js';
import { Scenes } from './scenes.js';
import { Stream, type Surroundings, streamId } from './stream.js';
import { EACH_TICK_MS } from './views/evaluator.js';
import { type LiveView, ViewBoard } from './views/view-board.js';

/** ms between two frames that tell of changes, in the long run. */
export const TICK_MS = 100;
/** Frames saved while it is quiet: where changes are few, each is told at once, also the one that comes soon after another. */
export const SAVED_TICKS = 9;
/** A stream with displays sends a frame at least this often ([PR17]), ms. */
export const HEARTBEAT_MS = 1_000;
/** How long a stream without displays goes on: a display that reconnects finds its place in it. */
export const LINGER_MS = 30_000;
/** How long the first display of a stream waits for state and history, ms; then it gets what there is. */
export const OPENING_MS = 2_000;

/** Takes frames to the displays. */
export interface FrameSink {
  /** a frame for every display of a stream that keeps up */
  send(stream: string, bytes: Uint8Array, kind: 'snapshot' | 'delta'): void;
  /** the stream's scene is no more */
  end(stream: string): void;
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
  alarms: AlarmSource;
  around: Surroundings;
  log: Log;
  stopwatch: () => number;
}

/** The alarms without those at, or of, private assets ([PR22]). */
function alarmsForVisitors(alarms: AlarmSource): AlarmSource {
  return {
    *standing(systems) {
      for (const alarm of alarms.standing(systems)) if (!alarm.hidden) yield alarm;
    },
    *happenings(systems) {
      for (const happening of alarms.happenings(systems)) if (!happening.alarm.hidden) yield happening;
    },
    knows: (system) => alarms.knows(system),
    watchedSince: (system) => alarms.watchedSince(system),
    watch: (watcher) => alarms.watch(watcher),
    // who visits has no alarms to handle
    flood: null,
  };
}

/** Keeps the streams: evaluates views when they are due, encodes each change once, hands frames to the sink. */
export class FramesService {
  readonly scenes: Scenes;
  /** views by audience: what visitors see is evaluated and encoded apart */
  readonly boards: Readonly<Record<Audience, ViewBoard>>;
  private readonly streams = new Map<string, Open>();
  private readonly subscriptions: Subscription[] = [];
  private sink: FrameSink | undefined;
  private ticks = new Allowance(TICK_MS, SAVED_TICKS, EACH_TICK_MS);
  /** Unix ms of the last tick */
  private tickedAt = Number.NEGATIVE_INFINITY;
  private wakeAt = Number.POSITIVE_INFINITY;
  private cancelWake: (() => void) | undefined;
  private stopped = false;

  constructor(private readonly parts: FramesParts) {
    this.scenes = new Scenes(parts.packs);
    this.boards = { staff: this.boardFor('staff'), visitors: this.boardFor('visitors') };
  }

  /** Views of one audience; what visitors must not see is not in the mirrors they look into. */
  private boardFor(audience: Audience): ViewBoard {
    const { clock, mirror, feeds, packs, state, notices, alarms, log, stopwatch } = this.parts;
    return new ViewBoard(
      {
        clock,
        mirror: (system) => mirror.get(system, audience),
        systems: () => mirror.systems(),
        feeds: (system, now, types) => feeds.feeds(system, now, types),
        windows: (asset, metric, from, to, stepMs) => state.windows(asset, metric, from, to, stepMs),
        notices: {
          ended: () => {
            if (audience === 'staff') return notices.ended();
            const hidden = new PrivateAssets(packs.all());
            return notices.ended().filter(({ notice }) => !hidden.isNamedIn(notice));
          },
          all: () => {
            if (audience === 'staff') return notices.all();
            const hidden = new PrivateAssets(packs.all());
            return notices.all().filter((notice) => !hidden.isNamedIn(notice));
          },
          watch: (call) => {
            const subscription = notices.changes$.subscribe(() => call());
            return () => subscription.unsubscribe();
          },
        },
        alarms: audience === 'staff' ? alarms : alarmsForVisitors(alarms),
      },
      (dueAt) => this.wake(Math.max(dueAt, this.ticks.next)),
      log,
      stopwatch,
    );
  }

  start(): void {
    const { mirror, feeds, packs } = this.parts;
    this.scenes.compile();
    this.subscriptions.push(mirror.replaced$.subscribe((system) => this.eachBoard((board) => board.rebind(system))));
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
   * One more display of a scene for an audience. Resolves when the stream has something to show (at most OPENING_MS later); undefined:
   * no such scene. Everyone who joined leaves.
   */
  async join(scene: string, audience: Audience = 'staff'): Promise<Stream | undefined> {
    const id = streamId(scene, audience);
    const open = this.streams.get(id) ?? this.open(scene, audience);
    if (open === undefined) return undefined;
    open.users++;
    open.cancelLinger?.();
    delete open.cancelLinger;
    await open.opened;
    return this.streams.get(id) === open ? open.stream : undefined;
  }

  /** @param id of the stream */
  leave(id: string): void {
    const open = this.streams.get(id);
    if (open === undefined || --open.users > 0) return;
    open.cancelLinger = this.parts.clock.after(LINGER_MS, () => {
      this.streams.delete(id);
      open.stream.close();
    });
  }

  /** The stream of that id, if it has displays or had one a moment ago. */
  streamOf(id: string): Stream | undefined {
    return this.streams.get(id)?.stream;
  }

  /** The whole picture of a stream, to be sent at once: the next frame goes on from it. */
  snapshot(stream: Stream): Uint8Array {
    return stream.snapshot(this.parts.clock.now(), this.parts.feeds.rate);
  }

  private eachBoard(call: (board: ViewBoard) => void): void {
    for (const audience of AUDIENCES) call(this.boards[audience]);
  }

  private open(scene: string, audience: Audience): Open | undefined {
    const layout = this.scenes.get(scene, audience);
    if (layout === undefined || this.stopped) return undefined;
    const stream = new Stream(layout, this.boards[audience], this.parts.around, audience);
    const open: Open = { stream, users: 0, live: false, opened: Promise.resolve() };
    this.streams.set(stream.id, open);
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
      const layout = this.scenes.get(open.stream.scene, open.stream.audience);
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
    if (now < this.tickedAt) this.startTimeAnew();
    this.tickedAt = now;
    const deltas = new Map(AUDIENCES.flatMap((audience) => [...this.boards[audience].evaluateDue(now)]));
    if (deltas.size > 0) this.ticks.use(now);
    const heartbeat = this.sendAll(deltas, now);
    if (this.streams.size > 0) this.wake(Math.max(now + 1, Math.min(heartbeat, this.nextEvaluation())));
  }

  /** The computer's clock was set back: what was due by its old time would come no sooner than that time comes again. */
  private startTimeAnew(): void {
    this.ticks = new Allowance(TICK_MS, SAVED_TICKS, EACH_TICK_MS);
    this.eachBoard((board) => board.startTimeAnew());
    for (const { stream } of this.streams.values()) stream.sentAt = Number.NEGATIVE_INFINITY;
  }

  private nextEvaluation(): number {
    const due = Math.min(...AUDIENCES.map((audience) => this.boards[audience].nextDue()));
    return Math.max(due, this.ticks.next);
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
