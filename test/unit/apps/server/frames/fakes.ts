import type { Asset, Metric, Notice, Occurrence } from '@citywall/model';
import type { Pack, SceneSpec } from '@citywall/pack-schema';
import {
  applyDelta,
  type DeltaFrame,
  decodeFrame,
  type Frame,
  type SnapshotFrame,
  StreamReader,
  type ViewSpec,
  type ViewState,
} from '@citywall/protocol';
import { Observable, Subject } from 'rxjs';
import { AlarmList } from '../../../../../apps/server/src/alarms/alarm-list.js';
import type { Clock } from '../../../../../apps/server/src/frames/clock.js';
import { type FrameSink, FramesService } from '../../../../../apps/server/src/frames/frames.service.js';
import { CityMirror } from '../../../../../apps/server/src/frames/mirror/city-mirror.js';
import { FeedWatch } from '../../../../../apps/server/src/frames/mirror/feed-watch.js';
import type { Log, PackSource, StateSource } from '../../../../../apps/server/src/frames/ports.js';
import type {
  Change,
  FeedCounters,
  OccurrencesQuery,
  Page,
  Row,
  SeenAsset,
  Window,
} from '../../../../../apps/server/src/state/index.js';
import { asset as bareAsset, pack, words } from '../../../../support/pack.js';

export { pack } from '../../../../support/pack.js';

/** 2026-07-09 14:35 in Chongqing. */
export const NOW = Date.UTC(2026, 6, 9, 6, 35);
export const MINUTE = 60_000;

/** Lets everything that is already resolved run on; waits for no time. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export class FakeClock implements Clock {
  /** timers of 2 ms and more call so many ms before their time, as those of Node do by one */
  early = 0;
  private time = NOW;
  private timers: { at: number; order: number; call: () => void }[] = [];
  private order = 0;

  now(): number {
    return this.time;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.time + Math.max(0, ms < 2 ? ms : ms - this.early), order: this.order++, call };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.timers.length;
  }

  /** The computer's clock is set back; timers run on, as those of Node do. */
  setBack(ms: number): void {
    this.time -= ms;
    for (const timer of this.timers) timer.at -= ms;
  }

  /** Moves on, calling what is due in its order, with everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.call();
      await settle();
    }
    this.time = end;
  }
}

/** State in memory: what was written is there to be loaded, and is told through the channel. */
export class FakeState implements StateSource {
  readonly loads: string[] = [];
  readonly windowQueries: { asset: string; from: number; to: number }[] = [];
  windowsOf: (asset: string, metric: string) => Window[] = () => [];
  counters = new Map<string, FeedCounters>();
  seen: SeenAsset[] = [];
  /** Redis is gone: every call rejects */
  gone = false;
  private readonly rows = new Map<string, Map<string, Row>>();
  private readonly occurrencesOf = new Map<string, Map<string, Occurrence>>();
  private readonly counts = new Map<string, number>();
  private readonly channel = new Subject<Change>();

  /** Writes as a batch does. `silently`: the channel's message is lost. */
  write(system: string, rows: Row[], occurrences: Occurrence[] = [], silently = false): void {
    const n = (this.counts.get(system) ?? 0) + 1;
    this.counts.set(system, n);
    const kept = this.rows.get(system) ?? new Map<string, Row>();
    this.rows.set(system, kept);
    for (const row of rows) kept.set(`${row[0]}|${row[1]}`, row);
    const cases = this.occurrencesOf.get(system) ?? new Map<string, Occurrence>();
    this.occurrencesOf.set(system, cases);
    for (const occurrence of occurrences) cases.set(occurrence.id, occurrence);
    if (!silently) this.channel.next({ system, n, rows, occurrences });
  }

  /** The channel comes back after an interruption. */
  lose(system: string): void {
    this.channel.next({ system, n: 0, rows: [], occurrences: [], lost: true });
  }

  async latestAll(system: string, onChunk: (rows: Row[]) => void): Promise<number> {
    this.answer();
    this.loads.push(system);
    const n = this.counts.get(system) ?? 0;
    onChunk([...(this.rows.get(system)?.values() ?? [])]);
    return n;
  }

