import type { LatestValue, Occurrence } from '@citywall/model';
import { parseAssetId } from '@citywall/model';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { listen } from '../infra/channel.js';
import { RedisConnection } from '../infra/redis.connection.js';
import { RedisHealth } from '../infra/redis-health.js';
import {
  encodeDelivery,
  encodeFeeds,
  encodeOccurrences,
  encodeReadings,
  encodeRejections,
  READINGS_OF_CALL,
} from './batch-encoder.js';
import { decodeOccurrence, decodeRecord, unpack } from './codec.js';
import { JournalsRepository } from './journals.repository.js';
import { APPLY, NEWEST, type Script, SEEN } from './scripts.js';
import type {
  ApplyResult,
  BatchFeed,
  Change,
  Delivery,
  FeedCounters,
  JournalReading,
  JournalRejection,
  OccurrencesQuery,
  Page,
  QuarantinedMessage,
  ReadingsQuery,
  RejectionsQuery,
  Row,
  SeenAsset,
  StateBatch,
  Window,
} from './state.types.js';
import { WindowsRepository } from './windows.repository.js';

/**
 * Version of everything below `cw:`. A newer one is refused with a sentence; an older one is read as it is and marked as
 * this one, because what is written from then on is not for the CityWall that began it.
 * 3: accounts may have a second factor and barred passwords, what people do is in the audit, displays are paired: an older
 * CityWall would let people in without the first and would write nothing into the second.
 * 2: ten seconds under way stand in the newest value (1: every reading in its chunk, while its minute was under way).
 */
export const STATE_FORMAT = 3;

/** Assets whose newest values are read by one call. */
const ASSETS_OF_CALL = 250;

/** The state in Redis was written by a newer CityWall. */
export class StateFormatError extends Error {
  constructor(readonly found: string) {
    super(
      `The state in this Redis has format ${found}, this CityWall understands ${STATE_FORMAT}. Start the newer CityWall that wrote it, or give this one another Redis (CITYWALL_REDIS_URL).`,
    );
    this.name = 'StateFormatError';
  }
}

/**
 * The only reader and writer of `cw:{system}:…` (docs/reference/redis.md). Every method rejects with the error of Redis
 * when it is gone or refuses; nothing is retried here.
 */
@Injectable()
export class StateRepository implements OnModuleInit {
  private readonly logger = new Logger(StateRepository.name);
  private readonly journals: JournalsRepository;
  private readonly series: WindowsRepository;
  private refusal: StateFormatError | null = null;
  private lastChange: { bytes: Buffer; change: Omit<Change, 'system'> } | null = null;

  constructor(
    private readonly redis: RedisConnection,
    private readonly health: RedisHealth,
  ) {
    this.journals = new JournalsRepository(redis.commands);
    this.series = new WindowsRepository(redis.commands);
  }

  /** Refuses the start on a newer state; where Redis comes later, it is looked at then and no batch is taken. */
  async onModuleInit(): Promise<void> {
    this.redis.writes.on('ready', () => {
      this.checkFormat().catch((error: Error) => {
        if (!(error instanceof StateFormatError)) return;
        this.logger.error(error.message);
        this.health.set('refusing', error.message);
      });
    });
    if (this.redis.writes.status === 'ready') await this.checkFormat();
  }

  /**
   * Applies a batch of one system in as few calls as its size allows (one for up to 1,000 readings); every call whole
   * or not at all, durable (as far as this Redis is) when it resolves. The same `run` and `number` again change nothing.
   */
  async apply(system: string, batch: StateBatch): Promise<ApplyResult> {
    if (this.refusal) throw this.refusal;
    const calls = Math.max(1, Math.ceil(batch.readings.length / READINGS_OF_CALL));
    const result: ApplyResult = {
      repeated: true,
      accepted: 0,
      duplicates: 0,
      late: 0,
      occurrences: 0,
      feeds: new Map(),
      refused: [],
    };
    for (let i = 0; i < calls; i++) {
      // One after the other: a part that fails must not be overtaken. What belongs to the whole batch goes with the last
      // one, so that a batch that broke in the middle does not count as delivered.
      await this.applyPart(system, batch, i, i === calls - 1, calls, result);
    }
    return result;
  }

