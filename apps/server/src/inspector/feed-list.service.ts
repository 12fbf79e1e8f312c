import type { FeedSpec } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import type { z } from 'zod';
import { type Catalogue, systemIds, systemsOf } from '../api/catalogue.js';
import { pageOf } from '../api/cursor.js';
import { disclosePayload, isPersonal } from '../api/disclosure.js';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type { feed, InspectorQueries, message } from '../api/schemas/inspector.js';
import { isFeedLive } from '../api/systems.service.js';
import { type NoticesService, noticeId } from '../notices/notices.service.js';
import { DEFAULT_MAX_ASSETS } from '../readings/feed-facts.js';
import type { FeedCounters, RecentMessagesRepository, StateRepository } from '../state/index.js';

type List<Item> = Promise<{ items: Item[]; next: string | null }>;
type State = Pick<StateRepository, 'feedCounters' | 'rejectionCounts'>;

const place = (index: number) => String(index).padStart(6, '0');

/** Feeds with what they promise and what they brought, and the last of their messages. */
export class FeedListService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly state: State,
    private readonly recent: Pick<RecentMessagesRepository, 'newest'>,
    private readonly notices: Pick<NoticesService, 'all'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** In the order of the packs and of their feeds. */
  async list(query: InspectorQueries['feeds']): List<z.input<typeof feed>> {
    const wanted = new Set(systemIds(this.catalogue, query.system));
    const packs = systemsOf(this.catalogue);
    const silent = new Set(this.notices.all().map(({ id }) => id));
    const groups = await Promise.all(
      packs.map(async (pack, order) => {
        if (!wanted.has(pack.id)) return [];
        const [counters, kept] = await Promise.all([
          this.state.feedCounters(pack.id),
          this.state.rejectionCounts(pack.id, 'kept'),
        ]);
        return pack.feeds.map((spec, index) => ({
          key: `${place(order)} ${place(index)}`,
          item: this.item(
            pack,
            spec,
            counters.get(spec.id),
            [...(kept.get(spec.id)?.values() ?? [])].reduce((sum, n) => sum + n, 0),
            silent.has(noticeId('feed-silent', `${pack.id}/${spec.id}`)),
          ),
        }));
      }),
    );
    const page = pageOf('feeds', groups.flat(), ({ key }) => key, query);
    return { items: page.items.map(({ item }) => item), next: page.next };
  }

  private item(
    pack: Pack,
    spec: FeedSpec,
    counters: FeedCounters | undefined,
    kept: number,
    told: boolean,
  ): z.input<typeof feed> {
    const lastAt = counters?.lastAt ?? 0;
    const silent = told || (lastAt > 0 && spec.expect !== undefined && !isFeedLive(pack, spec, counters, this.now()));
    return {
      id: spec.id,
      system: pack.id,
      name: pack.short,
      topic: [spec.topic].flat(),
      broker: spec.broker ?? 'default',
      qos: spec.qos ?? 1,
      priority: spec.priority ?? 'normal',
      ignored: spec.ignore ?? false,
      contract: {
        expect: typeof spec.expect === 'number' ? spec.expect : null,
        quiet: spec.quiet ?? null,
        assets: spec.assets ?? 'discovered',
        maxAssets: spec.maxAssets ?? DEFAULT_MAX_ASSETS,
        retained: spec.retained ?? 'state',
        journal: spec.journal ?? true,
        decode: [spec.decode ?? 'json'].flat().map((one) => (typeof one === 'string' ? one : Object.keys(one).join())),
      },
      state: lastAt === 0 ? 'waiting' : silent ? 'silent' : 'live',
      silent,
      messages: counters?.messages ?? 0,
      readings: counters?.readings ?? 0,
      occurrences: counters?.occurrences ?? 0,
      duplicates: counters?.duplicates ?? 0,
      late: counters?.late ?? 0,
      rejections: { ever: counters?.rejections ?? 0, kept },
      lastAt: lastAt > 0 ? iso(lastAt) : null,
    };
  }

  /** Newest first. @throws Problem `not-found` */
  async messages(
    system: string,
    id: string,
    query: InspectorQueries['messages'],
    unmasked: boolean,
  ): List<z.input<typeof message>> {
    const pack = this.catalogue.get(system);
    if (!pack?.feeds.some((spec) => spec.id === id)) {
      throw new Problem('not-found', `there is no feed ${id} in ${system}`);
    }
    const personal = !unmasked && isPersonal(pack, id);
    const messages = await this.recent.newest(system, id, query.limit);
    return {
      items: messages.map((each) => ({
        topic: each.topic,
        ...disclosePayload({ payload: each.payload.toString('base64'), truncated: each.truncated }, personal, unmasked),
        receivedAt: iso(each.receivedAt),
        retained: each.retained,
        origin: each.origin,
      })),
      next: null,
    };
  }
}
