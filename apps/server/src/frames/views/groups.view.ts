import { aggregate, caseload, rankGroups, sinceOf, startOfDay } from '@citywall/aggregate';
import { mergeOrigin, type Occurrence, type Origin } from '@citywall/model';
import {
  type AggregateViewSpec,
  type AlarmsViewSpec,
  type CaseloadViewSpec,
  type GroupRow,
  type GroupsViewSpec,
  stateOf,
} from '@citywall/protocol';
import { isShown } from '../../alarms/alarm-list.js';
import type { SystemMirror } from '../mirror/system-mirror.js';
import { closeAll, type EvaluatorOf, partsOf, type ViewContext } from './evaluator.js';

const EVERY_MS = 1_000;
const DAY_MS = 86_400_000;

/** What a column knows of a group. */
interface Cell {
  value: number | null;
  fresh: number;
  total: number;
  oldestAt: number | null;
  origin: Origin;
}

interface Column {
  cells(now: number): Map<string, Cell>;
  /** of a group nobody names: an aggregate has no member there, a count is zero where its systems tell */
  none(now: number): Cell;
}

const NO_MEMBERS: Cell = { value: null, fresh: 0, total: 0, oldestAt: null, origin: 'live' };

/**
 * Groups side by side over several systems. Row key: the group. `count` in meta is the number of groups before the limit;
 * `fresh` and `total` are members of all of them. Worked out once a second.
 */
export const groupsView: EvaluatorOf<'groups'> = (spec, context, dirty) => {
  const columns = spec.columns.map(({ view, take }) => {
    if (view.kind === 'aggregate') return figures(view, take === 'share', spec.by, context);
    return view.kind === 'alarms' ? alarmCounts(view, spec.by, context) : loads(view, take, spec.by, context);
  });
  const by = spec.order.map((id) => spec.columns.findIndex((column) => column.id === id)).filter((at) => at >= 0);
  return {
    interval: EVERY_MS,
    evaluate(now) {
      const found = columns.map((column) => ({ cells: column.cells(now), none: column.none(now) }));
      const keys = new Set([...(spec.all ?? []), ...found.flatMap(({ cells }) => [...cells.keys()])]);
      // what belongs to no group is no group of its own
      keys.delete('');
      const groups = [...keys].map((key) => {
        const cells = found.map(({ cells, none }) => cells.get(key) ?? none);
        return { key, cells, values: cells.map(({ value }) => value) };
      });
      const shown = rankGroups(groups, by).slice(0, spec.limit);
      const every = groups.flatMap(({ cells }) => cells);
      const oldest = every.flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]));
      return {
        state: stateOf(
          shown.map(({ key, cells }): [string, GroupRow] => [key, rowOf(cells)]),
          {
            count: groups.length,
            fresh: every.reduce((sum, { fresh }) => sum + fresh, 0),
            total: every.reduce((sum, { total }) => sum + total, 0),
            oldestAt: oldest.length > 0 ? Math.min(...oldest) : null,
            origin: every.reduce<Origin>((worst, { origin }) => mergeOrigin(worst, origin), 'live'),
            ...notLoaded(spec, context),
          },
        ),
        until: Math.min(now + EVERY_MS, startOfDay(now) + DAY_MS),
      };
    },
    close: closeAll(
      spec.columns.flatMap(({ view }) => {
        if (view.kind === 'alarms') return [context.alarms.watch(dirty)];
        if (view.kind === 'caseload') return systemsIn(view).map((id) => context.mirror(id).occurrences.watch(dirty));
        const { system, type, metric } = partsOf(view.of);
        const table = context.mirror(system).table(type);
        return [table.watch(dirty), table.column(metric).watch(dirty)];
      }),
    ),
  };
};

function rowOf(cells: readonly Cell[]): GroupRow {
  return {
    values: cells.map(({ value }) => value),
    fresh: cells.map(({ fresh }) => fresh),
    total: cells.map(({ total }) => total),
    origin: cells.reduce<Origin>((worst, { origin }) => mergeOrigin(worst, origin), 'live'),
  };
}

