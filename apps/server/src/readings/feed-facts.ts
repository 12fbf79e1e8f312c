import { parseQuiet, type QuietHours, type RatePromise } from '@citywall/aggregate';
import { safeRegex } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';

/** What a feed promises, as it is held against what comes. */
export interface Contract {
  rate: RatePromise | null;
  /** longest normal time between measuring and receiving, ms; null: nothing is promised */
  maxAge: number | null;
  /** what asset keys look like; null: anything goes */
  idScheme: RegExp | null;
}

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
  quiet: QuietHours | null;
  zone: string;
  contract: Contract;
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
          expect: ms(feed.expect),
          quiet: parseQuiet(feed.quiet),
          zone: pack.zone,
          contract: contractOf(feed),
        },
      ]),
    );
    known.set(pack, facts);
  }
  return facts;
}

const ms = (duration: unknown): number | null => (typeof duration === 'number' ? duration : null);

/** A feed that promises no rate promises what `expect` says: one message in every such span. */
function contractOf({ expect, contract }: Pack['feeds'][number]): Contract {
  const { rate, maxAge, idScheme } = contract ?? {};
  const per = ms(rate?.per);
  const promised = ms(expect);
  return {
    rate:
      per !== null
        ? { per, min: rate?.min ?? null, max: rate?.max ?? null }
        : promised !== null && promised > 0
          ? { per: promised, min: 1, max: null }
          : null,
    maxAge: ms(maxAge),
    idScheme: idScheme === undefined ? null : safeRegex(`^(?:${idScheme})$`),
  };
}
