import type { CompiledFeeds, FeedResult, LastingChange, MappedOccurrence } from '@citywall/mapping';
import type { Asset, Metric, Occurrence, Rejection } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { InboundMessage } from '../feeds/inbound.js';
import type { BatchFeed, BatchOccurrence, BatchReading, BatchRejection, Delivery } from '../state/index.js';
import { check, type RateCheck, withFlag } from './checks.js';
import type { FeedFacts } from './feed-facts.js';
import { readingMarks } from './reading-mark.js';
import { type Route, Routes } from './routes.js';
import type { Tap } from './tap.js';

/** What readings need of the packs; `PacksService` is one. */
export interface PackSource {
  /** the same array until any pack is replaced */
  all(): readonly Pack[];
  get(id: string): Pack | undefined;
  compiled(id: string): CompiledFeeds | undefined;
  metric(system: string, type: string, name: string): Metric | undefined;
  asset(id: string): Asset | undefined;
}

/** Everything that the messages of one batch mean for one system. */
export interface Draft {
  system: string;
  readings: BatchReading[];
  /** message of each reading, by the same place */
  sources: InboundMessage[];
  occurrences: BatchOccurrence[];
  rejections: BatchRejection[];
  feeds: Map<string, BatchFeed>;
  deliveries: Delivery[];
  /** what its decoders learned from these messages and have to know after a restart */
  lasting: LastingChange[];
}

/** The part of the feeds a connection reads for. */
export interface Scope {
  broker: string;
  priority: 'normal' | 'high';
}

/** Text readings are words and sentences, not documents, characters. */
export const MAX_TEXT = 4_096;
/** All texts of one occurrence together, characters. */
export const MAX_OCCURRENCE = 16_384;

/** Maps, checks and sorts messages by system. Never throws: what can't be used becomes a rejection. */
export class Drafter {
  private readonly drafts = new Map<string, Draft>();
  private readonly routes: Routes;

  constructor(
    private readonly packs: PackSource,
    private readonly scope: Scope,
    private readonly rates: RateCheck,
    private readonly tap: Tap | null = null,
  ) {
    this.routes = new Routes(packs);
  }

  /**
   * @param delivery of a message that is acknowledged later, null at QoS 0
   * @param skip systems that had this message before
   */
  add(message: InboundMessage, delivery: Delivery | null, skip?: ReadonlySet<string>): void {
    for (const route of this.routes.to(message.topic)) {
      const { system } = route;
      if (skip?.has(system)) {
        // Remembered anew: a broker that is killed again before it has saved sends it once more.
        if (delivery) this.draft(system).deliveries.push(delivery);
        continue;
      }
      try {
        if (this.addTo(route, message) && delivery) this.draft(system).deliveries.push(delivery);
      } catch (error) {
        // A defect of ours must not break the session: the message is kept, to be run again.
        const detail = error instanceof Error ? error.message.slice(0, 300) : String(error);
        this.draft(system).rejections.push(rejection(message, '', [{ reason: 'internal', detail }]));
      }
    }
  }

  /** Whether the system took the message. */
  private addTo(route: Route, message: InboundMessage): boolean {
    const { system, facts } = route;
    const results = route.map(message);
    const before = this.drafts.get(system);
    const [readingsBefore, rejectionsBefore] = [before?.readings.length ?? 0, before?.rejections.length ?? 0];
    let taken = false;
    for (const result of results) {
      const fact = facts.get(result.feed);
      // The same topic may be read for other feeds over another connection; what no feed took belongs to the first.
      const scope = fact ?? { broker: this.scope.broker, priority: 'normal' };
      if (scope.broker !== this.scope.broker || scope.priority !== this.scope.priority) continue;
      taken = true;
      this.take(route, message, result, fact);
    }
    if (!taken) return false;
    const { readings, rejections } = this.draft(system);
    if (rejections.length > rejectionsBefore && readings.length > readingsBefore) {
      // Kept with what is rejected, so that running it again later brings only what is missing, however much later.
      const had = readingMarks(readings.slice(readingsBefore));
      for (let i = rejectionsBefore; i < rejections.length; i++) (rejections[i] as BatchRejection).had = had;
    }
    return true;
  }

  /** Readings and occurrences added since the last time. */
  get size(): number {
    let size = 0;
    for (const { readings, occurrences } of this.drafts.values()) size += readings.length + occurrences.length;
    return size;
  }

  /** What was added since the last time, by system. */
  finish(): Draft[] {
    const drafts = [...this.drafts.values()];
    this.drafts.clear();
    // Between the first message and here nobody else had a turn: what was learned is of these messages.
    for (const draft of drafts) draft.lasting = this.packs.compiled(draft.system)?.memory.takeLasting() ?? [];
    return drafts;
  }

