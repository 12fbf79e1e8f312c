import type { CaseloadViewSpec, GroupColumn, MeasuredViewSpec, Take, ViewSpec } from '@citywall/protocol';
import type { ViewForm } from './files/views.js';
import type { Pack } from './pack.js';
import type { PathStep } from './problem.js';

/** Makes a view whole: the own system's id where `of`, `type` or an asset leaves it out. `own` null: a city pack. */
export function resolveView(form: ViewForm, own: string | null, ownTypes: ReadonlySet<string>): ViewSpec {
  switch (form.kind) {
    case 'latest':
    case 'matrix':
      return {
        ...form,
        ...(form.assets === undefined ? {} : { assets: form.assets.map((id) => wholeAsset(id, own, ownTypes)) }),
        ...(form.type === undefined ? {} : { type: wholeType(form.type, own) }),
      };
    case 'series':
    case 'normal':
      return { ...form, asset: wholeAsset(form.asset, own, ownTypes) };
    case 'rank':
    case 'aggregate':
    case 'layer':
      return { ...form, of: wholeOf(form.of, own) };
    case 'tally':
    case 'flow':
      return { ...form, system: form.system ?? own ?? '' };
    case 'coverage':
      return { ...form, types: form.types.map((type) => wholeType(type, own)) };
    case 'list':
      return { ...form, systems: form.systems ?? (own === null ? [] : [own]) };
    case 'caseload':
      return wholeLoad(form, own);
    case 'index':
      return {
        ...form,
        parts: form.parts.map((part) => ({
          ...part,
          measures: part.measures.map(({ take, ...measure }) => {
            const view = resolveView(measure.view, own, ownTypes) as MeasuredViewSpec;
            return { ...measure, view, take: take ?? USUAL[view.kind] };
          }),
        })),
      };
    case 'groups':
      return {
        ...form,
        columns: form.columns.map(({ id, view, take }) => ({
          id,
          view: wholeColumn(view, own),
          take: take ?? USUAL[view.kind],
        })),
      };
    case 'notable':
      return {
        ...form,
        ...(form.occurrences && {
          occurrences: form.occurrences.map((one) => ({ ...one, type: wholeType(one.type, own) })),
        }),
      };
    case 'alarms':
    case 'alarm-events':
      return ofSystem(form, own);
    default:
      return form;
  }
}

/** Which number of a view is meant where none is named. */
const USUAL: Record<MeasuredViewSpec['kind'], Take> = {
  aggregate: 'value',
  tally: 'count',
  caseload: 'open',
  alarms: 'count',
  systems: 'freshShare',
};

function ofSystem<Form extends { systems?: string[] }>(form: Form, own: string | null): Form {
  return form.systems === undefined && own !== null ? { ...form, systems: [own] } : form;
}

type ColumnForm = Extract<ViewForm, { kind: 'groups' }>['columns'][number]['view'];

function wholeColumn(view: ColumnForm, own: string | null): GroupColumn['view'] {
  if (view.kind === 'caseload') return wholeLoad(view, own);
  return view.kind === 'alarms' ? ofSystem(view, own) : { ...view, of: wholeOf(view.of, own) };
}

function wholeLoad(form: CaseloadViewSpec, own: string | null): CaseloadViewSpec {
  return { ...form, types: form.types.map((type) => wholeType(type, own)) };
}

function wholeOf(of: string, own: string | null): string {
  return own !== null && of.split('/').length === 2 ? `${own}/${of}` : of;
}

function wholeType(type: string, own: string | null): string {
  return own !== null && !type.includes('/') ? `${own}/${type}` : type;
}

/** `reservoir/60711250` → `water/reservoir/60711250`; a key may contain `/`, so the own types decide. */
function wholeAsset(id: string, own: string | null, ownTypes: ReadonlySet<string>): string {
  if (own === null || id.startsWith(`${own}/`)) return id;
  return ownTypes.has(id.slice(0, Math.max(id.indexOf('/'), 0))) ? `${own}/${id}` : id;
}

/** Something of a system that a view points to. */
export type ViewReference =
  | { kind: 'metric'; system: string; type: string; metric: string; path: PathStep[] }
  | { kind: 'type'; system: string; type: string; path: PathStep[] }
  | { kind: 'occurrence'; system: string; type: string; path: PathStep[] }
  | { kind: 'system'; system: string; path: PathStep[] };

