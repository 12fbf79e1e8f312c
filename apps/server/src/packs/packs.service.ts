import type { CompiledFeeds } from '@citywall/mapping';
import type { Asset, Metric } from '@citywall/model';
import { type Pack, type Problem, showProblem } from '@citywall/pack-schema';
import { Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { LoadedPack } from './load.js';
import type { PacksRepository } from './packs.repository.js';
import type { PackReader } from './reading.js';

/** What changed at once: ids of packs that are new or other than before, and of those that are gone. */
export interface PacksChange {
  changed: string[];
  removed: string[];
}

/** The part of the notices that packs need. */
export interface PackNotices {
  raise(
    reason: 'pack-refused',
    content: { subject: string; system?: string; text: { zh: string; en: string } },
  ): unknown;
  clear(id: string): unknown;
}

/** A pack with what is looked up in it per reading. Never changed, only replaced as a whole. */
interface Running {
  pack: Pack;
  compiled: CompiledFeeds;
  /** `type/metric` */
  metrics: ReadonlyMap<string, Metric>;
  /** by whole id */
  assets: ReadonlyMap<string, Asset>;
}

export interface PacksOptions {
  /** ms of quiet after a change before files are read: editors and copies write several times */
  settle?: number;
  /** ms between looks at file times, for file systems that tell nothing */
  pollEvery?: number;
}

/**
 * The packs in use. `load` reads them once; `start` follows their files: a good change replaces a pack between two
 * messages, a bad one keeps the last good pack running and raises the notice `pack-refused`.
 */
export class PacksService {
  private readonly log = new Logger('Packs');
  private readonly changes = new Subject<PacksChange>();
  private running: ReadonlyMap<string, Running> = new Map();
  private sorted: readonly Pack[] = [];
  private loaded: ReadonlyMap<string, LoadedPack> = new Map();
  /** of the files as they were when they were read last */
  private print = '';
  private readonly refused = new Set<string>();
  private stopWatching: (() => void) | undefined;
  private settling: NodeJS.Timeout | undefined;
  private loading: Promise<void> | undefined;
  private again = false;

  /** After every swap, with the ids. A pack whose texts did not change is not in it. */
  readonly changes$: Observable<PacksChange> = this.changes.asObservable();

  constructor(
    private readonly read: PackReader,
    private readonly repository: Pick<PacksRepository, 'watch'>,
    private readonly notices: PackNotices,
    /** makes the feeds of a checked pack runnable */
    private readonly compile: (pack: Pack) => CompiledFeeds,
    private readonly options: PacksOptions = {},
  ) {}

  /** All packs in use, in their order. */
  all(): readonly Pack[] {
    return this.sorted;
  }

  /** The pack of a system (or `overview`), undefined where none is in use. */
  get(id: string): Pack | undefined {
    return this.running.get(id)?.pack;
  }

  /** The compiled feeds of a pack. */
  compiled(id: string): CompiledFeeds | undefined {
    return this.running.get(id)?.compiled;
  }

  /** Catalogue entry of a metric, undefined where the pack does not declare it. */
  metric(system: string, type: string, name: string): Metric | undefined {
    return this.running.get(system)?.metrics.get(`${type}/${name}`);
  }

  /** A declared asset by its whole id `system/type/key`. */
  asset(id: string): Asset | undefined {
    return this.running.get(id.slice(0, Math.max(id.indexOf('/'), 0)))?.assets.get(id);
  }

  /** What is wrong now, by pack id: packs that are refused, whether or not an older version runs. */
  problems(): ReadonlyMap<string, readonly Problem[]> {
    return new Map(
      [...this.loaded].filter(([, { problems }]) => problems.length > 0).map(([id, { problems }]) => [id, problems]),
    );
  }

  /** Reads everything and swaps what changed. Calls that overlap are joined into one more reading. */
  load(): Promise<void> {
    if (this.loading !== undefined) {
      this.again = true;
      return this.loading;
    }
    this.loading = this.readAll().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  /** Follows the files from now on. */
  start(): void {
    this.stopWatching ??= this.repository.watch(
      () => this.print,
      () => this.settle(),
      this.options.pollEvery,
    );
  }

  /** Undoes `start`; a reading under way ends first. */
  async stop(): Promise<void> {
    this.stopWatching?.();
    this.stopWatching = undefined;
    clearTimeout(this.settling);
    await this.loading;
  }

  private settle(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.load(), this.options.settle ?? 200);
  }

  private async readAll(): Promise<void> {
    do {
      this.again = false;
      try {
        const running = new Map([...this.running].map(([id, { pack }]) => [id, pack]));
        const { loaded, print } = await this.read(this.loaded, running);
        this.print = print;
        this.take(loaded);
      } catch (error) {
        this.log.error(`packs cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      }
    } while (this.again);
  }

  private take(loaded: Map<string, LoadedPack>): void {
    const next = new Map<string, Running>();
    const changed: string[] = [];
    for (const [id, { pack, problems }] of loaded) {
      const before = this.running.get(id);
      if (pack === undefined || problems.length > 0) {
        this.refuse(id, problems, before !== undefined);
        if (before !== undefined) next.set(id, before);
        continue;
      }
      this.accept(id);
      if (before?.pack === pack) next.set(id, before);
      else {
        next.set(id, this.prepare(pack));
        changed.push(id);
      }
    }
    const removed = [...this.running.keys()].filter((id) => !next.has(id));
    for (const id of this.refused) if (!loaded.has(id)) this.accept(id);
    this.loaded = loaded;
    this.running = next;
    this.sorted = [...next.values()]
      .map(({ pack }) => pack)
      .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
    if (changed.length + removed.length === 0) return;
    this.log.log(`packs in use: ${this.sorted.map((pack) => pack.id).join(', ') || 'none'}`);
    this.changes.next({ changed, removed });
  }

  private refuse(id: string, problems: readonly Problem[], lastGoodRuns: boolean): void {
    const first = problems[0] === undefined ? '' : showProblem(problems[0]);
    const more = problems.length > 1 ? problems.length - 1 : 0;
    this.refused.add(id);
    for (const problem of problems) this.log.error(`pack ${id}: ${showProblem(problem)}`);
    this.notices.raise('pack-refused', {
      subject: id,
      system: id,
      text: {
        zh: `系统包 ${id} 有错，${lastGoodRuns ? '沿用上一个可用版本' : '未接入'}：${first}${more > 0 ? `（另有 ${more} 处）` : ''}`,
        en: `pack ${id} is refused, ${lastGoodRuns ? 'the last good one runs on' : 'the system is not connected'}: ${first}${more > 0 ? ` (and ${more} more)` : ''}`,
      },
    });
  }

  private accept(id: string): void {
    if (this.refused.delete(id)) this.notices.clear(`pack-refused:${id}`);
  }

  private prepare(pack: Pack): Running {
    return {
      pack,
      compiled: this.compile(pack),
      metrics: new Map(pack.metrics.map((metric) => [`${metric.type}/${metric.name}`, metric])),
      assets: new Map(pack.assets.map((asset) => [asset.id, asset])),
    };
  }
}