function figures(view: AggregateViewSpec, share: boolean, by: string, context: ViewContext): Column {
  const { system, type, metric } = partsOf(view.of);
  const mirror = context.mirror(system);
  const column = mirror.table(type).column(metric);
  const decimals = column.metric?.decimals ?? 2;
  return {
    cells(now) {
      const found = aggregate(column.current(now), { ...view, by }, now);
      return new Map(
        found.map(([key, { value, fresh, total, matching = 0, oldestAt, origin }]) => {
          const shown = share ? (fresh > 0 ? Math.min(100, (100 * matching) / fresh) : null) : value;
          const rounded = shown === null ? null : Number(shown.toFixed(decimals));
          return [key, { value: rounded, fresh, total, oldestAt, origin }];
        }),
      );
    },
    none: () => NO_MEMBERS,
  };
}

function loads(view: CaseloadViewSpec, take: string, by: string, context: ViewContext): Column {
  const member = take === 'opened' || take === 'closed' ? take : 'open';
  const sources = view.types.map((type) => ({
    mirror: context.mirror(type.slice(0, type.indexOf('/'))),
    type: type.slice(type.indexOf('/') + 1),
  }));
  const told = () => sources.some(({ mirror }) => mirror.pack !== null);
  return {
    cells(now) {
      const cells = new Map<string, Cell>();
      const from = sinceOf(view.since, now);
      for (const { mirror, type } of sources) {
        for (const [key, occurrences] of byGroup(mirror, type, by)) {
          const load = caseload(occurrences, (one) => mirror.isClosed(one), from);
          const cell = cells.get(key) ?? { ...NO_MEMBERS, value: 0 };
          cells.set(key, {
            ...cell,
            value: (cell.value ?? 0) + load[member],
            origin: mergeOrigin(cell.origin, load.origin),
          });
        }
      }
      return cells;
    },
    none: () => ({ ...NO_MEMBERS, value: told() ? 0 : null }),
  };
}

/** Standing alarms that no cause explains. An alarm knows its town, and the attributes that put it together with others. */
function alarmCounts(view: AlarmsViewSpec, by: string, context: ViewContext): Column {
  const systems = () => view.systems ?? context.systems();
  // where nobody evaluates, none is no finding
  const evaluated = (system: string) => context.alarms.knows(system) && context.alarms.watchedSince(system) !== null;
  return {
    cells() {
      const cells = new Map<string, Cell>();
      for (const alarm of context.alarms.standing(systems())) {
        if (!isShown(alarm) || (view.priorities && !view.priorities.includes(alarm.priority))) continue;
        const own = by === 'town' ? alarm.town : alarm.group[by];
        const key = typeof own === 'string' ? own : '';
        const cell = cells.get(key) ?? { ...NO_MEMBERS, value: 0 };
        cells.set(key, { ...cell, value: (cell.value ?? 0) + 1, origin: mergeOrigin(cell.origin, alarm.origin) });
      }
      return cells;
    },
    none: () => ({ ...NO_MEMBERS, value: systems().some(evaluated) ? 0 : null }),
  };
}

function byGroup(mirror: SystemMirror, type: string, by: string): Map<string, Occurrence[]> {
  const groups = new Map<string, Occurrence[]>();
  for (const occurrence of mirror.occurrences.all()) {
    if (occurrence.type !== type) continue;
    const key = groupOf(occurrence, mirror, by);
    const group = groups.get(key);
    if (group) group.push(occurrence);
    else groups.set(key, [occurrence]);
  }
  return groups;
}

/** The group of its asset, else of its own field; empty where neither says one. */
function groupOf({ asset, fields }: Occurrence, mirror: SystemMirror, by: string): string {
  const attributes = asset === undefined ? undefined : mirror.asset(asset)?.attributes;
  for (const own of [attributes, fields]) {
    const value = own && Object.hasOwn(own, by) ? own[by] : null;
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

const systemsIn = (view: CaseloadViewSpec): string[] => [
  ...new Set(view.types.map((type) => type.slice(0, type.indexOf('/')))),
];

/** Meta that says that none of its systems was read yet. */
function notLoaded(spec: GroupsViewSpec, context: ViewContext): { error?: string } {
  const systems = spec.columns.flatMap(({ view }) => {
    if (view.kind === 'alarms') return [];
    return view.kind === 'caseload' ? systemsIn(view) : [partsOf(view.of).system];
  });
  const mirrors = systems.map((system) => context.mirror(system)).filter(({ pack }) => pack !== null);
  return mirrors.length > 0 && mirrors.every(({ loaded }) => !loaded) ? { error: 'not-loaded' } : {};
}