  async assets(system: string): Promise<SeenAsset[]> {
    this.answer();
    return this.seen.filter(({ id }) => id.startsWith(`${system}/`));
  }

  async windows(asset: string, metric: string, from: number, to: number): Promise<Window[]> {
    this.answer();
    this.windowQueries.push({ asset, from, to });
    return this.windowsOf(asset, metric).filter(({ at }) => at >= from && at < to);
  }

  async occurrences(query: OccurrencesQuery): Promise<Page<Occurrence>> {
    this.answer();
    const all = query.systems.flatMap((system) => [...(this.occurrencesOf.get(system)?.values() ?? [])]);
    const start = Number(query.cursor ?? 0);
    const items = all.sort((a, b) => b.at - a.at).slice(start, start + query.limit);
    return { items, next: start + query.limit < all.length ? String(start + query.limit) : null };
  }

  subscribe(systems: string[]): Observable<Change> {
    return new Observable((subscriber) => {
      const subscription = this.channel.subscribe((change) => {
        if (systems.includes(change.system)) subscriber.next(change);
      });
      if (!this.gone) {
        for (const system of systems) subscriber.next({ system, n: 0, rows: [], occurrences: [], lost: true });
      }
      return subscription;
    });
  }

  async feedCounters(): Promise<Map<string, FeedCounters>> {
    this.answer();
    return new Map(this.counters);
  }

  private answer(): void {
    if (this.gone) throw new Error('Connection is closed.');
  }
}

export class FakePacks implements PackSource {
  private readonly changes = new Subject<{ changed: string[]; removed: string[] }>();
  readonly changes$ = this.changes.asObservable();

  constructor(private packs: Pack[]) {}

  all(): readonly Pack[] {
    return this.packs;
  }

  replace(packs: Pack[], changed: string[], removed: string[] = []): void {
    this.packs = packs;
    this.changes.next({ changed, removed });
  }
}

export class FakeNotices {
  private readonly changes = new Subject<void>();
  readonly changes$ = this.changes.asObservable();
  private notices: Notice[] = [];

  readonly over: { notice: Notice; at: number }[] = [];

  all(): Notice[] {
    return this.notices;
  }

  ended() {
    return this.over;
  }

  set(notices: Notice[]): void {
    this.notices = notices;
    this.changes.next();
  }
}

export function asset(id: string, more: Partial<Asset> = {}): Asset {
  const [, , key = ''] = id.split('/');
  return bareAsset(id, { name: `名${key}`, place: { lon: 107.33, lat: 30.32 }, placement: 'schematic', ...more });
}

export function metric(name: string, more: Partial<Metric> = {}): Metric {
  const [type = '', short = ''] = name.split('/');
  return {
    type,
    name: short,
    label: words(short),
    kind: 'gauge',
    unit: 'm',
    staleAfter: 5 * MINUTE,
    history: 'day',
    decimals: 2,
    ...more,
  };
}

/** A scene with a panel a view. */
export function scene(id: string, views: ViewSpec[]): SceneSpec {
  return {
    id,
    name: words(id),
    grid: { columns: 24, rows: 24 },
    panels: views.map((view, i) => ({
      id: `p${i}`,
      type: 'number',
      at: { x: 0, y: i, w: 4, h: 1 },
      title: words(`p${i}`),
      views: { value: view },
      options: {},
    })),
  };
}

/** A water system with three reservoirs, a metric that goes stale after five minutes, and these scenes. */
export function water(scenes: SceneSpec[], more: Partial<Pack> = {}): Pack {
  return pack('water', {
    assetTypes: { reservoir: { name: words('reservoir'), expected: [] } },
    metrics: [metric('reservoir/level')],
    assets: ['a', 'b', 'c'].map((key, i) =>
      asset(`water/reservoir/${key}`, { attributes: { town: i < 2 ? '桂溪街道' : '高安镇', floodLimit: 440 } }),
    ),
    scenes,
    ...more,
  });
}

