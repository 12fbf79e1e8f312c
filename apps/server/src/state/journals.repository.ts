import { type Occurrence, ORIGINS, type RejectionReason } from '@citywall/model';
import type { Redis } from 'ioredis';
import { decodeOccurrenceEntry, unpack } from './codec.js';
import {
  type JournalReading,
  type JournalRejection,
  type OccurrencesQuery,
  type Page,
  type QuarantinedMessage,
  type ReadingsQuery,
  type RejectionsQuery,
  type Row,
  rowValue,
} from './state.types.js';

/** Journal entries that are read at once; each holds the readings of one batch. */
const ENTRIES = 40;
/** Occurrences or rejections that are read at once. */
const ITEMS = 200;

type StreamEntry = [id: Buffer, fields: Buffer[]];

/** A cursor that is not one of ours. */
export class CursorError extends Error {
  constructor(cursor: string) {
    super(`"${cursor.slice(0, 60)}" is no cursor of this list`);
    this.name = 'CursorError';
  }
}

/** Reads the journals and the occurrences, merged over systems, page by page. Part of `StateRepository`. */
export class JournalsRepository {
  constructor(private readonly redis: Redis) {}

  async readings(query: ReadingsQuery): Promise<Page<JournalReading>> {
    const since = Math.max(query.since ?? 0, query.cursor === undefined ? 0 : Number(query.cursor));
    if (!Number.isSafeInteger(since)) throw new CursorError(query.cursor ?? '');
    const systems =
      query.asset === undefined ? query.systems : query.systems.filter((id) => query.asset?.startsWith(`${id}/`));
    const sources = systems.map((system) => this.readingsOf(system, since, query));
    const items = await mergeFirst(sources, query.limit + 1, (a, b) => a.seq - b.seq);
    const page = items.slice(0, query.limit);
    return { items: page, next: items.length > query.limit ? String(page.at(-1)?.seq) : null };
  }

  private async *readingsOf(system: string, since: number, query: ReadingsQuery): AsyncGenerator<JournalReading> {
    const key = `cw:{${system}}:readings`;
    // An entry's id is the seq of its first reading: the one before `since` may hold later ones.
    const before = (await this.redis.callBuffer('XREVRANGE', key, String(since), '-', 'COUNT', 1)) as StreamEntry[];
    let from = before[0]?.[0].toString() ?? '-';
    const typeKey = query.asset?.slice(system.length + 1);
    // Most entries hold nothing of one asset or feed: bytes are compared before they are decoded.
    const needles = [typeKey, query.metric, query.feed]
      .filter((text) => text !== undefined)
      .map((text) => Buffer.from(text));
    for (;;) {
      const entries = (await this.redis.callBuffer('XRANGE', key, from, '+', 'COUNT', ENTRIES)) as StreamEntry[];
      for (const [id, fields] of entries) {
        const bytes = fields[3];
        if (!bytes || !needles.every((needle) => bytes.includes(needle))) continue;
        const base = Number.parseInt(id.toString(), 10);
        const rows = unpack<Row[]>(bytes);
        for (let i = 0; i < rows.length; i++) {
          const row = rows[i]!;
          if (base + i <= since) continue;
          if (typeKey !== undefined && row[0] !== typeKey) continue;
          if (query.metric !== undefined && row[1] !== query.metric) continue;
          if (query.feed !== undefined && row[8] !== query.feed) continue;
          yield { seq: base + i, system, asset: `${system}/${row[0]}`, metric: row[1], ...rowValue(row) };
        }
      }
      const last = entries.at(-1);
      if (!last || entries.length < ENTRIES) return;
      from = `(${last[0].toString()}`;
    }
  }

