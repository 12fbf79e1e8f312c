import { feedLive, isStale, parseQuiet, quietState, systemState } from '@citywall/aggregate';
import { QUALITIES, type SystemStatus } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { FeedCounters, Row, SeenAsset, StateRepository } from '../state/index.js';
import { type Catalogue, systemsOf } from './catalogue.js';

/** A status holds for this, ms: many callers cost as much as one. */
const STATUS_FOR = 1_000;
/** … and for so many times what it took, so that a huge system never costs more than a tenth of the time. */
const COST_FACTOR = 10;
/** Where nothing of a type is declared, what was seen within this counts as expected (design §6), ms. */
const SEEN_WITHIN = 24 * 3_600_000;

type State = Pick<StateRepository, 'latestAll' | 'assets' | 'feedCounters'>;

/** Status of every connected system, worked out from state. */
export class SystemsService {
  private readonly known = new Map<string, { until: number; status: Promise<SystemStatus> }>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly state: State,
    private readonly now: () => number = Date.now,
  ) {}

  /** In the order of the packs. @throws what state throws when Redis is gone */
  all(): Promise<SystemStatus[]> {
    return Promise.all(systemsOf(this.catalogue).map((pack) => this.status(pack)));
  }

  private status(pack: Pack): Promise<SystemStatus> {
    const asked = this.now();
    const known = this.known.get(pack.id);
    if (known && asked < known.until) return known.status;
    const status = this.workOut(pack, asked);
    // Until it is there, everybody waits for the same one.
    const entry = { until: Number.POSITIVE_INFINITY, status };
    this.known.set(pack.id, entry);
    status.then(
      () => {
        entry.until = asked + Math.max(STATUS_FOR, COST_FACTOR * (this.now() - asked));
      },
      // A failure is told to those who asked now; the next one asks again.
      () => this.known.delete(pack.id),
    );
    return status;
  }

  private async workOut(pack: Pack, now: number): Promise<SystemStatus> {
    const fresh = new Set<string>();
    const collect = freshAssets(pack, now, fresh);
    const [seen, counters] = await Promise.all([
      this.state.assets(pack.id),
      this.state.feedCounters(pack.id),
      this.state.latestAll(pack.id, collect),
    ]);
    return statusOf(pack, seen, fresh, counters, now);
  }
}

/** Collects `type/key` of assets with at least one fresh value that is not bad. */
export function freshAssets(pack: Pack, now: number, fresh: Set<string>): (rows: Row[]) => void {
  const staleAfter = new Map(pack.metrics.map((metric) => [`${metric.type}/${metric.name}`, metric.staleAfter]));
  const bad = QUALITIES.indexOf('bad');
  return (rows) => {
    for (const [typeKey, metric, , at, , quality] of rows) {
      if (quality === bad || fresh.has(typeKey)) continue;
      const type = typeKey.slice(0, typeKey.indexOf('/'));
      if (!isStale(at, staleAfter.get(`${type}/${metric}`), now)) fresh.add(typeKey);
    }
  };
}

/** `type/key` of the assets that somebody expects: declared and in service; of a type without any, those seen in 24 h. */
export function expectedAssets(pack: Pack, seen: readonly SeenAsset[], now: number): Set<string> {
  const expected = new Set<string>();
  const declaredTypes = new Set<string>();
  for (const asset of pack.assets) {
    declaredTypes.add(asset.type);
    if (asset.inService) expected.add(`${asset.type}/${asset.key}`);
  }
  for (const { id, lastSeen } of seen) {
    const typeKey = id.slice(id.indexOf('/') + 1);
    const type = typeKey.slice(0, typeKey.indexOf('/'));
    if (!declaredTypes.has(type) && now - lastSeen <= SEEN_WITHIN) expected.add(typeKey);
  }
  return expected;
}

export function statusOf(
  pack: Pack,
  seen: readonly SeenAsset[],
  fresh: ReadonlySet<string>,
  counters: ReadonlyMap<string, FeedCounters>,
  now: number,
): SystemStatus {
  const expected = expectedAssets(pack, seen, now);
  let covered = 0;
  for (const typeKey of expected) if (fresh.has(typeKey)) covered++;
  const feeds = pack.feeds.filter((feed) => !feed.ignore);
  const live = feeds.filter((feed) => isFeedLive(pack, feed, counters.get(feed.id), now)).length;
  const ever = seen.length > 0 || [...counters.values()].some((counter) => counter.messages > 0);
  return {
    id: pack.id,
    name: pack.name,
    state: systemState({ fresh: covered, total: expected.size, feedsLive: live, feedsTotal: feeds.length, ever }),
    coverage: { fresh: covered, total: expected.size },
    feeds: { live, total: feeds.length },
    alarms: null,
  };
}

/** Whether a feed brought a message within three times what it promises; in its quiet hours it need not. */
export function isFeedLive(
  pack: Pack,
  feed: Pack['feeds'][number],
  counters: FeedCounters | undefined,
  now: number,
): boolean {
  const expect = typeof feed.expect === 'number' ? feed.expect : undefined;
  const quiet = parseQuiet(feed.quiet);
  const lastAt = counters && counters.lastAt > 0 ? counters.lastAt : null;
  return feedLive(lastAt, expect, now, quiet && quietState(quiet, pack.zone, now));
}

/** How a feed is now: in quiet hours silence is `quiet`, however long it lasts. */
export function feedState(
  pack: Pack,
  feed: Pack['feeds'][number],
  counters: FeedCounters | undefined,
  now: number,
): 'live' | 'silent' | 'quiet' | 'waiting' {
  if (!counters || counters.lastAt === 0) return 'waiting';
  if (!isFeedLive(pack, feed, counters, now)) return 'silent';
  const expect = typeof feed.expect === 'number' ? feed.expect : undefined;
  return feedLive(counters.lastAt, expect, now) || !parseQuiet(feed.quiet) ? 'live' : 'quiet';
}