/** What a whole view points to, with the path of the words that say so. */
export function viewReferences(view: ViewSpec): ViewReference[] {
  switch (view.kind) {
    case 'rank':
    case 'aggregate': {
      const [system = '', type = '', metric = ''] = view.of.split('/');
      return [{ kind: 'metric', system, type, metric, path: ['of'] }];
    }
    case 'layer': {
      const [system = '', type = '', metric = ''] = view.of.split('/');
      return [
        { kind: 'metric', system, type, metric, path: ['of'] },
        ...(view.heading === undefined
          ? []
          : [{ kind: 'metric' as const, system, type, metric: view.heading, path: ['heading'] }]),
      ];
    }
    case 'latest':
    case 'matrix': {
      const metrics = view.kind === 'latest' ? view.metrics : [view.metric];
      const metricPath = (index: number): PathStep[] => (view.kind === 'latest' ? ['metrics', index] : ['metric']);
      const owners: [string, string, PathStep[]][] = (view.assets ?? []).map((id, index) => {
        const [system = '', type = ''] = id.split('/');
        return [system, type, ['assets', index]];
      });
      if (view.type !== undefined) {
        const [system = '', type = ''] = view.type.split('/');
        owners.push([system, type, ['type']]);
      }
      return owners.flatMap(([system, type, path]): ViewReference[] => [
        { kind: 'type', system, type, path },
        ...metrics.map(
          (metric, index): ViewReference => ({ kind: 'metric', system, type, metric, path: metricPath(index) }),
        ),
      ]);
    }
    case 'series':
    case 'normal': {
      const [system = '', type = ''] = view.asset.split('/');
      return [
        { kind: 'type', system, type, path: ['asset'] },
        { kind: 'metric', system, type, metric: view.metric, path: ['metric'] },
      ];
    }
    case 'coverage':
      return view.types.map((whole, index): ViewReference => {
        const [system = '', type = ''] = whole.split('/');
        return { kind: 'type', system, type, path: ['types', index] };
      });
    case 'tally':
    case 'flow':
      return view.type === undefined
        ? [{ kind: 'system', system: view.system, path: ['system'] }]
        : [{ kind: 'occurrence', system: view.system, type: view.type, path: ['type'] }];
    case 'caseload':
      return view.types.map((whole, index): ViewReference => {
        const slash = whole.indexOf('/');
        const path = ['types', index];
        return { kind: 'occurrence', system: whole.slice(0, Math.max(slash, 0)), type: whole.slice(slash + 1), path };
      });
    case 'index':
      return view.parts.flatMap(({ measures }, part) =>
        measures.flatMap(({ view: inner }, index) => within(inner, ['parts', part, 'measures', index, 'view'])),
      );
    case 'groups':
      return view.columns.flatMap(({ view: inner }, index) => within(inner, ['columns', index, 'view']));
    case 'list': {
      const systems = view.systems.map(
        (system, index): ViewReference => ({ kind: 'system', system, path: ['systems', index] }),
      );
      const [system, ...more] = view.systems;
      // over several systems a type need not be in each
      if (system === undefined || more.length > 0) return systems;
      const types = view.types ?? [];
      return [
        ...systems,
        ...types.map((type, index): ViewReference => ({ kind: 'occurrence', system, type, path: ['types', index] })),
      ];
    }
    case 'notable':
      return (view.occurrences ?? []).map(({ type: whole }, index): ViewReference => {
        const slash = whole.indexOf('/');
        const path = ['occurrences', index, 'type'];
        return { kind: 'occurrence', system: whole.slice(0, Math.max(slash, 0)), type: whole.slice(slash + 1), path };
      });
    case 'alarms':
    case 'alarm-events':
      return (view.systems ?? []).map(
        (system, index): ViewReference => ({ kind: 'system', system, path: ['systems', index] }),
      );
    default:
      return [];
  }
}

/** What a view inside another one points to. */
function within(view: ViewSpec, path: PathStep[]): ViewReference[] {
  return viewReferences(view).map((reference) => ({ ...reference, path: [...path, ...reference.path] }));
}

/** Systems other than its own that a pack's scenes and KPIs show. */
export function foreignSystems(pack: Pack): string[] {
  const views = [
    ...pack.kpis.map((kpi) => kpi.view),
    ...pack.scenes.flatMap((scene) => scene.panels.flatMap((panel) => Object.values(panel.views))),
  ];
  const parts = pack.scenarios.flatMap(({ drive, states, lives }) => [...drive, ...states, ...lives]);
  const systems = new Set([
    ...views.flatMap(viewReferences).map((reference) => reference.system),
    ...parts.map(({ of }) => of.slice(0, of.indexOf('/'))),
  ]);
  systems.delete(pack.id);
  return [...systems];
}