  async occurrences(query: OccurrencesQuery): Promise<Page<Occurrence>> {
    const after = query.cursor === undefined ? null : parseCursor(query.cursor);
    const order = (a: Occurrence, b: Occurrence) =>
      b.at - a.at || compare(a.system, b.system) || Buffer.compare(Buffer.from(b.id), Buffer.from(a.id));
    const sources = query.systems.map((system) => this.occurrencesOf(system, after?.at ?? null, query));
    const isAfter = (occurrence: Occurrence) =>
      after === null || order(occurrence, { ...occurrence, at: after.at, system: after.system, id: after.id }) > 0;
    const items = await mergeFirst(sources, query.limit + 1, order, isAfter);
    const page = items.slice(0, query.limit);
    const last = page.at(-1);
    return { items: page, next: items.length > query.limit && last ? makeCursor(last.at, last.system, last.id) : null };
  }

  private async *occurrencesOf(system: string, at: number | null, query: OccurrencesQuery): AsyncGenerator<Occurrence> {
    const newest = at === null ? '+inf' : String(at);
    const oldest = query.from === undefined ? '-inf' : String(query.from);
    for (let offset = 0; ; offset += ITEMS) {
      const ids = await this.redis.zrevrangebyscoreBuffer(
        `cw:{${system}}:occ:at`,
        newest,
        oldest,
        'LIMIT',
        offset,
        ITEMS,
      );
      if (!ids.length) return;
      for (const entry of await this.redis.hmgetBuffer(`cw:{${system}}:occ`, ...ids)) {
        if (!entry) continue;
        const occurrence = decodeOccurrenceEntry(entry);
        if (query.type !== undefined && occurrence.type !== query.type) continue;
        if (query.status !== undefined && occurrence.status !== query.status) continue;
        yield occurrence;
      }
      if (ids.length < ITEMS) return;
    }
  }

  async rejections(query: RejectionsQuery): Promise<Page<JournalRejection>> {
    const after = query.cursor === undefined ? null : parseCursor(query.cursor);
    const order = (a: Placed, b: Placed) =>
      b.at - a.at || b.part - a.part || compare(a.item.system, b.item.system) || a.index - b.index;
    const sources = query.systems.map((system) => this.rejectionsOf(system, after?.at ?? null, query));
    const [part, index] = (after?.id ?? '0-0').split('-').map(Number);
    const isAfter = (placed: Placed) =>
      after === null ||
      order(placed, {
        at: after.at,
        part: part ?? 0,
        index: index ?? 0,
        item: { ...placed.item, system: after.system },
      }) > 0;
    const found = await mergeFirst(sources, query.limit + 1, order, isAfter);
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    const more = found.length > query.limit && last;
    return {
      items: page.map(({ item }) => item),
      next: more ? makeCursor(last.at, last.item.system, `${last.part}-${last.index}`) : null,
    };
  }

  private async *rejectionsOf(system: string, at: number | null, query: RejectionsQuery): AsyncGenerator<Placed> {
    const key = `cw:{${system}}:rejections`;
    let from = at === null ? '+' : String(at);
    // An entry is kept after its message was received: none before holds a later one.
    const oldest = query.since === undefined ? '-' : String(Math.max(0, query.since));
    for (;;) {
      // Payloads make entries large: fewer at once than of other lists.
      const entries = (await this.redis.callBuffer('XREVRANGE', key, from, oldest, 'COUNT', ENTRIES)) as StreamEntry[];
      for (const [id, fields] of entries) {
        const [, feed, , topic, , receivedAt, , payload, , truncated, , list] = fields;
        if (!feed || !topic || !receivedAt || !payload || !truncated || !list) continue;
        if (query.feed !== undefined && feed.toString() !== query.feed) continue;
        if (query.since !== undefined && Number(receivedAt.toString()) < query.since) continue;
        const [ms, part] = id.toString().split('-').map(Number);
        const told = unpack<[RejectionReason, string, string][]>(list);
        for (let index = 0; index < told.length; index++) {
          const [reason, detail, path] = told[index]!;
          if (query.reason !== undefined && reason !== query.reason) continue;
          const item: JournalRejection = {
            id: `${system}-${id.toString()}-${index}`,
            system,
            feed: feed.toString(),
            topic: topic.toString(),
            reason,
            detail,
            ...(path ? { path } : {}),
            receivedAt: Number(receivedAt.toString()),
            payload: payload.toString('base64'),
            truncated: truncated.toString() === '1',
          };
          if (query.wanted && !query.wanted(item)) continue;
          yield { at: ms ?? 0, part: part ?? 0, index, item };
        }
      }
      const last = entries.at(-1);
      if (!last || entries.length < ENTRIES) return;
      from = `(${last[0].toString()}`;
    }
  }

