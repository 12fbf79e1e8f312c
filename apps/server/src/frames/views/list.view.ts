import { mergeOrigin, type Occurrence, type Origin } from '@citywall/model';
import { type OccurrenceRow, stateOf } from '@citywall/protocol';
import type { SystemMirror } from '../mirror/system-mirror.js';
import { closeAll, type EvaluatorOf, FEEDS_LOOK_MS, feedsMeta, loadMeta } from './evaluator.js';

/** Newest occurrences of some systems, newest stage first. Row key: `system/id`. `count` in meta is their number before the limit. */
export const listView: EvaluatorOf<'list'> = (spec, context, dirty) => {
  const mirrors = spec.systems.map((system) => context.mirror(system));
  const rows = new WeakMap<Occurrence, OccurrenceRow>();

  const wanted = (occurrence: Occurrence) =>
    (spec.types === undefined || spec.types.includes(occurrence.type)) &&
    (spec.status === undefined || spec.status.includes(occurrence.status));

  return {
    interval: 500,
    evaluate(now) {
      const found: [Occurrence, SystemMirror][] = [];
      for (const mirror of mirrors) {
        for (const occurrence of mirror.occurrences.all()) if (wanted(occurrence)) found.push([occurrence, mirror]);
      }
      found.sort(([a], [b]) => b.at - a.at || b.receivedAt - a.receivedAt || (a.id < b.id ? -1 : 1));
      const shown = found.slice(0, spec.limit).map(([occurrence, mirror]): [string, OccurrenceRow] => {
        const row = rows.get(occurrence) ?? rowOf(occurrence, mirror);
        rows.set(occurrence, row);
        return [`${occurrence.system}/${occurrence.id}`, row];
      });
      const capped = mirrors.some(({ occurrences }) => occurrences.isCutSince(Number.NEGATIVE_INFINITY));
      const missing = mirrors.map(loadMeta).find(({ error }) => error !== undefined);
      return {
        state: stateOf(shown, {
          count: found.length,
          origin: shown.reduce<Origin>((worst, [, row]) => mergeOrigin(worst, row.origin), 'live'),
          ...(capped ? { capped } : {}),
          ...feedsMeta(context, spec.systems, spec.types, now),
          ...missing,
        }),
        until: now + FEEDS_LOOK_MS,
      };
    },
    close: closeAll(mirrors.map(({ occurrences }) => occurrences.watch(dirty))),
  };
};

function rowOf(occurrence: Occurrence, mirror: SystemMirror): OccurrenceRow {
  const { place, asset, level } = occurrence;
  const name = asset === undefined ? undefined : mirror.asset(asset)?.name;
  return {
    id: occurrence.id,
    system: occurrence.system,
    type: occurrence.type,
    at: occurrence.at,
    receivedAt: occurrence.receivedAt,
    status: occurrence.status,
    ...(level === undefined ? {} : { level }),
    ...(asset === undefined ? {} : { asset }),
    ...(name === undefined ? {} : { name }),
    fields: occurrence.fields,
    ...(place === undefined ? {} : { place: [place.lon, place.lat] }),
    origin: occurrence.origin,
  };
}
