import { type AlarmCounts, mergeOrigin, type Origin, type StandingAlarm } from '@citywall/model';
import { type AlarmCountRow, type AlarmRow, type AlarmsViewSpec, stateOf } from '@citywall/protocol';
import { addAlarm, byUrgency, countAlarms, isShown } from '../../alarms/alarm-list.js';
import { watchOf } from './alarm-watch.js';
import type { EvaluatorOf } from './evaluator.js';

/** Standing alarms of some systems, the most urgent first. Row key: id of the alarm; with `by` the system or town. */
export const alarmsView: EvaluatorOf<'alarms'> = (spec, context, dirty) => {
  const rows = new WeakMap<StandingAlarm, AlarmRow>();
  return {
    interval: 250,
    evaluate() {
      const systems = spec.systems ?? context.systems();
      const found = [...context.alarms.standing(systems)].filter(
        ({ priority }) => spec.priorities === undefined || spec.priorities.includes(priority),
      );
      const counts = countAlarms(found);
      const shown = found.filter(isShown);
      const meta = {
        count: spec.by === undefined ? shown.length : 0,
        ...counts,
        origin: shown.reduce<Origin>((worst, { origin }) => mergeOrigin(worst, origin), 'live'),
        ...(context.alarms.flood === null ? {} : { flood: context.alarms.flood }),
        ...watchOf(context.alarms, systems),
      };
      if (spec.by !== undefined) {
        const groups = grouped(found, spec.by, spec.limit);
        return { state: stateOf(groups.shown, { ...meta, count: groups.count }), until: Number.POSITIVE_INFINITY };
      }
      const listed = shown
        .sort(byUrgency)
        .slice(0, spec.limit)
        .map((alarm): [string, AlarmRow] => {
          const row = rows.get(alarm) ?? rowOf(alarm);
          rows.set(alarm, row);
          return [alarm.id, row];
        });
      return { state: stateOf(listed, meta), until: Number.POSITIVE_INFINITY };
    },
    close: context.alarms.watch(dirty),
  };
};

function grouped(
  alarms: readonly StandingAlarm[],
  by: NonNullable<AlarmsViewSpec['by']>,
  limit: number,
): { shown: [string, AlarmCountRow][]; count: number } {
  const groups = new Map<string, AlarmCounts & { origin: Origin }>();
  for (const alarm of alarms) {
    const key = (by === 'system' ? alarm.system : alarm.town) ?? '';
    const group = groups.get(key) ?? { ...countAlarms([]), origin: 'live' };
    groups.set(key, group);
    addAlarm(group, alarm);
    group.origin = mergeOrigin(group.origin, alarm.origin);
  }
  const order = [...groups].sort(
    ([nameA, a], [nameB, b]) => b.p1 - a.p1 || b.p2 - a.p2 || b.p3 - a.p3 || b.p4 - a.p4 || (nameA < nameB ? -1 : 1),
  );
  return { shown: order.slice(0, limit), count: order.length };
}

function rowOf(alarm: StandingAlarm): AlarmRow {
  const { asset, occurrence, name, clearedAt, acknowledged, unit, guidance, town, place } = alarm;
  return {
    id: alarm.id,
    system: alarm.system,
    rule: alarm.rule,
    ...(asset === null ? {} : { asset }),
    ...(occurrence === null ? {} : { occurrence }),
    ...(name === null ? {} : { name }),
    priority: alarm.priority,
    state: alarm.state,
    unknown: alarm.unknown,
    raisedAt: alarm.raisedAt,
    changedAt: alarm.changedAt,
    ...(clearedAt === null ? {} : { clearedAt }),
    ...(acknowledged === null ? {} : { acknowledgedAt: acknowledged.at }),
    value: alarm.value,
    ...(unit === null ? {} : { unit }),
    text: alarm.text,
    ...(guidance === null ? {} : { guidance }),
    ...(town === null ? {} : { town }),
    group: alarm.group,
    ...(place === null ? {} : { place: [place.lon, place.lat] }),
    origin: alarm.origin,
  };
}
