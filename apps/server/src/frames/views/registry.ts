import type { ViewSpec } from '@citywall/protocol';
import { aggregateView } from './aggregate.view.js';
import { alarmEventsView } from './alarm-events.view.js';
import { alarmsView } from './alarms.view.js';
import { caseloadView } from './caseload.view.js';
import { coverageView } from './coverage.view.js';
import type { Evaluator, EvaluatorOf, ViewContext } from './evaluator.js';
import { flowView } from './flow.view.js';
import { groupsView } from './groups.view.js';
import { indexView } from './index.view.js';
import { latestView } from './latest.view.js';
import { layerView } from './layer.view.js';
import { listView } from './list.view.js';
import { matrixView } from './matrix.view.js';
import { normalView } from './normal.view.js';
import { notableView } from './notable.view.js';
import { noticesView } from './notices.view.js';
import { rankView } from './rank.view.js';
import { seriesView } from './series.view.js';
import { systemsView } from './systems.view.js';
import { tallyView } from './tally.view.js';

/** One evaluator a kind of view. */
const EVALUATORS: { [Kind in ViewSpec['kind']]: EvaluatorOf<Kind> } = {
  aggregate: aggregateView,
  caseload: caseloadView,
  alarms: alarmsView,
  'alarm-events': alarmEventsView,
  coverage: coverageView,
  flow: flowView,
  groups: groupsView,
  index: indexView(evaluatorOf, systemsOf),
  latest: latestView,
  layer: layerView,
  list: listView,
  matrix: matrixView,
  normal: normalView,
  notable: notableView,
  notices: noticesView,
  rank: rankView,
  series: seriesView,
  systems: systemsView,
  tally: tallyView,
};

/** The evaluator of a view. */
export function evaluatorOf(spec: ViewSpec, context: ViewContext, dirty: () => void): Evaluator {
  return (EVALUATORS[spec.kind] as EvaluatorOf<ViewSpec['kind']>)(spec, context, dirty);
}

/** Systems whose mirrors a view's evaluator holds on to. */
export function systemsOf(spec: ViewSpec): string[] {
  switch (spec.kind) {
    case 'latest':
    case 'matrix':
      return [...(spec.assets ?? []), ...(spec.type === undefined ? [] : [spec.type])].map(firstPart);
    case 'series':
    case 'normal':
      return [firstPart(spec.asset)];
    case 'rank':
    case 'aggregate':
    case 'layer':
      return [firstPart(spec.of)];
    case 'tally':
    case 'flow':
      return [spec.system];
    case 'coverage':
      return spec.types.map(firstPart);
    case 'list':
      return spec.systems;
    case 'caseload':
      return spec.types.map(firstPart);
    case 'notable':
      return (spec.occurrences ?? []).map(({ type }) => firstPart(type));
    case 'index':
      return spec.parts.flatMap(({ measures }) => measures.flatMap(({ view }) => systemsOf(view)));
    case 'groups':
      return spec.columns.flatMap(({ view }) => systemsOf(view));
    default:
      return [];
  }
}

function firstPart(id: string): string {
  return id.split('/', 1)[0] ?? '';
}
