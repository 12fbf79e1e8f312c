import { AlarmMachine, type AlarmOutcome, type AlarmReading } from '@citywall/alarms';
import type { Occurrence } from '@citywall/model';
import { alarmCatalogue, type Pack } from '@citywall/pack-schema';
import { Subscription } from 'rxjs';
import { compareIds } from '../archive/archive.types.js';
import type { Change, Row, StateRepository } from '../state/index.js';
import { rowValue } from '../state/state.types.js';
import type { AlarmsRepository } from './alarms.repository.js';
import type { AskedCommand, Settled } from './alarms.types.js';
import { LastWeek } from './last-week.js';
import { Teller } from './told.js';
import { Unsaved } from './unsaved.js';

/** Values of standing alarms that change nothing else are kept this often, ms. */
const VALUES_EVERY_MS = 1_000;
const RETRY_MS = 500;
/** Longest sleep, ms: timers beyond 24 days would fire at once. */
const LONGEST_MS = 3_600_000;
const OCCURRENCES_A_PAGE = 1_000;
/** Newest occurrences of a type that are judged at the start; older ones have been, when they came. */
const JUDGED_OCCURRENCES = 20_000;
const MINUTE = 60_000;
/** Values of the past that a rule of change is given at the start, a series; and most series of a rule. */
const LEARNT_POINTS = 24;
const LEARNT_SERIES = 1_000;
/** What was raised so long before the start counts for chattering, ms. */
const RECALLED_MS = 10 * MINUTE;
/** Alarms of one saving: a script call of more would hold up Redis, and everybody. */
const SAVED_AT_ONCE = 1_000;
/** Entries of the journal that may wait for the archive in a storm; it keeps 50,000. */
const MOST_UNARCHIVED = 30_000;
const LOOK_FOR_ROOM_MS = 100;
/** An archive that stands still (a full disk) is not waited for longer, ms: alarms are told in any case. */
const ROOM_WITHIN_MS = 20_000;
/** Changes that may wait while state is read; more, and it is read anew. */
const MAX_WAITING = 10_000;
/** A command that nobody has taken for so long is not carried out any more: who gave it was told so, ms. */
export const COMMAND_LIFE_MS = 3_000;

export interface SystemAlarmsParts {
  owner: string;
  /** ms that a saving prolongs the lease by */
  ttl: number;
  state: Pick<StateRepository, 'latestAll' | 'occurrences' | 'subscribe' | 'windows'>;
  store: Pick<AlarmsRepository, 'kept' | 'raisedSince' | 'save' | 'commands' | 'waiting' | 'unarchived'>;
  /** ids of the system's feeds that are silent now */
  silentFeeds(): ReadonlySet<string>;
  /** whether what the system's platforms say can reach this process: its brokers and Redis are there */
  hears(): boolean;
  now(): number;
  warn(text: string): void;
  /** everything is judged; from now on what comes is judged as it comes */
  ready(): void;
  /** another process evaluates the system now */
  lost(): void;
}

/**
 * Evaluates the rules of one system, as long as this process holds its lease: what became newest goes into the machine, what
 * comes out is kept and told. A gap in the changes, as after an interruption, is filled by judging the newest of everything.
 */
export class SystemAlarms {
  private readonly unsaved = new Unsaved();
  private readonly subscriptions = new Subscription();
  private machine: AlarmMachine | null = null;
  private teller: Teller;
  private pace: number;
  private silent: ReadonlySet<string> = new Set();
  private n = 0;
  /** not null while state is read: changes that came meanwhile */
  private waiting: Change[] | null = null;
  private generation = 0;
  /** commands that came while state is read */
  private asked: AskedCommand[] = [];
  /** the last command that was taken: each is taken once */
  private taken = '0-0';
  private settled: Settled[] = [];
  private saving: Promise<void> | undefined;
  private wake: NodeJS.Timeout | undefined;
  private valuesAt = Number.NEGATIVE_INFINITY;
  private stopped = false;
  private readonly lastWeek: LastWeek;

