import { type HeardAssets, quietState } from '@citywall/aggregate';
import type { FeedSpec } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { type FeedFacts, feedFacts } from '../readings/feed-facts.js';
import type { Row } from '../state/index.js';

/** Where nothing of a type is declared, what a feed brought within this is expected of it (design §6), ms. */
const SEEN_WITHIN = 24 * 3_600_000;

/** An asset of which a feed no longer tells, or not all it should. */
export interface SilentAsset {
  /** `system/type/key` */
  asset: string;
  /** when the feed last brought anything of it, Unix ms; null: never */
  lastAt: number | null;
  /** metrics that stopped; empty where none ever came */
  metrics: string[];
}

/** What is known of a feed's series. */
export interface FeedSeries {
  /** null: the feed brings no readings, or only messages tell of which assets */
  assets: HeardAssets | null;
  /** the longest silent first */
  silent: SilentAsset[];
}

/** An asset as one feed tells of it. */
interface Told {
  lastAt: number;
  /** metric → Unix ms of the newest reading */
  metrics: Map<string, number>;
}

/** Newest readings of a system, sorted by the feed that brought them. */
export class SeriesByFeed {
  /** feed → type/key → … */
  private readonly feeds = new Map<string, Map<string, Told>>();
  /** type/key → metric → feed that brought its newest value */
  private readonly owners = new Map<string, Map<string, string>>();

  add(rows: readonly Row[]): void {
    for (const [typeKey, metric, , , receivedAt, , , , feed] of rows) {
      const assets = getOr(this.feeds, feed, () => new Map<string, Told>());
      const told = getOr(assets, typeKey, () => ({ lastAt: 0, metrics: new Map<string, number>() }));
      told.lastAt = Math.max(told.lastAt, receivedAt);
      told.metrics.set(metric, receivedAt);
      getOr(this.owners, typeKey, () => new Map<string, string>()).set(metric, feed);
    }
  }

  /**
   * Which assets the feed was to tell of and did, and whose series are silent now.
   * @param from Unix ms: an asset that was heard after it counts as heard
   */
  of(pack: Pack, feed: FeedSpec, from: number, now: number): FeedSeries {
    const facts = feedFacts(pack).get(feed.id);
    const brings = promised(feed);
    const told = this.feeds.get(feed.id) ?? new Map<string, Told>();
    if (!facts || (brings.types.size === 0 && told.size === 0)) return { assets: null, silent: [] };
    const expected = this.expected(pack, facts, brings, told, now);
    const staleAfter = new Map(pack.metrics.map((metric) => [`${metric.type}/${metric.name}`, metric.staleAfter]));
    const quiet = facts.quiet && quietState(facts.quiet, facts.zone, now);
    const silent: SilentAsset[] = [];
    let heard = 0;
    for (const typeKey of expected) {
      const asset = `${pack.id}/${typeKey}`;
      const known = told.get(typeKey);
      if (!known) {
        silent.push({ asset, lastAt: null, metrics: [] });
        continue;
      }
      const metrics = watched(pack, typeKey, known);
      // Silence is normal in a quiet hour, and counts from its end.
      const stopped = metrics.filter((metric) => {
        const allowed = staleAfter.get(`${typeOf(typeKey)}/${metric}`);
        const since = Math.max(known.metrics.get(metric) ?? 0, quiet?.endedAt ?? 0);
        return allowed !== undefined && !quiet?.now && now - since > allowed;
      });
      if (stopped.length > 0) silent.push({ asset, lastAt: known.lastAt, metrics: stopped.sort() });
      if (known.lastAt >= from || stopped.length < metrics.length) heard++;
    }
    silent.sort((a, b) => (a.lastAt ?? 0) - (b.lastAt ?? 0) || (a.asset < b.asset ? -1 : 1));
    return { assets: { expected: expected.size, heard }, silent };
  }

  private expected(
    pack: Pack,
    { contract, feed }: FeedFacts,
    brings: Promised,
    told: ReadonlyMap<string, Told>,
    now: number,
  ): Set<string> {
    const expected = new Set<string>();
    const declaredTypes = new Set<string>();
    for (const { type, key, inService } of pack.assets) {
      declaredTypes.add(type);
      const typeKey = `${type}/${key}`;
      if (!inService) continue;
      if (told.has(typeKey)) expected.add(typeKey);
      else if (
        brings.types.has(type) &&
        (contract.idScheme?.test(key) ?? true) &&
        !this.others(typeKey, feed, brings)
      ) {
        expected.add(typeKey);
      }
    }
    for (const [typeKey, { lastAt }] of told) {
      if (!declaredTypes.has(typeOf(typeKey)) && now - lastAt <= SEEN_WITHIN) expected.add(typeKey);
    }
    return expected;
  }

  /** Another feed brings what this one would bring of the asset: two vendors share the type. */
  private others(typeKey: string, feed: string, { metrics }: Promised): boolean {
    for (const [metric, owner] of this.owners.get(typeKey) ?? []) {
      if (owner !== feed && (metrics === null || metrics.has(metric))) return true;
    }
    return false;
  }
}

/** Metrics whose silence matters: those a healthy asset keeps fresh, where its type says so; else all that came. */
function watched(pack: Pack, typeKey: string, { metrics }: Told): string[] {
  const healthy = pack.assetTypes[typeOf(typeKey)]?.expected.filter((metric) => metrics.has(metric)) ?? [];
  return healthy.length > 0 ? healthy : [...metrics.keys()];
}

/** What a feed says it brings, as far as it can be told without a message. */
interface Promised {
  types: Set<string>;
  /** null: only messages tell */
  metrics: Set<string> | null;
}

function promised({ asset, readings }: FeedSpec): Promised {
  const types = new Set<string>();
  if (readings === undefined) return { types, metrics: null };
  const list = Array.isArray(readings)
    ? readings
    : Object.keys(readings).map((metric) => ({ metric, asset: undefined }));
  let metrics: Set<string> | null = new Set();
  for (const each of list) {
    const type = typeOf(each.asset ?? asset ?? '');
    if (type !== '' && !type.includes('{')) types.add(type);
    if (each.metric.includes('{')) metrics = null;
    else metrics?.add(each.metric);
  }
  return { types, metrics };
}

function typeOf(typeKey: string): string {
  return typeKey.slice(0, Math.max(0, typeKey.indexOf('/')));
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