  /** Messages in quarantine, oldest first; what is kept after the call began is not among them. */
  async *quarantined(system: string): AsyncGenerator<QuarantinedMessage> {
    const key = `cw:{${system}}:rejections`;
    const [newest] = (await this.redis.callBuffer('XREVRANGE', key, '+', '-', 'COUNT', 1)) as StreamEntry[];
    if (!newest) return;
    const to = newest[0].toString();
    let from = '-';
    for (;;) {
      const entries = (await this.redis.callBuffer('XRANGE', key, from, to, 'COUNT', ENTRIES)) as StreamEntry[];
      for (const entry of entries) {
        const message = quarantinedMessage(system, entry);
        if (message) yield message;
      }
      const last = entries.at(-1);
      if (!last || entries.length < ENTRIES) return;
      from = `(${last[0].toString()}`;
    }
  }

  async quarantinedOne(system: string, entry: string): Promise<QuarantinedMessage | null> {
    const key = `cw:{${system}}:rejections`;
    const [found] = (await this.redis.callBuffer('XRANGE', key, entry, entry)) as StreamEntry[];
    return found ? quarantinedMessage(system, found) : null;
  }
}

function quarantinedMessage(system: string, [id, fields]: StreamEntry): QuarantinedMessage | null {
  const [, feed, , topic, , receivedAt, , payload, , truncated, , list, , origin, , retained, , had] = fields;
  if (!feed || !topic || !receivedAt || !payload || !truncated || !list) return null;
  return {
    system,
    entry: id.toString(),
    feed: feed.toString(),
    topic: topic.toString(),
    receivedAt: Number(receivedAt.toString()),
    payload,
    truncated: truncated.toString() === '1',
    rejections: unpack<[RejectionReason, string, string][]>(list).map(([reason, detail, path]) => ({
      reason,
      detail,
      ...(path ? { path } : {}),
    })),
    origin: ORIGINS[Number(origin?.toString() ?? 0)] ?? 'live',
    retained: retained?.toString() === '1',
    had: had ?? new Uint8Array(),
  };
}

/** A rejection with its place in the journal: Unix ms and part of the entry's id, index within the entry. */
interface Placed {
  at: number;
  part: number;
  index: number;
  item: JournalRejection;
}

/** The first items of several ordered sources, in order. */
async function mergeFirst<Item>(
  sources: AsyncGenerator<Item>[],
  limit: number,
  order: (a: Item, b: Item) => number,
  wanted: (item: Item) => boolean = () => true,
): Promise<Item[]> {
  const found: Item[] = [];
  const next = async (source: AsyncGenerator<Item>): Promise<Item | null> => {
    for (;;) {
      const step = await source.next();
      if (step.done) return null;
      if (wanted(step.value)) return step.value;
    }
  };
  const heads = await Promise.all(sources.map(async (source) => ({ source, item: await next(source) })));
  while (found.length < limit) {
    let first: (typeof heads)[number] | null = null;
    for (const head of heads) {
      if (head.item !== null && (first === null || order(head.item, first.item as Item) < 0)) first = head;
    }
    if (first === null) break;
    found.push(first.item as Item);
    first.item = await next(first.source);
  }
  await Promise.all(sources.map((source) => source.return(undefined)));
  return found;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function makeCursor(at: number, system: string, id: string): string {
  return Buffer.from(JSON.stringify([at, system, id])).toString('base64url');
}

function parseCursor(cursor: string): { at: number; system: string; id: string } {
  try {
    const [at, system, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof at === 'number' && typeof system === 'string' && typeof id === 'string') return { at, system, id };
  } catch {
    // Said below, as for any other text.
  }
  throw new CursorError(cursor);
}
