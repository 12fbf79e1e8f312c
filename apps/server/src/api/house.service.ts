import type { SystemStatus } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { Audience } from '@citywall/protocol';
import type { z } from 'zod';
import { type AlarmList, countAlarms } from '../alarms/alarm-list.js';
import { type NoticesService, noticeId } from '../notices/notices.service.js';
import type { FeedCounters, StateRepository } from '../state/index.js';
import type { Catalogue } from './catalogue.js';
import { pageOf } from './cursor.js';
import { Problem } from './problem.js';
import type { mapGeometry, mapLayer, notice, pack, Queries, scene } from './schemas/city.js';
import { iso } from './schemas/common.js';
import { isFeedLive, type SystemsService } from './systems.service.js';

type List<Item> = { items: Item[]; next: string | null };
type State = Pick<StateRepository, 'feedCounters'>;

/** Sorts numbers as text: `order` and times are no longer than this. */
const sortable = (value: number) => String(Math.max(0, Math.round(value))).padStart(16, '0');

/** What the house itself consists of: systems, scenes, packs, and the conditions that hold. */
export class HouseService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly state: State,
    private readonly status: SystemsService,
    private readonly conditions: NoticesService,
    private readonly alarms: Pick<AlarmList, 'standing' | 'knows' | 'watchedSince'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** In the order of the packs. */
  async systems(query: Queries['systems'], audience: Audience): Promise<List<SystemStatus>> {
    const order = new Map(this.catalogue.all().map((each) => [each.id, each.order]));
    const page = pageOf('systems', await this.status.all(), ({ id }) => `${sortable(order.get(id) ?? 0)} ${id}`, query);
    return {
      items: page.items.map((each) => ({ ...each, alarms: this.alarmsOf(each.id, audience) })),
      next: page.next,
    };
  }

  /** null: they were not read yet, or none stands and nobody evaluates. */
  private alarmsOf(system: string, audience: Audience): SystemStatus['alarms'] {
    if (!this.alarms.knows(system)) return null;
    const told = [...this.alarms.standing([system])].filter(({ hidden }) => audience === 'staff' || !hidden);
    const { p1, p2, p3, p4, unacknowledged } = countAlarms(told);
    // where nobody evaluates, none is no finding
    if (p1 + p2 + p3 + p4 === 0 && this.alarms.watchedSince(system) === null) return null;
    return { p1, p2, p3, p4, unacknowledged };
  }

  /** The overview (a city's scenes) first, then the systems' in their order. */
  scenes(query: Queries['scenes']): List<z.input<typeof scene>> {
    const scenes = this.catalogue.all().flatMap((each) =>
      each.scenes.map((spec, index) => ({
        key: `${each.kind === 'city' ? 0 : 1} ${sortable(each.order)} ${each.id} ${sortable(index)}`,
        item: {
          id: spec.id,
          name: spec.name,
          ...(spec.system === undefined ? {} : { system: spec.system }),
          size: { columns: spec.grid.columns, rows: spec.grid.rows },
        },
      })),
    );
    const page = pageOf('scenes', scenes, ({ key }) => key, query);
    return { items: page.items.map(({ item }) => item), next: page.next };
  }

  /** The longest lasting first. */
  notices(query: Queries['notices']): List<z.input<typeof notice>> {
    const page = pageOf('notices', this.conditions.all(), ({ since, id }) => `${sortable(since)} ${id}`, query);
    return { items: page.items.map((each) => ({ ...each, since: iso(each.since) })), next: page.next };
  }

  /** In the order of the packs. */
  mapLayers(query: Queries['mapLayers']): List<z.input<typeof mapLayer>> {
    const layers = this.catalogue.all().flatMap((each) =>
      (each.mapLayers ?? []).map(({ id, geometries, datum: _, ...layer }, index) => ({
        key: `${sortable(each.order)} ${each.id} ${sortable(index)}`,
        item: { id: `${each.id}/${id}`, imported: geometries !== undefined, ...layer },
      })),
    );
    const page = pageOf('mapLayers', layers, ({ key }) => key, query);
    return { items: page.items.map(({ item }) => item), next: page.next };
  }

  /** @throws Problem `not-found` where no pack has the layer, or nothing is imported */
  mapLayer(id: string): z.input<typeof mapGeometry> {
    const slash = id.indexOf('/');
    const layer = this.catalogue.get(id.slice(0, slash))?.mapLayers?.find((each) => each.id === id.slice(slash + 1));
    if (layer?.geometries === undefined) throw new Problem('not-found', `map layer ${id}: nothing is imported`);
    return {
      type: 'FeatureCollection',
      features: layer.geometries.map(({ type, coordinates }) => ({
        type: 'Feature',
        properties: null,
        geometry: { type, coordinates },
      })),
    };
  }

  async packs(query: Queries['packs']): Promise<List<z.input<typeof pack>>> {
    const page = pageOf('packs', this.catalogue.all(), ({ order, id }) => `${sortable(order)} ${id}`, query);
    return { items: await Promise.all(page.items.map((each) => this.pack(each))), next: page.next };
  }

  private async pack(each: Pack): Promise<z.input<typeof pack>> {
    const counters = each.kind === 'system' ? await this.state.feedCounters(each.id) : new Map<string, FeedCounters>();
    const refused = this.conditions.all().some(({ id }) => id === noticeId('pack-refused', each.id));
    const now = this.now();
    return {
      id: each.id,
      kind: each.kind,
      name: each.name,
      order: each.order,
      assets: each.assets.length,
      metrics: each.metrics.length,
      scenes: each.scenes.map(({ id }) => id),
      refused,
      feeds: each.feeds.map((feed) => {
        const count = counters.get(feed.id);
        return {
          id: feed.id,
          topics: [feed.topic].flat(),
          messages: count?.messages ?? 0,
          readings: count?.readings ?? 0,
          occurrences: count?.occurrences ?? 0,
          rejections: count?.rejections ?? 0,
          duplicates: count?.duplicates ?? 0,
          lastAt: count && count.lastAt > 0 ? iso(count.lastAt) : null,
          live: isFeedLive(each, feed, count, now),
        };
      }),
    };
  }
}
