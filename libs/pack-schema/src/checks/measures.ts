import type { MeasuredViewSpec, Take, ViewSpec } from '@citywall/protocol';
import type { PathStep } from '../problem.js';
import { hint } from './known.js';

type Report = (path: PathStep[], message: string) => void;

/** Numbers that each kind of view has. */
const TAKES: Record<MeasuredViewSpec['kind'], readonly Take[]> = {
  aggregate: ['value', 'share'],
  tally: ['count'],
  caseload: ['opened', 'open', 'closed'],
  alarms: ['count'],
  systems: ['freshShare', 'feedsShare'],
};

/** Measures of an index, columns of groups: each takes a number that its view has, lines rise, ids are unique. */
export function checkMeasures(view: ViewSpec, report: Report): void {
  if (view.kind === 'index') {
    repeated(view.parts.map(({ id }) => id)).forEach((index) => {
      report(['parts', index, 'id'], `part "${view.parts[index]?.id}" is there twice`);
    });
    for (const [part, { measures }] of view.parts.entries()) {
      const path = (index: number, ...rest: PathStep[]): PathStep[] => ['parts', part, 'measures', index, ...rest];
      for (const index of repeated(measures.map(({ id }) => id))) {
        report(path(index, 'id'), `measure "${measures[index]?.id}" is there twice`);
      }
      for (const [index, measure] of measures.entries()) {
        checkTake(measure, (step, message) => report(path(index, step), message));
        if ('by' in measure.view && measure.view.by !== undefined && measure.view.kind !== 'tally') {
          report(path(index, 'view', 'by'), 'a measure is one number: leave out "by"');
        }
        const falls = measure.score.findIndex(([at], i) => i > 0 && at <= (measure.score[i - 1]?.[0] ?? at));
        if (falls > 0)
          report(path(index, 'score', falls), 'the line rises in what is measured: order its corners by that');
      }
    }
  }
  if (view.kind !== 'groups') return;
  const ids = view.columns.map(({ id }) => id);
  for (const index of repeated(ids)) report(['columns', index, 'id'], `column "${ids[index]}" is there twice`);
  for (const [index, column] of view.columns.entries()) {
    checkTake(column, (step, message) => report(['columns', index, step], message));
  }
  for (const [index, id] of view.order.entries()) {
    if (!ids.includes(id))
      report(['order', index], `there is no column "${id}"${hint(id, ids) || `; there are ${ids.join(', ')}`}`);
  }
}

function checkTake(
  measure: { view: MeasuredViewSpec; take: Take },
  report: (step: 'take' | 'view', message: string) => void,
): void {
  const { view, take } = measure;
  const allowed = TAKES[view.kind];
  if (!allowed.includes(take)) {
    report(
      'take',
      `a view of kind ${view.kind} has no "${take}"${hint(take, allowed) || `; it has ${allowed.join(', ')}`}`,
    );
  } else if (take === 'share' && view.kind === 'aggregate' && view.where === undefined) {
    report('view', 'a share is of the members that meet "where": give the view one');
  }
}

/** Positions of values that stood before. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
