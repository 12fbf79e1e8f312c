import type { CompiledScene, OccurrenceWords, ViewSpec } from '@citywall/protocol';
import type { Pack, SceneSpec } from './pack.js';

/**
 * Lays a scene out for displays: equal views of its panels become one, each panel names its views by index. `version`
 * is a hash of all of it, so it changes exactly when the layout or a view changes. `packs` give the words of the systems: those
 * of the occurrences that the views can bring travel with the layout.
 */
export function compileScene(scene: SceneSpec, packs: readonly Pack[]): CompiledScene {
  const indexes = new Map<string, number>();
  const views: ViewSpec[] = [];
  const indexOf = (view: ViewSpec): number => {
    const key = canonical(view);
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, views.length);
    views.push(view);
    return views.length - 1;
  };
  const { id, name, system, grid, arrangements } = scene;
  const panels = scene.panels.map(({ views: byRole, ...panel }) => ({
    ...panel,
    views: Object.fromEntries(Object.entries(byRole).map(([role, view]) => [role, indexOf(view)])),
  }));
  // the header's views come last, so that a panel's alarms of the same limit are the same view
  const header = headerViews(system);
  const headerIndexes = { alarms: indexOf(header.alarms), ended: indexOf(header.ended) };
  const occurrenceTypes = wordsOf(views, packs);
  const layout = {
    id,
    name,
    ...(system === undefined ? {} : { system }),
    grid,
    ...(arrangements === undefined ? {} : { arrangements }),
    panels,
    views,
    header: headerIndexes,
    ...(Object.keys(occurrenceTypes).length > 0 && { occurrenceTypes }),
  };
  // what views show of a metric (unit, decimals, words) comes from the catalogue: a change there is a change here
  const used = new Set(views.flatMap(systemsOf));
  const catalogue = packs
    .filter((pack) => used.has(pack.id))
    .map((pack) => [pack.id, pack.metrics, pack.assetTypes, pack.occurrenceTypes]);
  // a display asks for imported layers when its layout changes
  const text = canonical(layout);
  const imports = packs.flatMap((pack) =>
    (pack.mapLayers ?? [])
      .filter((layer) => text.includes(`"${pack.id}/${layer.id}"`))
      .map(({ geometries: _, ...layer }) => [pack.id, layer]),
  );
  return { ...layout, version: hash(canonical([layout, catalogue, ...imports])) };
}

/** Alarms shown in the header need no more than the first; twenty is what a panel's list asks for if it says nothing. */
const HEADER_ALARMS = 20;

/** What the header of a scene asks for: alarms of its system, of all systems where it belongs to none. */
function headerViews(system: string | undefined): { alarms: ViewSpec; ended: ViewSpec } {
  const systems = system === undefined ? {} : { systems: [system] };
  return {
    alarms: { kind: 'alarms', ...systems, limit: HEADER_ALARMS },
    ended: { kind: 'alarm-events', ...systems, events: ['cleared', 'ended'], window: 86_400_000, limit: 1 },
  };
}

/** Words of every type of occurrence that a view lists or counts, by `system/type`. */
function wordsOf(views: readonly ViewSpec[], packs: readonly Pack[]): Record<string, OccurrenceWords> {
  const wanted = views.flatMap((view) => {
    if (view.kind === 'list') return [{ systems: view.systems, types: view.types }];
    if (view.kind === 'caseload') {
      return view.types.map((type) => ({ systems: [firstPart(type)], types: [type.slice(type.indexOf('/') + 1)] }));
    }
    if (view.kind !== 'tally' && view.kind !== 'flow') return [];
    return [{ systems: [view.system], types: view.type === undefined ? undefined : [view.type] }];
  });
  return Object.fromEntries(
    packs.flatMap((pack) =>
      Object.entries(pack.occurrenceTypes)
        .filter(([type]) =>
          wanted.some(
            ({ systems, types }) => systems.includes(pack.id) && (types === undefined || types.includes(type)),
          ),
        )
        .map(([type, { name, statuses, levels }]): [string, OccurrenceWords] => [
          `${pack.id}/${type}`,
          { name, ...(statuses && { statuses }), ...(levels && { levels }) },
        ]),
    ),
  );
}

/** Systems a view shows; none named stands for all of them, which change by rows, not by layout. */
function systemsOf(view: ViewSpec): string[] {
  switch (view.kind) {
    case 'latest':
    case 'matrix':
      return [...(view.assets ?? []), ...(view.type === undefined ? [] : [view.type])].map(firstPart);
    case 'series':
    case 'normal':
      return [firstPart(view.asset)];
    case 'rank':
    case 'aggregate':
    case 'layer':
      return [firstPart(view.of)];
    case 'tally':
    case 'flow':
      return [view.system];
    case 'coverage':
      return view.types.map(firstPart);
    case 'list':
      return view.systems;
    case 'caseload':
      return view.types.map(firstPart);
    case 'notable':
      return (view.occurrences ?? []).map(({ type }) => firstPart(type));
    case 'index':
      return view.parts.flatMap(({ measures }) => measures.flatMap(({ view: inner }) => systemsOf(inner)));
    case 'groups':
      return view.columns.flatMap(({ view: inner }) => systemsOf(inner));
    default:
      return [];
  }
}

function firstPart(id: string): string {
  const slash = id.indexOf('/');
  return slash < 0 ? id : id.slice(0, slash);
}

/** JSON with sorted keys: equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

/** Two 32-bit FNV-1a sums over the text (one over it reversed): 16 hex digits. Tells versions apart; keeps no secrets. */
export function hash(text: string): string {
  let forward = 0x811c9dc5;
  let backward = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    forward = Math.imul(forward ^ text.charCodeAt(i), 0x01000193) >>> 0;
    backward = Math.imul(backward ^ text.charCodeAt(text.length - 1 - i), 0x01000193) >>> 0;
  }
  return forward.toString(16).padStart(8, '0') + backward.toString(16).padStart(8, '0');
}
