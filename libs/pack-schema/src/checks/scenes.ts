import type { Cells, Grid, ViewSpec } from '@citywall/protocol';
import type { SceneEntry } from '../files/scene.js';
import type { PathStep } from '../problem.js';
import type { Entry, PackSource } from '../source.js';
import { viewReferences } from '../views.js';
import { hint, type Known, metricProblem, occurrenceProblem, typeProblem } from './known.js';
import { checkMeasures } from './measures.js';
import { checkPanel } from './panels.js';

/** Panels: as their types take them, ids unique within the scene, in every arrangement inside the grid and not over each other. */
export function checkPanels(scenes: readonly Entry<SceneEntry>[], source: PackSource): void {
  for (const { value: scene, raw, path: base } of scenes) {
    const report = (path: PathStep[], message: string, at: 'key' | 'value' = 'value'): void =>
      source.report(raw, path, message, { base, file: 'scene.yaml', at });
    const ids = scene.panels.map(({ id }) => id);
    const arrangements = Object.entries(scene.arrangements ?? {});
    for (const [index, panel] of scene.panels.entries()) {
      const { id, at } = panel;
      checkPanel(panel, (path, message, where) => report(['panels', index, ...path], message, where));
      if (ids.indexOf(id) < index) {
        report(['panels', index, 'id'], `panel "${id}" is used twice in scene "${scene.id}"`);
      }
      if (at === undefined && !arrangements.some(([, arrangement]) => Object.hasOwn(arrangement.at, id))) {
        report(['panels', index], `panel "${id}" has no place: give it "at", or name it in an arrangement`);
      }
    }
    checkPlaces(
      scene.grid,
      scene.panels.flatMap(({ id, at }, index) => (at ? [{ id, at, path: ['panels', index, 'at'] }] : [])),
      report,
    );
    for (const [name, { grid, at }] of arrangements) {
      const places = Object.entries(at).map(([id, cells]) => ({
        id,
        at: cells,
        path: ['arrangements', name, 'at', id],
      }));
      for (const { id, path } of places) {
        if (!ids.includes(id)) report(path, `scene "${scene.id}" has no panel "${id}"${hint(id, ids)}`);
      }
      checkPlaces(grid, places, report);
    }
  }
}

interface Place {
  id: string;
  at: Cells;
  path: PathStep[];
}

function checkPlaces(grid: Grid, places: Place[], report: (path: PathStep[], message: string) => void): void {
  const { columns, rows } = grid;
  for (const [index, { id, at, path }] of places.entries()) {
    const { x, y, w, h } = at;
    if (x + w > columns || y + h > rows) {
      report(path, `panel "${id}" leaves the grid of ${columns} × ${rows} (it ends at ${x + w}, ${y + h})`);
    }
    for (const other of places.slice(0, index)) {
      if (x < other.at.x + other.at.w && other.at.x < x + w && y < other.at.y + other.at.h && other.at.y < y + h) {
        report(path, `panel "${id}" lies over panel "${other.id}"`);
      }
    }
  }
}

/** What a view points to exists. A system that is not connected here (no pack) is no error: the wall says 未接入. */
export function checkView(view: ViewSpec, known: Known, report: (path: PathStep[], message: string) => void): void {
  if (view.kind === 'latest' || view.kind === 'matrix') {
    if (view.assets === undefined && view.type === undefined) {
      report([], `a ${view.kind} view names assets or a type`);
    }
    if (view.assets !== undefined && view.type !== undefined) {
      report(['type'], `a ${view.kind} view names assets or a type, not both`);
    }
  }
  checkTimes(view, report);
  checkMeasures(view, report);
  if (view.kind === 'list' && view.systems.length === 0)
    report([], '"systems" is missing: in a city pack a list names them');
  const told = new Set<string>();
  for (const reference of viewReferences(view)) {
    const problem = referenceProblem(reference, known);
    if (problem === undefined || told.has(problem)) continue;
    told.add(problem);
    report(reference.path, problem);
  }
  checkStatuses(view, known, report);
}

