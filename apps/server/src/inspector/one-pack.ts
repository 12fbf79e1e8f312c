import type { CompiledFeeds } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import type { InboundMessage } from '../feeds/inbound.js';
import type { RateCheck } from '../readings/checks.js';
import { type Draft, Drafter, type PackSource, type Scope } from '../readings/draft.js';
import { feedFacts } from '../readings/feed-facts.js';

/** A message as it came once, with what a connection would add. */
export function asInbound(kept: {
  topic: string;
  payload: Uint8Array;
  receivedAt: number;
  retained: boolean;
  origin: InboundMessage['origin'];
}): InboundMessage {
  const { topic, payload, receivedAt, retained, origin } = kept;
  return { topic, payload, receivedAt, retained, origin, qos: 0, dup: false, packetId: 0, epoch: 0 };
}

/** One pack alone, running or tried, for the stage that makes drafts of messages. */
export function onePack(pack: Pack, compiled: CompiledFeeds): PackSource {
  const metrics = new Map(pack.metrics.map((metric) => [`${metric.type}/${metric.name}`, metric]));
  const assets = new Map(pack.assets.map((asset) => [asset.id, asset]));
  const all = [pack];
  return {
    all: () => all,
    get: (id) => (id === pack.id ? pack : undefined),
    compiled: (id) => (id === pack.id ? compiled : undefined),
    metric: (system, type, name) => (system === pack.id ? metrics.get(`${type}/${name}`) : undefined),
    asset: (id) => assets.get(id),
  };
}

/**
 * What the pack makes of a message, whichever connection it came over; null where no feed listens to its topic.
 * Each connection has its feeds: all of them together are one draft.
 */
export function draftOf(source: PackSource, pack: Pack, message: InboundMessage, rates: RateCheck): Draft | null {
  const scopes = new Map<string, Scope>([['default|normal', { broker: 'default', priority: 'normal' }]]);
  for (const { broker, priority } of feedFacts(pack).values()) {
    scopes.set(`${broker}|${priority}`, { broker, priority });
  }
  let whole: Draft | null = null;
  for (const scope of scopes.values()) {
    const drafter = new Drafter(source, scope, rates);
    drafter.add(message, null);
    for (const draft of drafter.finish()) {
      if (whole === null) whole = draft;
      else {
        whole.readings.push(...draft.readings);
        whole.sources.push(...draft.sources);
        whole.occurrences.push(...draft.occurrences);
        whole.rejections.push(...draft.rejections);
      }
    }
  }
  return whole;
}
