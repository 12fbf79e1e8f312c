import type { Audience } from '@citywall/protocol';
import { firstValueFrom, Subject, type Subscription } from 'rxjs';
import type { Change } from '../../state/index.js';
import type { Clock } from '../clock.js';
import type { Log, PackSource, StateSource } from '../ports.js';
import { PrivateAssets } from '../private-assets.js';
import { KEPT_OCCURRENCES, KEPT_OPEN } from './occurrence-list.js';
import { SystemMirror } from './system-mirror.js';

/** Changes that may wait for a loading system; more, and it is loaded anew. */
const MAX_WAITING = 10_000;
/** Pause before a failed load is tried again, ms. */
const RETRY_MS = 500;
const OCCURRENCES_A_PAGE = 1_000;

/** A system by audience: one mirror where nothing of it is private, else a second one without that. */
type Mirrors = Readonly<Record<Audience, SystemMirror>>;

interface Followed {
  mirrors: Mirrors;
  /** counter of the last change applied */
  n: number;
  /** not null while state is read: changes that came meanwhile */
  waiting: Change[] | null;
  /** ends what an outdated load still does */
  generation: number;
  cancelRetry?: () => void;
}

/**
 * The newest of every system, kept by the change channel. A gap in a system's counter, or a lost channel, loads that
 * system anew beside the old picture, which stays until the new one is whole.
 */
export class CityMirror {
  private readonly followed = new Map<string, Followed>();
  private readonly replacements = new Subject<string>();
  private subscription: Subscription | undefined;
  private packChanges: Subscription | undefined;

  /** Id of a system whose mirror is another object now: what looked into the old one looks again. */
  readonly replaced$ = this.replacements.asObservable();

  constructor(
    private readonly state: StateSource,
    private readonly packs: PackSource,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.follow();
    this.packChanges = this.packs.changes$.subscribe(({ changed, removed }) => {
      for (const id of removed) this.forget(id);
      for (const id of changed) this.rebuild(id);
      this.follow();
    });
  }

  stop(): void {
    this.packChanges?.unsubscribe();
    this.subscription?.unsubscribe();
    for (const id of [...this.followed.keys()]) this.forget(id);
  }

  /**
   * The mirror of a system; an empty one that is never loaded where no pack describes it. What is private never gets into
   * the memory that visitors' frames are made from.
   */
  get(system: string, audience: Audience = 'staff'): SystemMirror {
    return this.followed.get(system)?.mirrors[audience] ?? new SystemMirror(system, null);
  }

  /** Ids of the systems, in the order of the packs. */
  systems(): string[] {
    return this.packs
      .all()
      .filter((pack) => pack.kind === 'system')
      .map((pack) => pack.id);
  }

  get loaded(): boolean {
    return [...this.followed.values()].every(({ mirrors }) => mirrors.staff.loaded);
  }

  /** Resolves when every system was read once. */
  async whenLoaded(): Promise<void> {
    while (!this.loaded) await firstValueFrom(this.replacements, { defaultValue: undefined });
  }

  /** (Re)subscribes to the systems of the packs. */
  private follow(): void {
    const systems = this.systems();
    const added = systems.filter((id) => !this.followed.has(id));
    if (this.subscription && added.length === 0) return;
    for (const id of added) {
      this.followed.set(id, { mirrors: this.mirrorsOf(id), n: 0, waiting: null, generation: 0 });
    }
    this.subscription?.unsubscribe();
    this.subscription =
      systems.length > 0 ? this.state.subscribe(systems).subscribe((change) => this.take(change)) : undefined;
    // The channel's first item of every system is `lost`: that loads it.
  }

  private take(change: Change): void {
    const followed = this.followed.get(change.system);
    if (followed === undefined) return;
    if (change.lost) {
      this.load(change.system);
    } else if (followed.waiting) {
      followed.waiting.push(change);
      if (followed.waiting.length > MAX_WAITING) this.load(change.system);
    } else if (change.n === followed.n + 1) {
      this.apply(followed, change);
    } else if (change.n > followed.n) {
      this.log.warn(`${change.system}: change ${change.n} after ${followed.n}, loading anew`);
      this.load(change.system);
    }
  }

