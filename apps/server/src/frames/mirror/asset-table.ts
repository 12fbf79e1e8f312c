import { isStale } from '@citywall/aggregate';
import { type Asset, type Metric, mergeOrigin, type Origin } from '@citywall/model';
import { Column } from './column.js';
import { grown, type Marks } from './value-store.js';

/** Where nothing of a type is declared, those seen within this are expected. */
export const SEEN_MS = 24 * 3_600_000;

const NO_ATTRIBUTES: Asset['attributes'] = Object.freeze({});

export interface TableFacts {
  system: string;
  type: string;
  /** metrics of the type by name */
  metrics: ReadonlyMap<string, Metric>;
  /** metrics that a healthy asset keeps fresh; empty: all */
  expected: readonly string[];
  /** kind of personal value that a metric is, undefined where it is none */
  piiOf(metric: string): string | undefined;
  /** of the whole system */
  marks: Marks;
}

/** Sums over the assets of several tables. */
export interface Covered {
  fresh: number;
  total: number;
  /** measured time of the newest value of that asset whose newest value is oldest, Unix ms */
  oldestAt: number | null;
  /** worst of all newest values */
  origin: Origin;
}

/**
 * All assets of one type by index, with their newest values in columns. An index is an asset's place for ever. What the
 * pack declares comes first and is the pack's object; an asset that was only seen is its `type/key` and no more, and
 * becomes an object when somebody asks for it.
 */
export class AssetTable {
  /** what the `type/key` of its assets begins with */
  readonly prefix: string;
  private readonly declared: Asset[] = [];
  private readonly typeKeys: string[] = [];
  private readonly places = new Map<string, number>();
  /** received time of the newest reading (or what state knew at loading), Unix ms; 0: never */
  private seenAt = new Float64Array(0);
  private readonly columns = new Map<string, Column>();
  private readonly watchers = new Set<(index: number) => void>();

  constructor(private readonly facts: TableFacts) {
    this.prefix = `${facts.type}/`;
  }

  /** Number of assets: one more than the highest index. */
  get size(): number {
    return this.typeKeys.length;
  }

  /** Whether any asset of the type is declared by the pack. */
  get declares(): boolean {
    return this.declared.length > 0;
  }

  column(metric: string): Column {
    let column = this.columns.get(metric);
    if (column === undefined) {
      const { expected, metrics, piiOf, marks } = this.facts;
      const expects = expected.length === 0 || expected.includes(metric);
      column = new Column(this, metrics.get(metric), expects, piiOf(metric), marks);
      this.columns.set(metric, column);
    }
    return column;
  }

  /** Index by `type/key`. */
  indexOf(typeKey: string): number | undefined {
    return this.places.get(typeKey);
  }

  /** Index by the whole asset id. */
  find(assetId: string): number | undefined {
    const { system } = this.facts;
    return assetId.startsWith(`${system}/`) ? this.places.get(assetId.slice(system.length + 1)) : undefined;
  }

  /** An asset of the pack. All of them come before the first that is discovered. */
  declare(asset: Asset): void {
    const typeKey = `${asset.type}/${asset.key}`;
    if (this.places.has(typeKey)) return;
    if (this.declared.length < this.size) throw new Error(`${asset.id} is declared after others were discovered`);
    this.declared.push(asset);
    this.add(typeKey);
  }

  /** The index of an asset that state or a change tells of; a new one where it was not known. */
  discover(typeKey: string): number {
    return this.places.get(typeKey) ?? this.add(typeKey);
  }

  private add(typeKey: string): number {
    const index = this.typeKeys.push(typeKey) - 1;
    this.places.set(typeKey, index);
    if (index >= this.seenAt.length) this.seenAt = grown(this.seenAt, index + 1);
    for (const watch of this.watchers) watch(index);
    return index;
  }

  /** Something of the asset was received at that time. */
  see(index: number, at: number): void {
    if (at > (this.seenAt[index] as number)) this.seenAt[index] = at;
  }

  /** Whole asset id. */
  id(index: number): string {
    return this.declared[index]?.id ?? `${this.facts.system}/${this.typeKeys[index]}`;
  }

  /** The pack's asset, or one made of what is known of a discovered one: a new object every time. */
  asset(index: number): Asset {
    const declared = this.declared[index];
    if (declared) return declared;
    const { system, type } = this.facts;
    const key = (this.typeKeys[index] as string).slice(this.prefix.length);
    return {
      id: this.id(index),
      system,
      type,
      key,
      name: key,
      place: null,
      inService: true,
      attributes: NO_ATTRIBUTES,
      declared: false,
    };
  }

  /** The asset where the pack declares it. */
  declaredAsset(index: number): Asset | undefined {
    return this.declared[index];
  }

  inService(index: number): boolean {
    return this.declared[index]?.inService ?? true;
  }

  /** Whether coverage of the type counts the asset. */
  expects(index: number, now: number): boolean {
    if (this.declares) return this.declared[index]?.inService ?? false;
    return now - (this.seenAt[index] as number) <= SEEN_MS;
  }

  /** Calls after every asset that is new to the table, with its index. Returns the end of it. */
  watch(watcher: (index: number) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Measured time of the newest value of any asset in service, fresh or not; null: never any. */
  newestAt(): number | null {
    let newest: number | null = null;
    for (const column of this.columns.values()) {
      for (let index = 0; index < this.size; index++) {
        if (!column.has(index) || !this.inService(index)) continue;
        const at = column.at(index);
        if (newest === null || at > newest) newest = at;
      }
    }
    return newest;
  }

  /** Adds expected assets of the type to `into`, and how many of them have a fresh value of any metric. */
  cover(into: Covered, now: number): void {
    const columns = [...this.columns.values()];
    for (let index = 0; index < this.size; index++) {
      if (!this.expects(index, now) || (!this.declares && this.seenAt[index] === 0)) continue;
      into.total++;
      let newest: number | null = null;
      for (const column of columns) {
        const mark = column.mark(index);
        if (mark === undefined) continue;
        into.origin = mergeOrigin(into.origin, mark.origin);
        const at = column.at(index);
        const fresh = mark.quality !== 'bad' && !isStale(at, column.metric?.staleAfter, now);
        if (fresh && (newest === null || at > newest)) newest = at;
      }
      if (newest === null) continue;
      into.fresh++;
      if (into.oldestAt === null || newest < into.oldestAt) into.oldestAt = newest;
    }
  }
}
