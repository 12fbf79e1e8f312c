import { maskField, maskFields } from '@citywall/aggregate';
import { type Asset, assetId, type Metric, type Occurrence, parseAssetId } from '@citywall/model';
import { type Pack, personalFields } from '@citywall/pack-schema';
import type { Row, SeenAsset } from '../../state/index.js';
import { AssetTable, type Entry } from './asset-table.js';
import { OccurrenceList } from './occurrence-list.js';

/** Newest of everything in one system, as one process knows it. Pure: `CityMirror` feeds it. */
export class SystemMirror {
  private readonly tables = new Map<string, AssetTable>();
  private readonly entries = new Map<string, { table: AssetTable; entry: Entry }>();
  private readonly metrics = new Map<string, Map<string, Metric>>();
  readonly occurrences: OccurrenceList;
  /** received time of the newest reading or occurrence, Unix ms; null: nothing ever */
  newestAt: number | null = null;
  /** false: state could not be read yet; views over it say so */
  loaded = false;

  /** @param pack null: a system that no pack describes; everything in it is discovered */
  constructor(
    readonly system: string,
    readonly pack: Pack | null,
  ) {
    for (const metric of pack?.metrics ?? []) {
      const ofType = this.metrics.get(metric.type) ?? new Map<string, Metric>();
      ofType.set(metric.name, metric);
      this.metrics.set(metric.type, ofType);
    }
    this.occurrences = new OccurrenceList((occurrence) => !this.isClosed(occurrence));
    for (const asset of pack?.assets ?? []) this.add(asset, 0);
  }

  /** The table of a type, empty where nothing of it is known yet. */
  table(type: string): AssetTable {
    let table = this.tables.get(type);
    if (table === undefined) {
      const types = this.pack?.assetTypes ?? {};
      const expected = Object.hasOwn(types, type) ? (types[type]?.expected ?? []) : [];
      table = new AssetTable({ metrics: this.metrics.get(type) ?? new Map(), expected });
      this.tables.set(type, table);
    }
    return table;
  }

  allTables(): Iterable<AssetTable> {
    return this.tables.values();
  }

  /** An asset of this system by its whole id. */
  asset(id: string): Asset | undefined {
    return this.entries.get(id.slice(this.system.length + 1))?.entry.asset;
  }

  /** Kind of personal value that a metric is, undefined where it is none. */
  piiOf(type: string, metric: string): string | undefined {
    const readings = this.pack?.pii.readings ?? {};
    const name = `${type}/${metric}`;
    return Object.hasOwn(readings, name) ? readings[name] : undefined;
  }

  /** An asset that state knows; declared ones are here already and only learn when they were seen. */
  see(seen: SeenAsset): void {
    const parts = parseAssetId(seen.id);
    if (parts === null || parts.system !== this.system) return;
    const known = this.entries.get(`${parts.type}/${parts.key}`);
    if (known) known.entry.lastSeen = Math.max(known.entry.lastSeen, seen.lastSeen);
    else this.add(discovered(this.system, parts.type, parts.key), seen.lastSeen);
  }

  /** A value that became the newest of its series. */
  put(row: Row): void {
    const typeKey = row[0];
    const known = this.entries.get(typeKey) ?? this.discover(typeKey);
    if (known === null) return;
    const { table, entry } = known;
    if (row[4] > entry.lastSeen) entry.lastSeen = row[4];
    this.hear(row[4]);
    const slash = typeKey.indexOf('/');
    const pii = this.piiOf(typeKey.slice(0, slash), row[1]);
    table.column(row[1]).put(entry.index, pii === undefined ? row : masked(row, pii));
  }

  putOccurrence(occurrence: Occurrence): void {
    this.hear(occurrence.receivedAt);
    const fields = maskFields(occurrence.fields, personalFields(this.pack?.pii, occurrence.type));
    this.occurrences.put({ ...occurrence, fields });
  }

  private isClosed(occurrence: Occurrence): boolean {
    const types = this.pack?.occurrenceTypes ?? {};
    const type = Object.hasOwn(types, occurrence.type) ? types[occurrence.type] : undefined;
    return type?.closed?.includes(occurrence.status) ?? false;
  }

  private hear(receivedAt: number): void {
    if (this.newestAt === null || receivedAt > this.newestAt) this.newestAt = receivedAt;
  }

  private discover(typeKey: string): { table: AssetTable; entry: Entry } | null {
    const parts = parseAssetId(`${this.system}/${typeKey}`);
    return parts === null ? null : this.add(discovered(this.system, parts.type, parts.key), 0);
  }

  private add(asset: Asset, lastSeen: number): { table: AssetTable; entry: Entry } {
    const table = this.table(asset.type);
    const known = { table, entry: table.add(asset, lastSeen) };
    this.entries.set(`${asset.type}/${asset.key}`, known);
    return known;
  }
}

function discovered(system: string, type: string, key: string): Asset {
  return {
    id: assetId(system, type, key),
    system,
    type,
    key,
    name: key,
    place: null,
    inService: true,
    attributes: {},
    declared: false,
  };
}

/** A personal value never gets into the memory that frames are made from. */
function masked(row: Row, pii: string): Row {
  const copy: Row = [...row];
  copy[2] = maskField(pii, row[2]) ?? '';
  return copy;
}
