import { addScores, type HeardAssets, noScores, type ScoreSums, scoresOf, wholeDue } from '@citywall/aggregate';
import type { Pack } from '@citywall/pack-schema';
import type { z } from 'zod';
import { type Catalogue, systemIds, systemsOf } from '../api/catalogue.js';
import { pageOf } from '../api/cursor.js';
import { iso } from '../api/schemas/common.js';
import type { ScorecardQuery, scorecard } from '../api/schemas/scorecards.js';
import { feedState } from '../api/systems.service.js';
import type { StateRepository } from '../state/index.js';
import { HOUR } from './score-book.js';
import type { ScorecardsRepository } from './scorecards.repository.js';
import { type FeedSeries, SeriesByFeed, type SilentAsset } from './silent-series.js';

/** Most silent assets a card names. */
export const SILENT_NAMED = 100;
/** A card holds for this, ms, and for ten times what it took. */
const CARD_FOR = 5_000;
const COST_FACTOR = 10;

type Card = z.input<typeof scorecard>;
type State = Pick<StateRepository, 'latestAll' | 'feedCounters'>;

/** How well the feeds keep their contracts, by system and feed. */
export class ScorecardsService {
  private readonly known = new Map<string, { pack: Pack; until: number; cards: Promise<Card[]> }>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly state: State,
    private readonly scores: Pick<ScorecardsRepository, 'sums'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** In the order of the packs: a system's total, then its feeds in their order. */
  async list(query: ScorecardQuery): Promise<{ items: Card[]; next: string | null }> {
    const wanted = new Set(systemIds(this.catalogue, query.system));
    const packs = systemsOf(this.catalogue).filter(({ id }) => wanted.has(id));
    const cards = await Promise.all(packs.map((pack) => this.cards(pack, query.hours)));
    const placed = cards.flat().map((item, index) => ({ key: String(index).padStart(6, '0'), item }));
    const page = pageOf('scorecards', placed, ({ key }) => key, query);
    return { items: page.items.map(({ item }) => item), next: page.next };
  }

  private cards(pack: Pack, hours: number): Promise<Card[]> {
    const key = `${pack.id} ${hours}`;
    const asked = this.now();
    const known = this.known.get(key);
    if (known && known.pack === pack && asked < known.until) return known.cards;
    const cards = this.workOut(pack, hours, asked);
    // Until it is there, everybody waits for the same one.
    const entry = { pack, until: Number.POSITIVE_INFINITY, cards };
    this.known.set(key, entry);
    cards.then(
      () => {
        entry.until = asked + Math.max(CARD_FOR, COST_FACTOR * (this.now() - asked));
        this.forget();
      },
      // A failure is told to those who asked now; the next one asks again.
      () => this.known.delete(key),
    );
    return cards;
  }

  private forget(): void {
    const now = this.now();
    for (const [key, { until }] of this.known) if (until <= now) this.known.delete(key);
  }

  private async workOut(pack: Pack, hours: number, now: number): Promise<Card[]> {
    const feeds = pack.feeds.filter((feed) => !feed.ignore);
    const hour = Math.floor(now / HOUR);
    const from = (hour - hours + 1) * HOUR;
    const series = new SeriesByFeed();
    const [sums, counters] = await Promise.all([
      // Last of all what no feed took: it is nobody's, and counts in the total.
      this.scores.sums(pack.id, [...feeds.map(({ id }) => id), ''], hour - hours + 1, hour),
      this.state.feedCounters(pack.id),
      this.state.latestAll(pack.id, (rows) => series.add(rows)),
    ]);
    const period = { from: iso(from), to: iso(now) };
    const told = feeds.map((feed) => series.of(pack, feed, from, now));
    const cards = feeds.map((feed, place) =>
      card(pack.id, feed.id, feedState(pack, feed, counters.get(feed.id), now), period, sums[place], told[place]),
    );
    const total = sums.reduce((all, one) => addScores(all, one), noScores());
    return [card(pack.id, null, null, period, total, together(told)), ...cards];
  }
}

function card(
  system: string,
  feed: string | null,
  state: ReturnType<typeof feedState> | null,
  period: Card['period'],
  sums: ScoreSums = noScores(),
  { assets, silent }: FeedSeries = { assets: null, silent: [] },
): Card {
  const { filled, over, messages, judged, valid, rejected, timed, timely, arrived, duplicates } = sums;
  return {
    system,
    feed,
    state,
    period,
    ...scoresOf(sums, assets),
    counts: {
      messages,
      due: wholeDue(sums),
      filled,
      over,
      judged,
      valid,
      rejected,
      timed,
      timely,
      arrived,
      duplicates,
      assets,
    },
    silent: {
      count: silent.length,
      assets: silent.slice(0, SILENT_NAMED).map(({ asset, lastAt, metrics }) => ({
        asset,
        lastAt: lastAt === null ? null : iso(lastAt),
        metrics,
      })),
    },
  };
}

/** All feeds of a system: an asset that two feeds no longer tell of is one silent asset, silent since the later one. */
function together(feeds: readonly FeedSeries[]): FeedSeries {
  const counted = feeds.flatMap(({ assets }) => assets ?? []);
  const sum = (of: keyof HeardAssets) => counted.reduce((total, each) => total + each[of], 0);
  const assets = counted.length > 0 ? { expected: sum('expected'), heard: sum('heard') } : null;
  const silent = new Map<string, SilentAsset>();
  for (const feed of feeds) {
    for (const one of feed.silent) {
      const other = silent.get(one.asset);
      silent.set(one.asset, {
        asset: one.asset,
        lastAt: Math.max(one.lastAt ?? 0, other?.lastAt ?? 0) || null,
        metrics: [...new Set([...(other?.metrics ?? []), ...one.metrics])].sort(),
      });
    }
  }
  return { assets, silent: [...silent.values()].sort((a, b) => (a.lastAt ?? 0) - (b.lastAt ?? 0)) };
}
