import {
  type AlarmHappening,
  type AlarmPriority,
  isPrivate,
  mergeOrigin,
  type NoticeReason,
  type Occurrence,
  type Origin,
  type Words,
} from '@citywall/model';
import { type NotableRow, type NotableViewSpec, stateOf } from '@citywall/protocol';
import { isShown } from '../../alarms/alarm-list.js';
import type { SystemMirror } from '../mirror/system-mirror.js';
import { closeAll, type EvaluatorOf, FEEDS_LOOK_MS, type ViewContext } from './evaluator.js';

const DAY_MS = 86_400_000;
/** Priorities from this on are told by rule, not one by one. */
const LESSER = 3;
/** Conditions of CityWall that are about the county's data; the others are the operator's own. */
const ABOUT_DATA = new Set<NoticeReason>(['feed-silent', 'broker-gone']);

type Found = [key: string, row: NotableRow];

/** Alarms, occurrences and silences in one list, newest change first, one row a thing. */
export const notableView: EvaluatorOf<'notable'> = (spec, context, dirty) => {
  const window = Math.min(spec.window, DAY_MS);
  const kinds = (spec.occurrences ?? []).map(({ type, levels }) => {
    const slash = type.indexOf('/');
    return { mirror: context.mirror(type.slice(0, slash)), type: type.slice(slash + 1), levels };
  });
  const mirrors = [...new Set(kinds.map(({ mirror }) => mirror))];
  return {
    interval: 1_000,
    evaluate(now) {
      const alarms = alarmRows(spec.alarms ?? [], context);
      // a published warning that raised an alarm is one thing: the occurrence tells it, with the alarm's shape
      const born = new Map(
        alarms.flatMap(({ alarm, row }) =>
          alarm.occurrence === null ? [] : [[`${alarm.system}/${alarm.occurrence}`, row]],
        ),
      );
      const told = kinds.flatMap(({ mirror, type, levels }) => occurrenceRows(mirror, type, levels, spec, born));
      const shownAs = new Set(told.map(([key]) => key));
      const rows: Found[] = [
        ...collapsed(alarms).flatMap(({ key, row, alarm }): Found[] =>
          alarm.occurrence !== null && shownAs.has(`occurrence:${alarm.system}/${alarm.occurrence}`)
            ? []
            : [[key, row]],
        ),
        ...told,
        ...(spec.notices ? noticeRows(context) : []),
      ].filter(([, { at, until }]) => at > now - window || until === null);
      rows.sort(([keyA, a], [keyB, b]) => b.at - a.at || (keyA < keyB ? -1 : 1));
      const shown = rows.slice(0, spec.limit);
      return {
        state: stateOf(shown, {
          count: rows.length,
          origin: shown.reduce<Origin>((worst, [, row]) => mergeOrigin(worst, row.origin), 'live'),
        }),
        until: now + FEEDS_LOOK_MS,
      };
    },
    close: closeAll([
      context.alarms.watch(dirty),
      context.notices.watch(dirty),
      ...mirrors.map(({ occurrences }) => occurrences.watch(dirty)),
    ]),
  };
};

/** An alarm in any state it was told in. */
type ToldAlarm = AlarmHappening['alarm'];

/** Every alarm once, as it was told last: the standing ones, and those that are over. */
function alarmRows(
  priorities: readonly AlarmPriority[],
  context: ViewContext,
): { key: string; alarm: ToldAlarm; row: NotableRow }[] {
  if (priorities.length === 0) return [];
  const systems = context.systems();
  const newest = new Map<string, { at: number; alarm: ToldAlarm }>();
  for (const { kind, at, alarm } of context.alarms.happenings(systems)) {
    if (kind !== 'raised' && kind !== 'cleared' && kind !== 'ended') continue;
    const known = newest.get(alarm.id);
    if (known === undefined || at >= known.at) newest.set(alarm.id, { at, alarm });
  }
  for (const alarm of context.alarms.standing(systems)) {
    // acknowledging is no news, but what it says of the alarm is newer than its last happening
    newest.set(alarm.id, { at: alarm.clearedAt ?? alarm.raisedAt, alarm });
  }
  const standing = new Map([...context.alarms.standing(systems)].map(({ id, state }) => [id, state]));
  return [...newest.values()]
    .filter(({ alarm }) => priorities.includes(alarm.priority) && isShown(alarm))
    .map(({ at, alarm }) => {
      const state = standing.get(alarm.id);
      const until = alarm.clearedAt ?? (state === undefined ? at : null);
      return {
        key: `alarm:${alarm.id}`,
        alarm,
        row: {
          source: 'alarm',
          system: alarm.system,
          ...shortOf(context.mirror(alarm.system)),
          at,
          since: alarm.raisedAt,
          until,
          text: alarm.text,
          // of what is private no wall says more than the town
          ...placeOf((alarm.hidden ? null : alarm.name) ?? alarm.town ?? undefined),
          priority: alarm.priority,
          ...(state === undefined ? {} : { state, ...(alarm.unknown ? { unknown: true } : {}) }),
          origin: alarm.origin,
        },
      };
    });
}