  private async applyPart(
    system: string,
    batch: StateBatch,
    part: number,
    last: boolean,
    parts: number,
    result: ApplyResult,
  ): Promise<void> {
    const readings =
      parts === 1 ? batch.readings : batch.readings.slice(part * READINGS_OF_CALL, (part + 1) * READINGS_OF_CALL);
    const feeds: BatchFeed[] = last ? [...batch.feeds] : [];
    const places = new Map(feeds.map(({ feed }, place) => [feed, place]));
    const placeOf = (feed: string): number => {
      let place = places.get(feed);
      if (place === undefined) {
        place = feeds.length;
        places.set(feed, place);
        feeds.push({ feed, messages: 0, lastAt: 0 });
      }
      return place;
    };
    const rejected = new Map<string, number>();
    const rejections = last ? batch.rejections : [];
    for (const { feed, rejections: list, unlisted = 0, counted } of rejections) {
      placeOf(feed);
      if (counted) continue;
      rejected.set(feed, (rejected.get(feed) ?? 0) + list.length + unlisted);
    }
    const packedReadings = encodeReadings(readings, placeOf);
    const packedOccurrences = encodeOccurrences(last ? batch.occurrences : [], placeOf);
    const [packedRejections = '', ...payloads] = encodeRejections(rejections);
    const answer = (await this.run(
      APPLY,
      [`cw:{${system}}:seq`],
      [
        `cw:{${system}}:`,
        batch.now,
        batch.writer,
        batch.run,
        // Parts of a batch need numbers of their own that grow within the run.
        batch.number + part / parts,
        encodeFeeds(feeds, rejected),
        packedReadings,
        readings.length,
        packedOccurrences,
        packedRejections,
        last ? Buffer.concat(batch.deliveries.map(encodeDelivery)) : '',
        ...payloads,
        ...(last ? (batch.settles ?? []) : []),
      ],
    )) as [number, number, ...(number | Buffer)[]];
    addOutcome(result, answer, feeds);
  }

  /** Which redelivered messages of a writer had been applied to the system; the order of `deliveries`. */
  async seen(system: string, writer: string, deliveries: Delivery[]): Promise<boolean[]> {
    if (!deliveries.length) return [];
    const answer = await this.run(SEEN, [`cw:{${system}}:deliveries:${writer}`], deliveries.map(encodeDelivery));
    return (answer as number[]).map((flag) => flag === 1);
  }

  /** Newest measured value of every metric of an asset; empty where it is unknown. */
  async latest(assetId: string): Promise<Map<string, LatestValue>> {
    const asset = parseAssetId(assetId);
    if (!asset) return new Map();
    const key = `cw:{${asset.system}}:a:${asset.type}/${asset.key}`;
    const fields = (await this.redis.commands.callBuffer('HGETALL', key)) as Buffer[];
    const values = new Map<string, LatestValue>();
    for (let i = 0; i + 1 < fields.length; i += 2) values.set(fields[i]!.toString(), decodeRecord(fields[i + 1]!));
    return values;
  }

  /**
   * All newest values of a system, in chunks of some hundred rows. Resolves with the change counter as it was before
   * the first chunk: changes with a greater `n` are not (surely) contained. An asset may come twice.
   */
  async latestAll(system: string, onChunk: (rows: Row[]) => void): Promise<number> {
    const n = Number((await this.redis.commands.get(`cw:{${system}}:seq`)) ?? 0);
    for await (const fields of this.scanAssets(system)) {
      const keys = fields.filter((_, index) => index % 2 === 0);
      for (let i = 0; i < keys.length; i += ASSETS_OF_CALL) {
        const args = [`cw:{${system}}:`, ...keys.slice(i, i + ASSETS_OF_CALL)];
        const packed = (await this.run(NEWEST, [`cw:{${system}}:assets`], args, this.redis.commands)) as Buffer;
        onChunk(unpack<Row[]>(packed));
      }
    }
    return n;
  }

  /** All assets ever seen in a system. */
  async assets(system: string): Promise<SeenAsset[]> {
    const found = new Map<string, SeenAsset>();
    for await (const fields of this.scanAssets(system)) {
      for (let i = 0; i + 1 < fields.length; i += 2) {
        const id = `${system}/${fields[i]!.toString()}`;
        const entry = fields[i + 1]!;
        found.set(id, {
          id,
          firstSeen: entry.readDoubleLE(0),
          lastSeen: entry.readDoubleLE(8),
          declared: entry[16] === 1,
          feed: entry.subarray(17).toString(),
        });
      }
    }
    return [...found.values()];
  }

  private async *scanAssets(system: string): AsyncGenerator<Buffer[]> {
    let cursor = '0';
    do {
      const [next, fields] = (await this.redis.commands.callBuffer(
        'HSCAN',
        `cw:{${system}}:assets`,
        cursor,
        'COUNT',
        500,
      )) as [Buffer, Buffer[]];
      cursor = next.toString();
      yield fields;
    } while (cursor !== '0');
  }

  /**
   * Windows that begin in [from, to), merged to `stepMs` (a multiple of ten seconds, counted from the epoch); gaps are
   * absent. Steps below a minute reach back an hour, steps of whole hours a quarter where the metric keeps one.
   */
  windows(asset: string, metric: string, from: number, to: number, stepMs: number): Promise<Window[]> {
    return this.series.windows(asset, metric, from, to, stepMs);
  }

  /** The readings journal in order of receipt, oldest first. */
  readings(query: ReadingsQuery): Promise<Page<JournalReading>> {
    return this.journals.readings(query);
  }

  /** Occurrences as they are now, newest stage first. */
  occurrences(query: OccurrencesQuery): Promise<Page<Occurrence>> {
    return this.journals.occurrences(query);
  }

  /** Kept rejections, newest first. */
  rejections(query: RejectionsQuery): Promise<Page<JournalRejection>> {
    return this.journals.rejections(query);
  }