  constructor(
    private pack: Pack,
    pace: number,
    private readonly parts: SystemAlarmsParts,
  ) {
    this.teller = new Teller(pack);
    this.pace = pace;
    this.lastWeek = new LastWeek(parts.state, parts.now, () => this.after());
  }

  get system(): string {
    return this.pack.id;
  }

  /** Whether what comes is judged as it comes; false while state is read, or can't be. */
  get evaluates(): boolean {
    return this.machine !== null && this.waiting === null && !this.stopped;
  }

  start(): void {
    const { state, store } = this.parts;
    this.subscriptions.add(state.subscribe([this.system]).subscribe((change) => this.take(change)));
    // What was asked while the channel was closed is read with the rest.
    this.subscriptions.add(
      store.commands(this.system).subscribe((asked) => {
        if (asked === null) this.catchUp();
        else if (this.evaluates) this.command(asked);
        else this.asked.push(asked);
      }),
    );
  }

  /** Ends it; what was found is still kept. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.generation++;
    this.subscriptions.unsubscribe();
    clearTimeout(this.wake);
    await this.saving;
    this.collect();
    // Best effort: what was tried before, and what came since.
    try {
      while (!this.unsaved.isEmpty) await this.save();
    } catch {
      // Redis is gone: the next evaluator judges anew.
    }
  }

  /** The pack changed: alarms of rules that are still there stay, and are judged anew. */
  reload(pack: Pack): void {
    this.pack = pack;
    this.teller = new Teller(pack);
    this.machine?.setRules(pack.alarms, alarmCatalogue(pack), this.parts.now());
    this.read();
  }

  setPace(pace: number): void {
    if (pace === this.pace) return;
    this.pace = pace;
    this.machine?.setPace(pace, this.parts.now());
    this.after();
  }

  /** Some feed fell silent, or speaks again; or a broker did. */
  hearSilence(): void {
    if (this.machine === null) return;
    const now = this.parts.now();
    this.machine.hears(this.parts.hears(), now);
    const silent = this.silentSources();
    for (const source of silent) if (!this.silent.has(source)) this.machine.silent(source, now);
    for (const source of this.silent) if (!silent.has(source)) this.machine.heard(source, now);
    this.silent = silent;
    this.after();
  }

  private take(change: Change): void {
    if (change.lost) this.read();
    else if (this.waiting) {
      this.waiting.push(change);
      if (this.waiting.length > MAX_WAITING) this.read();
    } else if (change.n === this.n + 1) {
      this.apply(change);
      this.after();
    } else if (change.n > this.n) this.read();
  }

  private apply(change: Change): void {
    this.n = change.n;
    for (const row of change.rows) this.judge(row);
    for (const occurrence of change.occurrences) this.judgeOccurrence(occurrence);
  }

  private judge(row: Row): void {
    const { value, at, quality, origin, flags, feed } = rowValue(row);
    const reading: AlarmReading = {
      asset: `${this.system}/${row[0]}`,
      metric: row[1],
      value,
      at,
      quality,
      origin,
      flags,
      feed,
    };
    this.machine?.reading(reading, this.parts.now());
  }

  private judgeOccurrence(occurrence: Occurrence): void {
    this.machine?.occurrence({ ...occurrence, feed: sourceOf(occurrence.type) }, this.parts.now());
  }

  private command({ entry, at, ...command }: AskedCommand): void {
    if (this.machine === null || (at !== undefined && compareIds(entry, this.taken) <= 0)) return;
    const now = this.parts.now();
    const late = at !== undefined && now - at > COMMAND_LIFE_MS;
    const outcome = late ? 'late' : this.machine.command(command, now);
    if (at !== undefined) {
      this.taken = entry;
      this.settled.push({ entry, outcome });
    }
    this.after();
  }

  /** The channel was closed: what was asked meanwhile. While state is read, that reads them as well. */
  private catchUp(): void {
    if (!this.evaluates) return;
    this.parts.store.waiting(this.system).then(
      (commands) => {
        if (this.evaluates) for (const command of commands) this.command(command);
      },
      // Redis is gone again: the next opening reads them.
      () => {},
    );
  }