  private take(route: Route, message: InboundMessage, result: FeedResult, facts: FeedFacts | undefined): void {
    const { system } = route;
    const draft = this.draft(system);
    this.tap?.see(system, result.feed, message);
    const feed = draft.feeds.get(result.feed);
    if (feed) {
      feed.messages += 1;
      feed.lastAt = Math.max(feed.lastAt, message.receivedAt);
    } else draft.feeds.set(result.feed, { feed: result.feed, messages: 1, lastAt: message.receivedAt });
    if (message.retained && facts?.ignoreRetained) return;
    // The result is of this message alone: its list may grow.
    const { rejections } = result;
    this.readings(route, draft, message, result, facts, rejections);
    for (const mapped of result.occurrences) {
      const size = sizeOf(mapped);
      if (size > MAX_OCCURRENCE) {
        rejections.push({
          reason: 'too-large',
          detail: `occurrence of ${size} characters, ${MAX_OCCURRENCE} are allowed`,
        });
      } else draft.occurrences.push(occurrence(system, message, mapped, result.feed));
    }
    if (rejections.length)
      draft.rejections.push({ ...rejection(message, result.feed, rejections), unlisted: result.unlisted });
  }

  private readings(
    route: Route,
    draft: Draft,
    message: InboundMessage,
    result: FeedResult,
    facts: FeedFacts | undefined,
    rejections: Rejection[],
  ): void {
    const { system } = draft;
    // Made where it is needed: most messages are of known assets.
    let unknown: Set<string> | undefined;
    const idScheme = facts?.contract.idScheme;
    for (const mapped of result.readings) {
      const { typeKey, declared } = route.asset(mapped.type, mapped.key);
      if (idScheme && !idScheme.test(mapped.key)) {
        unknown ??= new Set();
        if (!unknown.has(typeKey)) {
          unknown.add(typeKey);
          rejections.push({ reason: 'asset', detail: `${system}/${typeKey} is not of the feed's id scheme` });
        }
        continue;
      }
      if (!declared && facts?.declaredOnly) {
        unknown ??= new Set();
        if (!unknown.has(typeKey)) {
          unknown.add(typeKey);
          rejections.push({ reason: 'unknown-asset', detail: `${system}/${typeKey} is not declared` });
        }
        continue;
      }
      const { value } = mapped;
      if (typeof value === 'string' && value.length > MAX_TEXT) {
        rejections.push({
          reason: 'too-large',
          detail: `text of ${value.length} characters for ${mapped.metric}, ${MAX_TEXT} are allowed`,
        });
        continue;
      }
      if (typeof value === 'number' && !Number.isFinite(value)) {
        rejections.push({ reason: 'value', detail: `${value} for ${mapped.metric} is not finite` });
        continue;
      }
      const metric = route.metric(mapped.type, mapped.metric);
      // The name of the series, only where somebody asks for it.
      const remembered = metric?.maxRatePerMinute !== undefined || metric?.maxSpeed !== undefined;
      const series = remembered ? `${system}/${typeKey}|${mapped.metric}` : '';
      const { quality, flags: checked } = check(metric, series, mapped, this.rates);
      const flags = message.retained ? withFlag(checked, 'retained') : checked;
      draft.readings.push({
        typeKey,
        metric: mapped.metric,
        value,
        at: mapped.at,
        receivedAt: message.receivedAt,
        quality,
        origin: message.origin,
        flags,
        feed: result.feed,
        declared,
        maxAssets: facts?.maxAssets ?? 0,
        history: metric?.history ?? 'hour',
        journal: facts?.journal ?? true,
      });
      draft.sources.push(message);
    }
  }

  private draft(system: string): Draft {
    let draft = this.drafts.get(system);
    if (!draft) {
      draft = {
        system,
        readings: [],
        sources: [],
        occurrences: [],
        rejections: [],
        feeds: new Map(),
        deliveries: [],
        lasting: [],
      };
      this.drafts.set(system, draft);
    }
    return draft;
  }
}

export function rejection(message: InboundMessage, feed: string, rejections: Rejection[]): BatchRejection {
  const { topic, receivedAt, payload, origin, retained } = message;
  return { feed, topic, receivedAt, payload, rejections, origin, retained };
}

function occurrence(system: string, message: InboundMessage, mapped: MappedOccurrence, feed: string): BatchOccurrence {
  const { id, type, at, beganAt, status, level, place, fields, asset } = mapped;
  const whole: Occurrence = {
    id,
    system,
    type,
    ...(asset ? { asset: `${system}/${asset.type}/${asset.key}` } : {}),
    at,
    ...(beganAt === undefined ? {} : { beganAt }),
    receivedAt: message.receivedAt,
    status,
    ...(level === undefined ? {} : { level }),
    ...(place === undefined ? {} : { place }),
    fields,
    origin: message.origin,
  };
  // What a broker had kept may tell of last year: it updates what is known, but makes nothing new.
  const create = !(message.retained && message.receivedAt - at > mapped.staleAfter);
  return { occurrence: whole, feed, create };
}

function sizeOf({ id, status, level, fields }: MappedOccurrence): number {
  let size = id.length + status.length + (level?.length ?? 0);
  for (const [name, value] of Object.entries(fields))
    size += name.length + (typeof value === 'string' ? value.length : 8);
  return size;
}
