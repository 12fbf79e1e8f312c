import { maskField, maskFields } from '@citywall/aggregate';
import { type Asset, type Metric, type Occurrence, parseAssetId } from '@citywall/model';
import { type Pack, personalFields } from '@citywall/pack-schema';
import type { Row, SeenAsset } from '../../state/index.js';
import type { PrivateAssets } from '../private-assets.js';
import { AssetTable } from './asset-table.js';
import { OccurrenceList } from './occurrence-list.js';
import { Marks } from './value-store.js';

/** Newest of everything in one system, as one process knows it. Pure: `CityMirror` feeds it. */
export class SystemMirror {
  private readonly tables = new Map<string, AssetTable>();
  private readonly marks = new Marks();
  /** table of the last row: its neighbours in a batch mostly are of the same type */
  private last: AssetTable | undefined;
  private readonly metrics = new Map<string, Map<string, Metric>>();
  readonly occurrences: OccurrenceList;
  /** received time of the newest reading or occurrence, Unix ms; null: nothing ever */
  newestAt: number | null = null;
  /** false: state could not be read yet; views over it say so */
  loaded = false;

  /**
   * @param pack null: a system that no pack describes; everything in it is discovered
   * @param hidden assets that do not exist here, whatever is told of them; null: none
   */
  constructor(
    readonly system: string,
    readonly pack: Pack | null,
    private readonly hidden: PrivateAssets | null = null,
  ) {
    for (const metric of pack?.metrics ?? []) {
      const ofType = this.metrics.get(metric.type) ?? new Map<string, Metric>();
      ofType.set(metric.name, metric);
      this.metrics.set(metric.type, ofType);
    }
    this.occurrences = new OccurrenceList((occurrence) => !this.isClosed(occurrence));
    for (const asset of pack?.assets ?? []) {
      if (!this.isHidden(`${asset.type}/${asset.key}`)) this.table(asset.type).declare(asset);
    }
  }

  /** The table of a type, empty where nothing of it is known yet. */
  table(type: string): AssetTable {
    let table = this.tables.get(type);
    if (table === undefined) {
      const types = this.pack?.assetTypes ?? {};
      const expected = Object.hasOwn(types, type) ? (types[type]?.expected ?? []) : [];
      table = new AssetTable({
        system: this.system,
        type,
        metrics: this.metrics.get(type) ?? new Map(),
        expected,
        piiOf: (metric) => this.piiOf(type, metric),
        marks: this.marks,
      });
      this.tables.set(type, table);
    }
    return table;
  }

  allTables(): Iterable<AssetTable> {
    return this.tables.values();
  }

  /** An asset of this system by its whole id. */
  asset(id: string): Asset | undefined {
    const table = this.tables.get(parseAssetId(id)?.type ?? '');
    const index = table?.find(id);
    return index === undefined ? undefined : table?.asset(index);
  }

  /** Kind of personal value that a metric is, undefined where it is none. */
  private piiOf(type: string, metric: string): string | undefined {
    const readings = this.pack?.pii.readings ?? {};
    const name = `${type}/${metric}`;
    return Object.hasOwn(readings, name) ? readings[name] : undefined;
  }

  /** An asset that state knows; declared ones are here already and only learn when they were seen. */
  see(seen: SeenAsset): void {
    const parts = parseAssetId(seen.id);
    if (parts === null || parts.system !== this.system) return;
    if (this.isHidden(`${parts.type}/${parts.key}`)) return;
    const table = this.table(parts.type);
    table.see(table.discover(`${parts.type}/${parts.key}`), seen.lastSeen);
  }

  /** A value that became the newest of its series. */
  put(row: Row): void {
    const [typeKey, metric, value, , receivedAt] = row;
    if (this.isHidden(typeKey)) return;
    let table = this.tableOf(typeKey);
    let index = table?.indexOf(typeKey);
    if (table === undefined || index === undefined) {
      const parts = parseAssetId(`${this.system}/${typeKey}`);
      if (parts === null) return;
      table = this.table(parts.type);
      index = table.discover(typeKey);
    }
    this.last = table;
    table.see(index, receivedAt);
    this.hear(receivedAt);
    const column = table.column(metric);
    // A personal value never gets into the memory that frames are made from.
    if (column.pii === undefined) column.put(index, row);
    else column.put(index, row, maskField(column.pii, value) ?? '');
  }

  putOccurrence(occurrence: Occurrence): void {
    if (this.hidden?.isAbout(occurrence)) return;
    this.hear(occurrence.receivedAt);
    const fields = maskFields(occurrence.fields, personalFields(this.pack?.pii, occurrence.type));
    this.occurrences.put({ ...occurrence, fields });
  }

  private isHidden(typeKey: string): boolean {
    return this.hidden?.has(typeKey) === true;
  }

  /** Whether an occurrence's status ends it, as its type declares. */
  isClosed(occurrence: Occurrence): boolean {
    const types = this.pack?.occurrenceTypes ?? {};
    const type = Object.hasOwn(types, occurrence.type) ? types[occurrence.type] : undefined;
    return type?.closed?.includes(occurrence.status) ?? false;
  }

  private hear(receivedAt: number): void {
    if (this.newestAt === null || receivedAt > this.newestAt) this.newestAt = receivedAt;
  }

  /** The table that an asset would be in. */
  private tableOf(typeKey: string): AssetTable | undefined {
    if (this.last && typeKey.startsWith(this.last.prefix)) return this.last;
    return this.tables.get(typeKey.slice(0, Math.max(0, typeKey.indexOf('/'))));
  }
}