export function row(
  typeKey: string,
  value: Row[2],
  more: { metric?: string; at?: number; quality?: number } = {},
): Row {
  const at = more.at ?? NOW;
  return [typeKey, more.metric ?? 'level', value, at, at + 20, more.quality ?? 0, 0, [], 'realtime'];
}

export function occurrence(id: string, more: Partial<Occurrence> = {}): Occurrence {
  return {
    id,
    system: 'urban',
    type: 'case',
    at: NOW,
    receivedAt: NOW,
    status: '立案',
    fields: {},
    origin: 'live',
    ...more,
  };
}

/** Keeps every frame of a scene and rebuilds what a display would show; fails on a gap. */
export class Screen {
  readonly frames: Frame[] = [];
  readonly at: number[] = [];
  views: ViewState[] = [];
  private readonly reader: StreamReader;

  constructor(
    readonly scene: string,
    private readonly clock: Clock,
  ) {
    this.reader = new StreamReader(scene);
  }

  take(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    const verdict = this.reader.accept(frame);
    if (verdict !== 'apply') throw new Error(`frame ${frame.seq} of ${this.scene}: ${verdict}`);
    this.frames.push(frame);
    this.at.push(this.clock.now());
    if (frame.kind === 'snapshot') this.views = frame.views;
    else
      for (const [index, delta] of frame.views) this.views[index] = applyDelta(this.views[index] as ViewState, delta);
  }

  get deltas(): DeltaFrame[] {
    return this.frames.filter((frame) => frame.kind === 'delta' && frame.views.length > 0) as DeltaFrame[];
  }

  get snapshots(): SnapshotFrame[] {
    return this.frames.filter((frame) => frame.kind === 'snapshot');
  }

  /** Rows of a view, in order. */
  rows(view: number): Record<string, unknown>[] {
    const state = this.views[view] as ViewState;
    return state.order.map((key) => state.rows[key] as Record<string, unknown>);
  }

  meta(view: number): Record<string, unknown> {
    return (this.views[view] as ViewState).meta as Record<string, unknown>;
  }
}

/** Since when the fakes' alarms are evaluated. */
export const WATCHED = NOW - 2 * 24 * 60 * MINUTE;

/** The frames of a city, on fakes. */
export class City {
  readonly clock = new FakeClock();
  readonly state = new FakeState();
  readonly notices = new FakeNotices();
  readonly alarms = new AlarmList();
  readonly packs: FakePacks;
  readonly mirror: CityMirror;
  readonly frames: FramesService;
  readonly screens = new Map<string, Screen>();
  readonly ended: string[] = [];
  readonly logged: string[] = [];
  work = 0;

  constructor(packs: Pack[]) {
    this.packs = new FakePacks(packs);
    this.alarms.setWatched(new Map(packs.map(({ id }) => [id, WATCHED])));
    const log: Log = {
      log: (message) => this.logged.push(message),
      warn: (message) => this.logged.push(message),
      error: (message) => this.logged.push(message),
    };
    this.mirror = new CityMirror(this.state, this.packs, this.clock, log);
    this.frames = new FramesService({
      clock: this.clock,
      mirror: this.mirror,
      feeds: new FeedWatch(this.state, this.packs, this.clock),
      packs: this.packs,
      state: this.state,
      notices: this.notices,
      alarms: this.alarms,
      around: { epoch: 'e1', demo: true, demoExternal: false },
      log,
      stopwatch: () => this.work,
    });
    const sink: FrameSink = {
      send: (id, bytes) => this.screens.get(id)?.take(bytes),
      end: (id) => this.ended.push(id),
    };
    this.frames.to(sink);
  }

  async start(): Promise<void> {
    this.frames.start();
    await settle();
  }

  /** A display joins as the gateway does it. */
  async show(id: string): Promise<Screen> {
    const joining = this.frames.join(id);
    await this.clock.advance(0);
    const stream = await joining;
    if (stream === undefined) throw new Error(`no scene ${id}`);
    const screen = new Screen(id, this.clock);
    screen.take(this.frames.snapshot(stream));
    this.screens.set(id, screen);
    return screen;
  }
}
