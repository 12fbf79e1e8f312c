import type { Pack } from '@citywall/pack-schema';

/** What the stages after mapping want to know of a feed. Durations are ms. */
export interface FeedFacts {
  system: string;
  feed: string;
  broker: string;
  priority: 'normal' | 'high';
  journal: boolean;
  /** readings of assets the pack does not declare are rejected */
  declaredOnly: boolean;
  maxAssets: number;
  ignoreRetained: boolean;
  /** longest normal time between messages; null: nobody says */
  expect: number | null;
  /** minutes of the day, local, in which silence is normal; may go over midnight */
  quiet: { from: number; to: number } | null;
  zone: string;
}

export const DEFAULT_MAX_ASSETS = 100_000;

const known = new WeakMap<Pack, ReadonlyMap<string, FeedFacts>>();

/** Facts of a pack's feeds by id. A pack is never changed, only replaced: computed once. */
export function feedFacts(pack: Pack): ReadonlyMap<string, FeedFacts> {
  let facts = known.get(pack);
  if (!facts) {
    facts = new Map(
      pack.feeds.map((feed) => [
        feed.id,
        {
          system: pack.id,
          feed: feed.id,
          broker: feed.broker ?? 'default',
          priority: feed.priority ?? 'normal',
          journal: feed.journal ?? true,
          declaredOnly: feed.assets === 'declared',
          maxAssets: feed.maxAssets ?? DEFAULT_MAX_ASSETS,
          ignoreRetained: feed.retained === 'ignore',
          expect: typeof feed.expect === 'number' ? feed.expect : null,
          quiet: quietHours(feed.quiet),
          zone: pack.zone,
        },
      ]),
    );
    known.set(pack, facts);
  }
  return facts;
}

function quietHours(text: string | undefined): FeedFacts['quiet'] {
  const parts = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text ?? '');
  if (!parts) return null;
  return { from: Number(parts[1]) * 60 + Number(parts[2]), to: Number(parts[3]) * 60 + Number(parts[4]) };
}