  /** Reads what is kept (once) and judges the newest of everything. */
  private read(): void {
    if (this.stopped) return;
    const generation = ++this.generation;
    clearTimeout(this.wake);
    this.waiting = [];
    this.readAll(generation).catch((error) => {
      if (generation !== this.generation) return;
      this.parts.warn(
        `alarms of ${this.system}: state can't be read (${error instanceof Error ? error.message : error})`,
      );
      this.wake = setTimeout(() => this.read(), RETRY_MS);
    });
  }

  private async readAll(generation: number): Promise<void> {
    const { state, store, now } = this.parts;
    const current = () => generation === this.generation && !this.stopped;
    const kept = await store.kept(this.system);
    if (!current()) return;
    const begins = this.machine === null;
    const machine = this.machine ?? this.restored(kept.alarms.map(({ alarm }) => alarm));
    if (begins) {
      await this.learn(machine);
      for (const { id, at } of await store.raisedSince(this.system, now() - RECALLED_MS)) machine.recall(id, at);
    }
    if (!current()) return;
    const began = now();
    const n = await state.latestAll(this.system, (rows) => {
      if (current()) for (const row of rows) this.judge(row);
    });
    if (!current()) return;
    for (const type of new Set(this.pack.alarms.flatMap(({ occurrence }) => occurrence?.type ?? [])))
      await this.readOccurrences(type, current);
    if (!current()) return;
    for (const { metric, when } of this.pack.alarms) {
      if (metric === undefined || when?.absent === undefined) continue;
      const type = metric.slice(0, metric.indexOf('/'));
      for (const asset of this.pack.assets)
        if (asset.type === type && asset.inService) machine.expect(asset.id, metric, began);
    }
    const waiting = this.waiting ?? [];
    this.n = n;
    this.waiting = null;
    for (const command of [...kept.commands, ...this.asked.splice(0)]) this.command(command);
    this.silent = new Set();
    this.hearSilence();
    for (const change of waiting) if (change.n > this.n) this.take(change);
    this.after();
    if (this.evaluates) this.parts.ready();
  }

  private restored(alarms: Parameters<AlarmMachine['restore']>[0]): AlarmMachine {
    const now = this.parts.now();
    const catalogue = alarmCatalogue(this.pack);
    const machine = new AlarmMachine(this.system, this.pack.alarms, catalogue, { now, pace: this.pace });
    machine.restore(alarms);
    // rules that went while nobody evaluated
    machine.setRules(this.pack.alarms, catalogue, now);
    this.machine = machine;
    return machine;
  }

  /** The past that rules of change look back to, from the windows of declared assets. */
  private async learn(machine: AlarmMachine): Promise<void> {
    const to = this.parts.now();
    for (const { metric, when } of this.pack.alarms) {
      if (metric === undefined || when?.rate === undefined) continue;
      const [type = '', name = ''] = metric.split('/');
      const step = Math.max(1, Math.ceil(when.rate.per / LEARNT_POINTS / MINUTE)) * MINUTE;
      const assets = this.pack.assets.filter((asset) => asset.type === type && asset.inService);
      for (const { id } of assets.slice(0, LEARNT_SERIES)) {
        const windows = await this.parts.state.windows(id, name, to - when.rate.per - step, to, step);
        for (const { at, last } of windows) machine.learn(id, name, at, last);
      }
    }
  }

  private async readOccurrences(type: string, current: () => boolean): Promise<void> {
    let cursor: string | null = null;
    let read = 0;
    do {
      const query = { systems: [this.system], type, limit: OCCURRENCES_A_PAGE };
      const page = await this.parts.state.occurrences({ ...query, ...(cursor === null ? {} : { cursor }) });
      if (!current()) return;
      for (const occurrence of page.items) this.judgeOccurrence(occurrence);
      read += page.items.length;
      cursor = page.next;
    } while (cursor !== null && read < JUDGED_OCCURRENCES);
  }

