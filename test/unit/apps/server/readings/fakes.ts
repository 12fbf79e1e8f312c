import { type CompiledFeeds, type FeedResult, Memories, type Message } from '@citywall/mapping';
import type { Asset, Metric } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { InboundMessage } from '../../../../../apps/server/src/feeds/inbound.js';
import type { PackSource } from '../../../../../apps/server/src/readings/draft.js';
import type { ApplyResult, Delivery, StateBatch, StateRepository } from '../../../../../apps/server/src/state/index.js';

let packetId = 0;

export function inbound(topic: string, payload: string, parts: Partial<InboundMessage> = {}): InboundMessage {
  packetId = (packetId % 65_535) + 1;
  return {
    topic,
    payload: Buffer.from(payload),
    receivedAt: 1_000_000,
    retained: false,
    origin: 'live',
    qos: 1,
    dup: false,
    packetId,
    epoch: 1,
    ...parts,
  };
}

export type FakeFeed = Partial<Pack['feeds'][number]> & { id: string };

/**
 * Packs whose feeds take `<system>/…` and understand `key metric number` a line; `!reason` is a rejection, `boom` throws,
 * `learn key` is something to know after a restart.
 */
export function fakePacks(
  systems: Record<string, FakeFeed[]>,
  catalogue: Record<string, Partial<Metric>> = {},
  declared: string[] = [],
): PackSource {
  const packs = Object.entries(systems).map(
    ([id, feeds]) =>
      ({ id, zone: 'Asia/Shanghai', feeds: feeds.map((feed) => ({ topic: `${id}/#`, ...feed })) }) as Pack,
  );
  const map = (pack: Pack, message: Message): FeedResult[] =>
    message.topic.startsWith(`${pack.id}/`)
      ? pack.feeds.map(({ id }) => understand(id, message, memoryOf(pack.id)))
      : [];
  const memories = new Map<string, Memories>();
  const memoryOf = (id: string): Memories => {
    const memory = memories.get(id) ?? new Memories();
    memories.set(id, memory);
    return memory;
  };
  return {
    all: () => packs,
    get: (id) => packs.find((pack) => pack.id === id),
    compiled: (id) => {
      const pack = packs.find((one) => one.id === id);
      if (!pack) return undefined;
      return {
        subscriptions: [],
        memory: memoryOf(id),
        match: (topic: string) => topic.startsWith(`${id}/`),
        map: (message) => map(pack, message),
        listen: (topic: string) => (topic.startsWith(`${id}/`) ? (message: Message) => map(pack, message) : null),
      } as CompiledFeeds;
    },
    metric: (system, type, name) => catalogue[`${system}/${type}/${name}`] as Metric | undefined,
    asset: (id) => (declared.includes(id) ? ({ id } as Asset) : undefined),
  };
}

function understand(feed: string, message: Message, memory: Memories): FeedResult {
  const result: FeedResult = { feed, readings: [], occurrences: [], rejections: [], unlisted: 0 };
  for (const line of Buffer.from(message.payload).toString().split('\n')) {
    if (line === 'boom') throw new Error('boom');
    if (line.startsWith('!')) result.rejections.push({ reason: 'decode', detail: line.slice(1) });
    else if (line.startsWith('learn ')) memory.of('fake').set(line.slice(6), line, 1, () => line);
    else if (line.startsWith('case ')) {
      const [, id = '', at = '0', status = '', beganAt] = line.split(' ');
      const fields = {};
      const began = beganAt === undefined ? {} : { beganAt: Number(beganAt) };
      result.occurrences.push({
        id,
        type: 'case',
        at: Number(at),
        ...began,
        status,
        fields,
        flags: [],
        staleAfter: 1000,
      });
    } else {
      const [key = '', metric = '', number = '0', at = '0'] = line.split(' ');
      const value = number.startsWith('"') ? number.slice(1).repeat(Number(at) || 1) : Number(number);
      result.readings.push({ type: 'node', key, metric, value, at: Number(at), quality: 'good', flags: [] });
    }
  }
  return result;
}

/** A state that keeps what it is given, and fails as a test says. */
export class FakeState {
  readonly batches: { system: string; batch: StateBatch }[] = [];
  known = new Set<string>();
  /** throws or waits before a batch is taken */
  before: (system: string, batch: StateBatch) => Promise<void> | void = () => {};
  refuse: ApplyResult['refused'] = [];

  get values(): unknown[] {
    return this.batches.flatMap(({ batch }) => batch.readings.map(({ value }) => value));
  }

  async apply(system: string, batch: StateBatch): Promise<ApplyResult> {
    await this.before(system, batch);
    this.batches.push({ system, batch });
    const feeds = new Map(
      batch.feeds.map(({ feed }) => [
        feed,
        { accepted: batch.readings.length, duplicates: 0, late: 0, occurrences: 0 },
      ]),
    );
    const refused = batch.readings.length ? this.refuse : [];
    return { repeated: false, accepted: batch.readings.length, duplicates: 0, late: 0, occurrences: 0, feeds, refused };
  }

  async seen(system: string, writer: string, deliveries: Delivery[]): Promise<boolean[]> {
    return deliveries.map(({ packetId: id }) => this.known.has(`${system}|${writer}|${id}`));
  }

  asRepository(): StateRepository {
    return this as unknown as StateRepository;
  }
}
