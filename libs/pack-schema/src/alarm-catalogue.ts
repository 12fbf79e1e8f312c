import { parseQuiet, quietState } from '@citywall/aggregate';
import type { AlarmCatalogue } from '@citywall/alarms';
import type { Pack } from './pack.js';
import { upstreamOf } from './topology.js';

const DAY_MS = 86_400_000;

/** What of a pack its alarms go by. */
export type AlarmPack = Pick<
  Pack,
  'id' | 'zone' | 'feeds' | 'alarms' | 'metrics' | 'assets' | 'assetTypes' | 'occurrenceTypes'
>;

/** What alarm rules need to know of a pack. */
export function alarmCatalogue(pack: Omit<AlarmPack, 'alarms'>): AlarmCatalogue {
  const { metrics, assets, occurrenceTypes } = pack;
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const staleAfter = new Map(metrics.map((metric) => [`${metric.type}/${metric.name}`, metric.staleAfter]));
  const references = new Map<string, readonly string[]>();
  const referring = (type: string, attribute: string, asset: string): readonly string[] => {
    const key = `${type} ${attribute} ${asset}`;
    let found = references.get(key);
    if (found === undefined) {
      const named = asset.slice(asset.indexOf('/') + 1);
      found = assets.filter((one) => one.type === type && one.attributes[attribute] === named).map(({ id }) => id);
      references.set(key, found);
    }
    return found;
  };
  const signs = new Set(expectedOf(pack).map(({ metric }) => metric));
  const quiet = new Map(
    pack.feeds.flatMap((feed) => {
      const hours = parseQuiet(feed.quiet);
      return hours === null ? [] : [[feed.id, hours] as const];
    }),
  );
  let awaited: ReadonlyMap<string, number> | undefined;
  return {
    asset: (id) => byId.get(id),
    referring,
    upstream: upstreamOf(pack),
    staleAfter: (metric) => staleAfter.get(metric),
    awaited: () => {
      awaited ??= awaitedAssets(pack);
      return awaited;
    },
    isSign: (metric) => signs.has(metric),
    quietUntil: (feed, at) => {
      const hours = quiet.get(feed);
      if (hours === undefined) return at;
      const { now, endedAt } = quietState(hours, pack.zone, at);
      return now ? endedAt + DAY_MS : at;
    },
    closed: (type, status) =>
      Object.hasOwn(occurrenceTypes, type) && occurrenceTypes[type]?.closed?.includes(status) === true,
  };
}

/**
 * Declared assets in service that should speak, by id, with the ms after which they are silent: as often as that of their
 * type's expected metrics that grows stale first.
 */
export function awaitedAssets(pack: Pick<Pack, 'metrics' | 'assets' | 'assetTypes'>): ReadonlyMap<string, number> {
  const byType = new Map<string, number>();
  for (const { type, staleAfter } of expectedOf(pack))
    byType.set(type, Math.min(staleAfter, byType.get(type) ?? Number.POSITIVE_INFINITY));
  return new Map(
    pack.assets.flatMap(({ id, type, inService }) => {
      const stale = byType.get(type);
      return stale === undefined || !inService ? [] : [[id, stale] as const];
    }),
  );
}

/** Metrics by which assets show that they live: those that are expected and grow stale. */
function expectedOf({ metrics, assetTypes }: Pick<Pack, 'metrics' | 'assetTypes'>) {
  return metrics.flatMap(({ type, name, staleAfter }) => {
    const expected = Object.hasOwn(assetTypes, type) ? assetTypes[type]?.expected : undefined;
    return staleAfter !== undefined && expected?.includes(name) === true
      ? [{ type, metric: `${type}/${name}`, staleAfter }]
      : [];
  });
}