/**
 * Lesser alarms of one rule as one row, that of the newest: in a storm hundreds of tickets or wet roads would push out what is
 * grave. A row of several is over when all of them are.
 */
function collapsed(alarms: ReturnType<typeof alarmRows>): ReturnType<typeof alarmRows> {
  const groups = new Map<string, ReturnType<typeof alarmRows>>();
  for (const one of alarms) {
    const { priority, system, rule } = one.alarm;
    const key = priority >= LESSER ? `alarm:${system}/${rule}` : one.key;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups].map(([key, group]) => {
    const newest = group.reduce((best, one) => (one.row.at > best.row.at ? one : best));
    if (group.length === 1) return newest;
    const open = group.some(({ row }) => row.until === null);
    const since = Math.min(...group.map(({ row }) => row.since));
    const until = open ? null : newest.row.until;
    return { ...newest, key, row: { ...newest.row, since, until, count: group.length } };
  });
}

function occurrenceRows(
  mirror: SystemMirror,
  type: string,
  levels: readonly string[] | undefined,
  spec: NotableViewSpec,
  born: ReadonlyMap<string, NotableRow>,
): Found[] {
  const found: Found[] = [];
  const types = mirror.pack?.occurrenceTypes ?? {};
  const words = Object.hasOwn(types, type) ? types[type] : undefined;
  for (const occurrence of mirror.occurrences.all()) {
    if (occurrence.type !== type) continue;
    if (levels !== undefined && !levels.includes(occurrence.level ?? '')) continue;
    const { id, system, at, status, level, origin } = occurrence;
    const alarm = born.get(`${system}/${id}`);
    found.push([
      `occurrence:${system}/${id}`,
      {
        source: 'occurrence',
        system,
        ...shortOf(mirror),
        at,
        since: occurrence.beganAt ?? at,
        until: mirror.isClosed(occurrence) ? at : null,
        text: textOf(occurrence, spec.text ?? []) ?? words?.name ?? same(type),
        ...placeOf(whereOf(occurrence, mirror)),
        ...(alarm?.priority === undefined ? {} : { priority: alarm.priority }),
        ...(alarm?.state === undefined ? {} : { state: alarm.state }),
        ...(alarm?.unknown ? { unknown: true } : {}),
        status: words?.statuses?.[status] ?? same(status),
        ...(level === undefined ? {} : { level: words?.levels?.[level] ?? same(level) }),
        origin,
      },
    ]);
  }
  return found;
}

function noticeRows(context: ViewContext): Found[] {
  const holding = context.notices.all().map((notice) => ({ notice, until: null as number | null }));
  const held = new Set(holding.map(({ notice }) => notice.id));
  const over = context.notices.ended().filter(({ notice }) => !held.has(notice.id));
  return [...holding, ...over.map(({ notice, at }) => ({ notice, until: at }))]
    .filter(({ notice }) => ABOUT_DATA.has(notice.reason))
    .map(
      ({ notice, until }): Found => [
        `notice:${notice.id}`,
        {
          source: 'notice',
          system: notice.system ?? '',
          ...(notice.system === undefined ? {} : shortOf(context.mirror(notice.system))),
          at: until ?? notice.since,
          since: notice.since,
          until,
          text: notice.text,
          origin: 'live',
        },
      ],
    );
}

function textOf({ fields }: Occurrence, names: readonly string[]): Words | undefined {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : null;
    if (typeof value === 'string' && value.trim() !== '') return same(value);
  }
  return undefined;
}

function whereOf({ asset, fields }: Occurrence, mirror: SystemMirror): string | undefined {
  const known = asset === undefined ? undefined : mirror.asset(asset);
  // of what is private no wall says more than the town
  const name = known === undefined || isPrivate(known) ? undefined : known.name;
  const town = Object.hasOwn(fields, 'town') ? fields.town : undefined;
  return name ?? (typeof town === 'string' ? town : undefined);
}

const same = (text: string): Words => ({ zh: text, en: text });
const placeOf = (place: string | undefined): { place?: string } =>
  place === undefined || place === '' ? {} : { place };

function shortOf({ pack }: SystemMirror): { short?: Words } {
  const short = pack?.short ?? pack?.name;
  return short === undefined ? {} : { short };
}
