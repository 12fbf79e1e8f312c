import { isStale, type Member } from '@citywall/aggregate';
import { type Asset, type Metric, ORIGINS, QUALITIES } from '@citywall/model';
import type { Row } from '../../state/index.js';

/** An asset of the mirror. `index` is its place in its table, for ever. */
export interface Entry {
  readonly asset: Asset;
  readonly index: number;
  /** received time of its newest reading (or what state knew at loading), Unix ms; 0: never */
  lastSeen: number;
}

/** Where nothing of a type is declared, those seen within this are expected. */
export const SEEN_MS = 24 * 3_600_000;

/** Newest values of one metric of a type, by the index of the asset. */
export class Column {
  readonly rows: (Row | undefined)[] = [];
  private readonly watchers = new Set<(index: number) => void>();
  private readonly members: (Member & { row: Row | undefined })[] = [];

  constructor(
    private readonly table: AssetTable,
    readonly metric: Metric | undefined,
    /** a healthy asset keeps it fresh */
    private readonly expected: boolean,
  ) {}

  /** A value measured before the kept one is no news: changes may repeat what a load already brought. */
  put(index: number, row: Row): void {
    const kept = this.rows[index];
    if (kept !== undefined && row[3] < kept[3]) return;
    this.rows[index] = row;
    for (const watch of this.watchers) watch(index);
  }

  /** Calls after every new value, with the asset's index. Returns the end of it. */
  watch(watcher: (index: number) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Whether coverage of this metric counts the asset. */
  expects(entry: Entry, now: number): boolean {
    if (!this.expected && this.rows[entry.index] === undefined) return false;
    if (this.table.declares) return entry.asset.declared && entry.asset.inService;
    return now - entry.lastSeen <= SEEN_MS;
  }

  /**
   * Members for the figures: all assets of the type that are in service. The same objects every time, brought up to
   * date: a figure over 10,000 assets ten times a second must not make 100,000 objects.
   */
  current(now: number): Member[] {
    const { entries } = this.table;
    const current: Member[] = [];
    for (const entry of entries) {
      if (!entry.asset.inService) continue;
      let member = this.members[entry.index];
      const row = this.rows[entry.index];
      if (member === undefined) {
        member = emptyMember(entry.asset, this.metric?.staleAfter);
        this.members[entry.index] = member;
      }
      if (row !== undefined && member.row !== row) {
        member.row = row;
        member.value = row[2];
        member.at = row[3];
        member.quality = QUALITIES[row[5]] ?? 'bad';
        member.origin = ORIGINS[row[6]] ?? 'live';
      }
      member.expected = this.expects(entry, now);
      current.push(member);
    }
    return current;
  }
}

function emptyMember(asset: Asset, staleAfter: number | undefined): Member & { row: Row | undefined } {
  return {
    asset: asset.id,
    name: asset.name,
    value: null,
    at: 0,
    quality: 'good',
    origin: 'live',
    ...(staleAfter === undefined ? {} : { staleAfter }),
    expected: false,
    attributes: asset.attributes,
    row: undefined,
  };
}

export interface TableFacts {
  /** metrics of the type by name */
  metrics: ReadonlyMap<string, Metric>;
  /** metrics that a healthy asset keeps fresh; empty: all */
  expected: readonly string[];
}

/** All assets of one type, with their newest values in columns. */
export class AssetTable {
  readonly entries: Entry[] = [];
  private readonly byId = new Map<string, Entry>();
  private readonly columns = new Map<string, Column>();
  private readonly watchers = new Set<(entry: Entry) => void>();
  /** any asset of the type is declared by the pack */
  declares = false;

  constructor(private readonly facts: TableFacts) {}

  column(metric: string): Column {
    let column = this.columns.get(metric);
    if (column === undefined) {
      const { expected, metrics } = this.facts;
      column = new Column(this, metrics.get(metric), expected.length === 0 || expected.includes(metric));
      this.columns.set(metric, column);
    }
    return column;
  }

  /** The columns that have values or watchers, by metric. */
  allColumns(): ReadonlyMap<string, Column> {
    return this.columns;
  }

  find(assetId: string): Entry | undefined {
    return this.byId.get(assetId);
  }

  add(asset: Asset, lastSeen: number): Entry {
    const known = this.byId.get(asset.id);
    if (known) {
      known.lastSeen = Math.max(known.lastSeen, lastSeen);
      return known;
    }
    const entry: Entry = { asset, index: this.entries.length, lastSeen };
    this.entries.push(entry);
    this.byId.set(asset.id, entry);
    if (asset.declared) this.declares = true;
    for (const watch of this.watchers) watch(entry);
    return entry;
  }

  /** Calls after every asset that is new to the table. Returns the end of it. */
  watch(watcher: (entry: Entry) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Measured time of the newest value of any asset in service, fresh or not; null: never any. */
  newestAt(): number | null {
    let newest: number | null = null;
    for (const { rows } of this.columns.values()) {
      for (const { asset, index } of this.entries) {
        const at = rows[index]?.[3];
        if (at !== undefined && asset.inService && (newest === null || at > newest)) newest = at;
      }
    }
    return newest;
  }

  /**
   * Expected assets of the type, and how many of them have a fresh value of any metric. Adds to `into`; `oldestAt` is the
   * measured time of the newest value of that asset whose newest value is oldest.
   */
  cover(into: { fresh: number; total: number; oldestAt: number | null; origins: Set<number> }, now: number): void {
    const columns = [...this.columns.values()];
    for (const entry of this.entries) {
      const expected = this.declares
        ? entry.asset.declared && entry.asset.inService
        : now - entry.lastSeen <= SEEN_MS && entry.lastSeen > 0;
      if (!expected) continue;
      into.total++;
      let newest: number | null = null;
      for (const column of columns) {
        const row = column.rows[entry.index];
        if (row === undefined) continue;
        into.origins.add(row[6]);
        const fresh = QUALITIES[row[5]] !== 'bad' && !isStale(row[3], column.metric?.staleAfter, now);
        if (fresh && (newest === null || row[3] > newest)) newest = row[3];
      }
      if (newest === null) continue;
      into.fresh++;
      if (into.oldestAt === null || newest < into.oldestAt) into.oldestAt = newest;
    }
  }
}
