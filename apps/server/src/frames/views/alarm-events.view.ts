import { type AlarmEventKind, mergeOrigin, type Origin } from '@citywall/model';
import { type AlarmEventRow, stateOf } from '@citywall/protocol';
import { isShown, type KeptHappening } from '../../alarms/alarm-list.js';
import { watchOf } from './alarm-watch.js';
import type { EvaluatorOf } from './evaluator.js';

const DAY_MS = 86_400_000;
/** What is news though the alarm is not shown for it. */
const OF_ASIDE: readonly AlarmEventKind[] = ['suppressed', 'shelved', 'disabled', 'commented'];
const TOLD: readonly AlarmEventKind[] = ['raised', 'cleared', 'acknowledged', 'ended'];

/** What happened to alarms of late, newest first. Row key: system and place in its journal. */
export const alarmEventsView: EvaluatorOf<'alarm-events'> = (spec, context, dirty) => {
  const rows = new WeakMap<KeptHappening, AlarmEventRow>();
  const kinds = spec.events ?? TOLD;
  const window = Math.min(spec.window, DAY_MS);
  return {
    interval: 500,
    evaluate(now) {
      const systems = spec.systems ?? context.systems();
      const found = [...context.alarms.happenings(systems)].filter(
        ({ kind, at, alarm }) =>
          at > now - window &&
          kinds.includes(kind) &&
          (spec.priorities === undefined || spec.priorities.includes(alarm.priority)) &&
          // what nobody was told of when it was raised is no news when it ends
          (isShown(alarm) || OF_ASIDE.includes(kind)),
      );
      found.sort((a, b) => b.at - a.at || (a.entry < b.entry ? 1 : -1));
      const shown = found.slice(0, spec.limit).map((happening): [string, AlarmEventRow] => {
        const row = rows.get(happening) ?? rowOf(happening);
        rows.set(happening, row);
        return [`${happening.alarm.system} ${happening.entry}`, row];
      });
      const oldest = found.at(-1)?.at;
      return {
        state: stateOf(shown, {
          count: found.length,
          origin: shown.reduce<Origin>((worst, [, row]) => mergeOrigin(worst, row.origin), 'live'),
          ...watchOf(context.alarms, systems),
        }),
        until: oldest === undefined ? Number.POSITIVE_INFINITY : oldest + window,
      };
    },
    close: context.alarms.watch(dirty),
  };
};

function rowOf({ kind, at, alarm }: KeptHappening): AlarmEventRow {
  return {
    event: kind,
    at,
    id: alarm.id,
    system: alarm.system,
    rule: alarm.rule,
    ...(alarm.asset === null ? {} : { asset: alarm.asset }),
    ...(alarm.name === null ? {} : { name: alarm.name }),
    priority: alarm.priority,
    text: alarm.text,
    ...(alarm.town === null ? {} : { town: alarm.town }),
    origin: alarm.origin,
  };
}
