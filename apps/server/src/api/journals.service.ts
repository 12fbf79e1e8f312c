import { scrubText } from '@citywall/aggregate';
import { parseAssetId } from '@citywall/model';
import type { z } from 'zod';
import type { JournalRejection, Page, StateRepository } from '../state/index.js';
import { CursorError } from '../state/journals.repository.js';
import { type Catalogue, feedScope, systemIds } from './catalogue.js';
import { decodeCursor, encodeCursor, notACursor } from './cursor.js';
import { discloseFields, disclosePayload, discloseValue, isPersonal } from './disclosure.js';
import type { occurrence, Queries, reading, rejection } from './schemas/city.js';
import { iso } from './schemas/common.js';

type State = Pick<StateRepository, 'readings' | 'occurrences' | 'rejections'>;
type List<Item> = Promise<{ items: Item[]; next: string | null }>;

/** `seq` of a reading is its time of receipt in ms × this + a counter (see JournalReading). */
const SEQ_PER_MS = 4_096;
const NOTHING = { items: [], next: null };

/** What happened: readings, occurrences and rejections, page by page. */
export class JournalsService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly state: State,
  ) {}

  /** In order of receipt, oldest first. */
  async readings(query: Queries['readings'], unmasked: boolean): List<z.input<typeof reading>> {
    const scope = feedScope(this.catalogue, undefined, query.feed);
    const parts = query.asset === undefined ? undefined : parseAssetId(query.asset);
    // What is no asset id has no readings; it is a question, not an error.
    if (parts === null) return NOTHING;
    const systems = parts ? scope.systems.filter((system) => system === parts.system) : scope.systems;
    if (systems.length === 0) return NOTHING;
    const page = await found(
      this.state.readings({
        systems,
        ...(scope.feed === undefined ? {} : { feed: scope.feed }),
        ...(query.asset === undefined ? {} : { asset: query.asset }),
        ...(query.metric === undefined ? {} : { metric: query.metric }),
        ...(query.since === undefined ? {} : { since: sequence(query.since) }),
        ...position('readings', query.cursor),
        limit: query.limit,
      }),
    );
    return {
      items: page.items.map((item) => {
        const type = parseAssetId(item.asset)?.type ?? '';
        const pack = this.catalogue.get(item.system);
        return {
          seq: item.seq,
          feed: item.feed,
          asset: item.asset,
          metric: item.metric,
          value: discloseValue(item.value, pack, type, item.metric, unmasked),
          unit: this.catalogue.metric(item.system, type, item.metric)?.unit ?? null,
          at: iso(item.at),
          receivedAt: iso(item.receivedAt),
          quality: item.quality,
          origin: item.origin,
          flags: item.flags,
        };
      }),
      next: cursor('readings', page.next),
    };
  }

  /** As they are now, the newest stage first. */
  async occurrences(query: Queries['occurrences'], unmasked: boolean): List<z.input<typeof occurrence>> {
    const systems = systemIds(this.catalogue, query.system);
    if (systems.length === 0) return NOTHING;
    const page = await found(
      this.state.occurrences({
        systems,
        ...(query.type === undefined ? {} : { type: query.type }),
        ...(query.status === undefined ? {} : { status: query.status }),
        ...position('occurrences', query.cursor),
        limit: query.limit,
      }),
    );
    return {
      items: page.items.map((item) => ({
        id: item.id,
        system: item.system,
        type: item.type,
        ...(item.asset === undefined ? {} : { asset: item.asset }),
        at: iso(item.at),
        ...(item.beganAt === undefined ? {} : { beganAt: iso(item.beganAt) }),
        receivedAt: iso(item.receivedAt),
        status: item.status,
        ...(item.level === undefined ? {} : { level: item.level }),
        ...(item.place === undefined ? {} : { place: { lon: item.place.lon, lat: item.place.lat } }),
        fields: discloseFields(item, this.catalogue.get(item.system), unmasked),
        origin: item.origin,
      })),
      next: cursor('occurrences', page.next),
    };
  }

  /** Newest first. */
  async rejections(query: Queries['rejections'], unmasked: boolean): List<z.input<typeof rejection>> {
    const scope = feedScope(this.catalogue, query.system, query.feed);
    if (scope.systems.length === 0) return NOTHING;
    const page = await found(
      this.state.rejections({
        systems: scope.systems,
        ...(scope.feed === undefined ? {} : { feed: scope.feed }),
        ...(query.reason === undefined ? {} : { reason: query.reason }),
        ...(query.since === undefined ? {} : { since: query.since }),
        ...(query.q === undefined ? {} : { wanted: holding(query.q, unmasked) }),
        ...position('rejections', query.cursor),
        limit: query.limit,
      }),
    );
    return {
      items: page.items.map((item) => {
        const personal = !unmasked && isPersonal(this.catalogue.get(item.system), item.feed);
        return {
          id: item.id,
          feed: item.feed,
          topic: item.topic,
          reason: item.reason,
          // Details quote the value that was refused.
          detail: unmasked ? item.detail : scrubText(item.detail),
          ...(item.path === undefined ? {} : { path: item.path }),
          receivedAt: iso(item.receivedAt),
          ...disclosePayload(item, personal, unmasked),
        };
      }),
      next: cursor('rejections', page.next),
    };
  }
}

/**
 * Whether a rejection holds a text, case aside. Who sees no payload and no personal word in a detail does not find them
 * either.
 */
function holding(q: string, unmasked: boolean): (rejection: JournalRejection) => boolean {
  const wanted = q.toLowerCase();
  return ({ topic, detail, path = '', payload }) =>
    topic.toLowerCase().includes(wanted) ||
    path.toLowerCase().includes(wanted) ||
    (unmasked ? detail : scrubText(detail)).toLowerCase().includes(wanted) ||
    (unmasked && Buffer.from(payload, 'base64').toString('utf8').toLowerCase().includes(wanted));
}

function sequence(since: NonNullable<Queries['readings']['since']>): number {
  return Math.min('seq' in since ? since.seq : Math.max(0, since.at) * SEQ_PER_MS - 1, Number.MAX_SAFE_INTEGER);
}

/** Cursors of state are wrapped, so that one list's cursor is refused by another. */
function position(list: string, given: string | undefined): { cursor?: string } {
  if (given === undefined) return {};
  const inner = String(decodeCursor(list, given, ['string'])[0]);
  // State's cursors are words of this alphabet; anything else could mean something to Redis.
  if (!/^[A-Za-z0-9_-]{1,3000}$/.test(inner) || inner.startsWith('-')) throw notACursor();
  return { cursor: inner };
}

function cursor(list: string, next: string | null): string | null {
  return next === null ? null : encodeCursor(list, [next]);
}

/** A cursor that was made up passes the wrapping; state tells it apart, and it is the asker's mistake. */
async function found<Item>(page: Promise<Page<Item>>): Promise<Page<Item>> {
  try {
    return await page;
  } catch (error) {
    throw error instanceof CursorError ? notACursor() : error;
  }
}