  /**
   * Changes of the systems from now on; never ends. Once the channel is open, and again after every interruption, each
   * system's first item is `lost`: what came before was not heard, load the system now.
   */
  subscribe(systems: string[]): Observable<Change> {
    const systemOf = new Map(systems.map((system) => [`cw:{${system}}:changes`, system]));
    return listen(this.redis.subscriber, [...systemOf.keys()]).pipe(
      map(({ channel, message }) => {
        const system = systemOf.get(channel) as string;
        if (message === null) return { system, n: 0, rows: [], occurrences: [], lost: true };
        return { system, ...this.unpackChange(message) };
      }),
    );
  }

  /** Several in a process listen to the same channel: each message is unpacked once. Nobody changes what comes out. */
  private unpackChange(bytes: Buffer): Omit<Change, 'system'> {
    if (this.lastChange?.bytes !== bytes) {
      const [n, rows, occurrences] = unpack<[number, Row[], Occurrence[]]>(bytes);
      this.lastChange = { bytes, change: { n, rows, occurrences: occurrences.map(decodeOccurrence) } };
    }
    return this.lastChange.change;
  }

  /** Counters by feed id, of feeds that ever had a message or a rejection. */
  async feedCounters(system: string): Promise<Map<string, FeedCounters>> {
    const names = ['messages', 'readings', 'occurrences', 'rejections', 'duplicates', 'late', 'lastAt'] as const;
    const counters = new Map<string, FeedCounters>();
    const feeds = await this.redis.commands.smembers(`cw:{${system}}:feeds`);
    await Promise.all(
      feeds.map(async (feed) => {
        const values = await this.redis.commands.hmget(`cw:{${system}}:feed:${feed}`, ...names);
        const entries = names.map((name, index) => [name, Number(values[index] ?? 0)]);
        counters.set(feed, Object.fromEntries(entries) as FeedCounters);
      }),
    );
    return counters;
  }

  /** Messages in quarantine in order of receipt, oldest first, those kept before the call. */
  quarantined(system: string): AsyncGenerator<QuarantinedMessage> {
    return this.journals.quarantined(system);
  }

  /** One message in quarantine; null where it is no longer (or never was). */
  quarantinedOne(system: string, entry: string): Promise<QuarantinedMessage | null> {
    return this.journals.quarantinedOne(system, entry);
  }

  /** How many rejections there were ever, or are kept now: feed → reason → number. */
  async rejectionCounts(system: string, which: 'ever' | 'kept' = 'ever'): Promise<Map<string, Map<string, number>>> {
    const counts = new Map<string, Map<string, number>>();
    const key = `cw:{${system}}:rejections:${which === 'ever' ? 'count' : 'kept'}`;
    for (const [name, n] of Object.entries(await this.redis.commands.hgetall(key))) {
      if (Number(n) <= 0) continue;
      const at = name.lastIndexOf('|');
      const feed = name.slice(0, at);
      const reasons = counts.get(feed) ?? new Map<string, number>();
      counts.set(feed, reasons.set(name.slice(at + 1), Number(n)));
    }
    return counts;
  }

  private async checkFormat(): Promise<void> {
    this.refusal = null;
    await this.redis.writes.set('cw:format', STATE_FORMAT, 'NX').catch(() => null);
    const found = await this.redis.writes.get('cw:format');
    if (found !== null && Number(found) > STATE_FORMAT) {
      this.refusal = new StateFormatError(found);
      throw this.refusal;
    }
    // Where Redis takes no writes now, the batches say so.
    if (found !== null && Number(found) < STATE_FORMAT)
      await this.redis.writes.set('cw:format', STATE_FORMAT).catch(() => null);
  }

  private async run(
    script: Script,
    keys: string[],
    args: (string | number | Buffer)[],
    redis = this.redis.writes,
  ): Promise<unknown> {
    try {
      return await redis.callBuffer('EVALSHA', script.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.callBuffer('EVAL', script.text, keys.length, ...keys, ...args);
    }
  }
}

/** Adds the answer of the script `apply` to the result of the batch. */
function addOutcome(result: ApplyResult, answer: [number, number, ...(number | Buffer)[]], feeds: BatchFeed[]): void {
  const [repeated, count, ...rest] = answer;
  if (repeated === 0) result.repeated = false;
  for (let i = 0; i < count; i++) {
    const feed = feeds[i]?.feed ?? '';
    const sums = result.feeds.get(feed) ?? { accepted: 0, duplicates: 0, late: 0, occurrences: 0 };
    result.feeds.set(feed, sums);
    for (const [place, name] of (['accepted', 'duplicates', 'late', 'occurrences'] as const).entries()) {
      const n = Number(rest[i * 4 + place]);
      sums[name] += n;
      result[name] += n;
    }
  }
  for (const entry of rest.slice(count * 4)) {
    const [, place, limit, typeKey] = /^(\d+)\|([am])\|([\s\S]*)$/.exec(entry.toString()) ?? [];
    result.refused.push({
      typeKey: typeKey ?? '',
      feed: feeds[Number(place)]?.feed ?? '',
      limit: limit === 'm' ? 'metrics' : 'assets',
    });
  }
}