  /** Feeds that are silent, and types of occurrences all of whose feeds are. */
  private silentSources(): ReadonlySet<string> {
    const feeds = this.parts.silentFeeds();
    const sources = new Set(feeds);
    for (const type of new Set(this.pack.alarms.flatMap(({ occurrence }) => occurrence?.type ?? []))) {
      const bring = this.pack.feeds.filter(({ occurrences = [] }) =>
        occurrences.some((told) => told.type === type || told.type.includes('{')),
      );
      if (bring.length > 0 && bring.every(({ id }) => feeds.has(id))) sources.add(sourceOf(type));
    }
    return sources;
  }

  /** After every input: keeps what came of it, and sleeps until the machine is due. */
  private after(): void {
    const { machine } = this;
    if (machine === null || this.waiting !== null || this.stopped) return;
    this.lastWeek.serve(machine);
    const now = this.parts.now();
    const valuesDue = this.valuesAt + VALUES_EVERY_MS;
    if (machine.eventful || this.settled.length > 0 || now >= valuesDue || !this.unsaved.isEmpty) {
      this.valuesAt = now;
      this.collect();
      this.flush();
    }
    const due = Math.min(
      machine.nextDue() ?? Number.POSITIVE_INFINITY,
      machine.changed ? valuesDue : Number.POSITIVE_INFINITY,
    );
    clearTimeout(this.wake);
    if (due === Number.POSITIVE_INFINITY) return;
    this.wake = setTimeout(
      () => {
        machine.advance(this.parts.now());
        this.after();
      },
      Math.min(Math.max(0, due - now), LONGEST_MS),
    );
  }

  private collect(): void {
    const outcome = this.machine?.take();
    if (outcome) this.unsaved.add(this.toKeep(outcome));
  }

  private toKeep({ saved, gone, events }: AlarmOutcome) {
    return {
      saved: saved.map((alarm) => ({ alarm, told: this.teller.tellStanding(alarm) })),
      gone,
      // what was said stands in its own entry: not all of it in every one that follows
      happenings: events.map(({ alarm, ...event }) => ({
        ...event,
        alarm: { ...this.teller.tell(alarm), comments: [] },
      })),
      settled: this.settled.splice(0),
    };
  }

  /** One saving at a time; what comes meanwhile goes with the next. */
  private flush(): void {
    if (this.saving || this.unsaved.isEmpty) return;
    this.saving = this.save()
      .catch((error) => {
        // Redis is gone or refuses, which its own notice says: it stays here until it is back.
        this.parts.warn(`alarms of ${this.system} can't be kept (${error instanceof Error ? error.message : error})`);
        return new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
      })
      .finally(() => {
        this.saving = undefined;
        if (!this.stopped) this.flush();
      });
  }

  /** Until the archive has caught up, or for a while; commands and critical alarms wait for nothing. */
  private async room(): Promise<void> {
    const { store, now } = this.parts;
    const until = now() + ROOM_WITHIN_MS;
    while (
      !this.stopped &&
      !this.unsaved.hurries &&
      now() < until &&
      (await store.unarchived(this.system)) > MOST_UNARCHIVED
    )
      await new Promise<void>((resolve) => setTimeout(resolve, LOOK_FOR_ROOM_MS));
  }

  /** Where it fails nobody knows whether it was kept: the same is tried again before anything else. */
  private async save(): Promise<void> {
    // a storm waits for the archive: what the journal drops before it is there would be lost
    if (this.unsaved.size > SAVED_AT_ONCE) await this.room();
    const saving = this.unsaved.next(SAVED_AT_ONCE);
    if (saving === null) return;
    const { store, owner, ttl } = this.parts;
    const kept = await store.save(this.system, owner, ttl, saving);
    this.unsaved.settle();
    if (!kept && !this.stopped) this.parts.lost();
  }
}

/** Occurrences do not say which feed brought them: what is silent is their type, when all its feeds are. */
function sourceOf(type: string): string {
  return `occurrences:${type}`;
}