  private apply(followed: Followed, change: Change): void {
    followed.n = change.n;
    for (const mirror of each(followed.mirrors)) {
      for (const row of change.rows) mirror.put(row);
      for (const occurrence of change.occurrences) mirror.putOccurrence(occurrence);
    }
  }

  private load(system: string): void {
    const followed = this.followed.get(system);
    if (followed === undefined) return;
    followed.generation++;
    followed.waiting = [];
    followed.cancelRetry?.();
    const { generation } = followed;
    this.read(system).then(
      ({ mirrors, n }) => {
        if (this.followed.get(system) === followed && followed.generation === generation)
          this.replace(followed, mirrors, n);
      },
      (error) => {
        if (this.followed.get(system) !== followed || followed.generation !== generation) return;
        this.log.warn(`${system}: state can't be read (${error instanceof Error ? error.message : error}), trying on`);
        followed.cancelRetry = this.clock.after(RETRY_MS, () => this.load(system));
      },
    );
  }

  /** The whole system, and the counter from which changes have to be applied to it. */
  private async read(system: string): Promise<{ mirrors: Mirrors; n: number }> {
    const mirrors = this.mirrorsOf(system);
    const both = each(mirrors);
    const n = await this.state.latestAll(system, (rows) => {
      for (const mirror of both) for (const row of rows) mirror.put(row);
    });
    for (const seen of await this.state.assets(system)) for (const mirror of both) mirror.see(seen);
    await this.readOccurrences(system, both);
    for (const mirror of both) mirror.loaded = true;
    return { mirrors, n };
  }

  /** Newest first until the bounds are reached; beyond the newest ones only open ones stay. */
  private async readOccurrences(system: string, mirrors: readonly SystemMirror[]): Promise<void> {
    let read = 0;
    let cursor: string | null | undefined;
    do {
      const page = await this.state.occurrences({
        systems: [system],
        limit: OCCURRENCES_A_PAGE,
        ...(cursor ? { cursor } : {}),
      });
      for (const occurrence of page.items) for (const mirror of mirrors) mirror.putOccurrence(occurrence);
      read += page.items.length;
      cursor = page.next;
      const last = page.items.at(-1);
      if (cursor && last && read >= KEPT_OCCURRENCES + KEPT_OPEN) {
        for (const mirror of mirrors) mirror.occurrences.leaveOut(last.at);
        return;
      }
    } while (cursor);
  }

  private replace(followed: Followed, mirrors: Mirrors, n: number): void {
    const waiting = followed.waiting ?? [];
    const { system } = mirrors.staff;
    followed.mirrors = mirrors;
    followed.n = n;
    followed.waiting = null;
    for (const change of waiting) {
      if (change.n <= followed.n) continue;
      if (change.n !== followed.n + 1) {
        this.load(system);
        break;
      }
      this.apply(followed, change);
    }
    this.replacements.next(system);
  }

  /** A pack changed: the same values in the new pack's tables, from state. */
  private rebuild(system: string): void {
    if (this.followed.has(system)) this.load(system);
  }

  private forget(system: string): void {
    const followed = this.followed.get(system);
    if (followed === undefined) return;
    followed.generation++;
    followed.cancelRetry?.();
    this.followed.delete(system);
    this.replacements.next(system);
  }

  private mirrorsOf(system: string): Mirrors {
    const pack = this.packs.all().find(({ id }) => id === system) ?? null;
    const staff = new SystemMirror(system, pack);
    const hidden = new PrivateAssets(pack === null ? [] : [pack]);
    return { staff, visitors: hidden.none ? staff : new SystemMirror(system, pack, hidden) };
  }
}

function each({ staff, visitors }: Mirrors): SystemMirror[] {
  return visitors === staff ? [staff] : [staff, visitors];
}
