import { systemState } from '@citywall/aggregate';
import { mergeOrigin, type Origin } from '@citywall/model';
import { type SystemRow, stateOf, type ViewMeta } from '@citywall/protocol';
import { countAlarms } from '../../alarms/alarm-list.js';
import type { Covered } from '../mirror/asset-table.js';
import type { EvaluatorOf, ViewContext } from './evaluator.js';

const EVERY_MS = 1_000;

/** Status of every connected system, in the order of the packs. Row key: system id. Worked out once a second. */
export const systemsView: EvaluatorOf<'systems'> = (_spec, context) => ({
  interval: EVERY_MS,
  evaluate(now) {
    const rows = context.systems().map((id) => [id, systemRow(id, context, now)] as const);
    const alarms = countAlarms(context.alarms.standing(context.systems()));
    const meta: ViewMeta = {
      p1: alarms.p1,
      p2: alarms.p2,
      p3: alarms.p3,
      p4: alarms.p4,
      unacknowledged: alarms.unacknowledged,
      fresh: rows.reduce((sum, [, row]) => sum + row.fresh, 0),
      total: rows.reduce((sum, [, row]) => sum + row.total, 0),
      origin: rows.reduce<Origin>((worst, [, row]) => mergeOrigin(worst, row.origin), 'live'),
    };
    return { state: stateOf(rows, meta), until: now + EVERY_MS };
  },
  close: () => {},
});

function systemRow(id: string, context: ViewContext, now: number): SystemRow {
  const mirror = context.mirror(id);
  const covered: Covered = { fresh: 0, total: 0, oldestAt: null, origin: 'live' };
  for (const table of mirror.allTables()) table.cover(covered, now);
  for (const { origin } of mirror.occurrences.all()) covered.origin = mergeOrigin(covered.origin, origin);
  const feeds = context.feeds(id, now);
  const name = mirror.pack?.name ?? { zh: id, en: id };
  return {
    id,
    name,
    short: mirror.pack?.short ?? name,
    order: mirror.pack?.order ?? 0,
    state: systemState({
      fresh: covered.fresh,
      total: covered.total,
      feedsLive: feeds.live,
      feedsTotal: feeds.total,
      ever: mirror.newestAt !== null || feeds.heardAt !== null,
    }),
    fresh: covered.fresh,
    total: covered.total,
    oldestAt: covered.oldestAt,
    newestAt: mirror.newestAt,
    feedsLive: feeds.live,
    feedsTotal: feeds.total,
    origin: covered.origin,
    ...alarmsOf(id, context),
  };
}

function alarmsOf(id: string, { alarms }: ViewContext): Partial<SystemRow> {
  if (!alarms.knows(id)) return {};
  const { p1, p2, p3, p4, unacknowledged } = countAlarms(alarms.standing([id]));
  // where nobody evaluates, none is no finding
  if (p1 + p2 + p3 + p4 === 0 && alarms.watchedSince(id) === null) return {};
  return { p1, p2, p3, p4, unacknowledged };
}
