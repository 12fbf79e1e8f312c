import { caseload, sinceOf, startOfDay } from '@citywall/aggregate';
import { mergeOrigin, type Occurrence, type Origin } from '@citywall/model';
import { type CaseloadRow, stateOf } from '@citywall/protocol';
import { closeAll, type EvaluatorOf, FEEDS_LOOK_MS, feedsMeta, loadMeta, type ViewContext } from './evaluator.js';

const DAY_MS = 86_400_000;

/** What came in, lies there and went out, by type of occurrence. Row key: `system/type`, in the order asked for. */
export const caseloadView: EvaluatorOf<'caseload'> = (spec, context, dirty) => {
  const types = spec.types.map((key) => {
    const slash = key.indexOf('/');
    return { key, system: key.slice(0, slash), type: key.slice(slash + 1) };
  });
  const systems = [...new Set(types.map(({ system }) => system))];
  return {
    interval: 500,
    evaluate(now) {
      const from = sinceOf(spec.since, now);
      const rows = types.map(({ key, system, type }) => [key, rowOf(system, type, from, now, context)] as const);
      const connected = rows.filter(([, row]) => row.state !== 'unconnected');
      const missing = systems
        .map((system) => loadMeta(context.mirror(system)))
        .find(({ error }) => error !== undefined);
      const midnight = spec.since === 'today' ? startOfDay(now) + DAY_MS : Number.POSITIVE_INFINITY;
      return {
        state: stateOf(rows, {
          count: rows.reduce((sum, [, row]) => sum + row.opened, 0),
          origin: connected.reduce<Origin>((worst, [, row]) => mergeOrigin(worst, row.origin), 'live'),
          ...feedsOfAll(connected.map(([, row]) => row)),
          ...missing,
        }),
        until: Math.min(midnight, now + FEEDS_LOOK_MS),
      };
    },
    close: closeAll(systems.map((system) => context.mirror(system).occurrences.watch(dirty))),
  };
};

function rowOf(system: string, type: string, from: number, now: number, context: ViewContext): CaseloadRow {
  const mirror = context.mirror(system);
  if (mirror.pack === null) {
    return { system, type, state: 'unconnected', opened: 0, open: 0, closed: 0, origin: 'live' };
  }
  const load = caseload(ofType(mirror.occurrences.all(), type), (one) => mirror.isClosed(one), from);
  const { feedsTotal, feedsLive = 0, heardAt } = feedsMeta(context, [system], [type], now);
  return {
    system,
    type,
    state: stateOfFeeds(feedsTotal, feedsLive, heardAt ?? null, load.opened + load.open + load.closed > 0),
    opened: load.opened,
    open: load.open,
    closed: load.closed,
    ...(mirror.occurrences.isCutSince(from) ? { capped: true } : {}),
    ...(heardAt === undefined ? {} : { heardAt }),
    origin: load.origin,
  };
}

function* ofType(occurrences: Iterable<Occurrence>, type: string): Iterable<Occurrence> {
  for (const occurrence of occurrences) if (occurrence.type === type) yield occurrence;
}

/** That nothing came is news only while a feed lives that would bring it. */
function stateOfFeeds(
  total: number | undefined,
  live: number,
  heardAt: number | null,
  any: boolean,
): CaseloadRow['state'] {
  if (total === undefined) return any ? 'live' : 'waiting';
  if (live > 0) return live < total ? 'partial' : 'live';
  return heardAt !== null || any ? 'silent' : 'waiting';
}

/** Kinds of occurrences in place of feeds: how many of them are told of now. */
function feedsOfAll(rows: readonly CaseloadRow[]): {
  feedsTotal?: number;
  feedsLive?: number;
  heardAt?: number | null;
} {
  if (rows.length === 0) return { feedsTotal: 1, feedsLive: 0, heardAt: null };
  const feedsLive = rows.filter(({ state }) => state === 'live' || state === 'partial').length;
  if (feedsLive > 0) return { feedsTotal: rows.length, feedsLive };
  const heard = rows.flatMap(({ heardAt }) => (heardAt == null ? [] : [heardAt]));
  return { feedsTotal: rows.length, feedsLive, heardAt: heard.length > 0 ? Math.max(...heard) : null };
}