/** A list or count of a status that no type has stays empty for ever. Types that declare no statuses may have any. */
function checkStatuses(view: ViewSpec, known: Known, report: (path: PathStep[], message: string) => void): void {
  if (view.kind !== 'list' && view.kind !== 'tally' && view.kind !== 'flow') return;
  const [system, ...more] = view.kind === 'list' ? view.systems : [view.system];
  if (view.status === undefined || system === undefined || more.length > 0) return;
  const own = system === known.system && !known.city;
  const declared = own ? known.occurrenceTypes : known.systems?.get(system)?.occurrenceTypes;
  if (!declared) return;
  const named = view.kind === 'list' ? view.types : view.type === undefined ? undefined : [view.type];
  const types = named ?? Object.keys(declared);
  const statuses = types.map((type) => (Object.hasOwn(declared, type) ? declared[type]?.statuses : undefined));
  if (statuses.length === 0 || statuses.includes(undefined)) return;
  const allowed = [...new Set(statuses.flatMap((words) => Object.keys(words ?? {})))];
  for (const [index, status] of view.status.entries()) {
    if (allowed.includes(status)) continue;
    const near = hint(status, allowed) || `; it has ${allowed.join(', ')}`;
    report(['status', index], `"${status}" is no status of "${types.join('", "')}"${near}`);
  }
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Steps and reaches that state can answer: minutes for a day, hours for a quarter. */
function checkTimes(view: ViewSpec, report: (path: PathStep[], message: string) => void): void {
  if (view.kind === 'normal' && view.step % HOUR_MS !== 0) {
    report(['step'], 'other days are kept as whole hours: give step as 1h, 2h …');
  }
  if (view.kind !== 'series' && view.kind !== 'matrix') return;
  if (view.step % 60_000 !== 0) report(['step'], 'windows are whole minutes: give step as 1m, 5m, 1h …');
  const { shift = 0, ahead = 0 } = view.kind === 'series' ? view : {};
  if (view.window + shift > DAY_MS && view.step % HOUR_MS !== 0) {
    report(['step'], 'what reaches back more than a day is kept as whole hours: give step as 1h, 2h …');
  }
  if (ahead > shift) report(['ahead'], 'nobody knows yet: ahead goes no further than shift went back');
}

function referenceProblem(reference: ReturnType<typeof viewReferences>[number], known: Known): string | undefined {
  if (reference.system === '') return '"system" is missing: a city pack names the system';
  if (known.city && reference.kind === 'metric' && reference.metric === '')
    return 'in a city pack give system/type/metric';
  if (known.city && reference.kind === 'type' && reference.type === '') return 'in a city pack give system/type';
  if (reference.system === known.system && !known.city) {
    switch (reference.kind) {
      case 'metric':
        return typeProblem(known, reference.type) ?? metricProblem(known, reference.type, reference.metric);
      case 'type':
        return typeProblem(known, reference.type);
      case 'occurrence':
        return occurrenceProblem(known, reference.type);
      default:
        return undefined;
    }
  }
  const pack = known.systems?.get(reference.system);
  if (pack === undefined) return undefined;
  switch (reference.kind) {
    case 'metric': {
      // the type itself is told of by its own reference
      if (reference.path[0] === 'metrics' && !Object.hasOwn(pack.assetTypes, reference.type)) return undefined;
      const ids = pack.metrics.map((metric) => `${pack.id}/${metric.type}/${metric.name}`);
      const id = `${reference.system}/${reference.type}/${reference.metric}`;
      return ids.includes(id) ? undefined : `system ${pack.id} has no metric "${id}"${hint(id, ids)}`;
    }
    case 'type': {
      const types = Object.keys(pack.assetTypes);
      if (types.includes(reference.type)) return undefined;
      return `system ${pack.id} has no asset type "${reference.type}"${hint(reference.type, types)}`;
    }
    case 'occurrence': {
      const types = Object.keys(pack.occurrenceTypes);
      if (types.includes(reference.type)) return undefined;
      return `system ${pack.id} has no occurrence type "${reference.type}"${hint(reference.type, types)}`;
    }
    default:
      return undefined;
  }
}
