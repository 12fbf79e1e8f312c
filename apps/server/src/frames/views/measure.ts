import type { Measured } from '@citywall/aggregate';
import type { Origin } from '@citywall/model';
import {
  type AggregateRow,
  type CaseloadRow,
  emptyState,
  type MeasuredViewSpec,
  type SystemRow,
  type Take,
  type ViewSpec,
  type ViewState,
} from '@citywall/protocol';
import type { Evaluator, EvaluatorOf, ViewContext } from './evaluator.js';

/** Makes the evaluator of any view; handed in by the registry, of which these views are entries themselves. */
export type EvaluatorMaker = (spec: ViewSpec, context: ViewContext, dirty: () => void) => Evaluator;

/** A view inside another one: it keeps its own last state. */
export class InnerView {
  private state: ViewState = emptyState();
  private readonly evaluator: Evaluator;

  constructor(make: EvaluatorMaker, spec: ViewSpec, context: ViewContext, dirty: () => void) {
    this.evaluator = make(spec, context, dirty);
  }

  get ready(): Promise<void> | undefined {
    return this.evaluator.ready;
  }

  evaluate(now: number): { state: ViewState; until: number } {
    const { state, until } = this.evaluator.evaluate(now, this.state);
    this.state = state;
    return { state, until };
  }

  close(): void {
    this.evaluator.close();
  }
}

export interface Taken extends Measured {
  /** the asset that holds an extreme */
  asset?: string;
  place?: string;
  origin: Origin;
}

/** The one number that is taken of a view, with what stands behind it. @param connected a pack describes one of its systems */
export function taken(spec: MeasuredViewSpec, take: Take, state: ViewState, connected: boolean): Taken {
  const none: Taken = { value: null, fresh: 0, total: 0, connected, ever: false, origin: state.meta.origin ?? 'live' };
  if (state.meta.error !== undefined) return none;
  switch (spec.kind) {
    case 'aggregate':
      return { ...none, ...ofFigure(state.rows[state.order[0] ?? ''] as AggregateRow | undefined, take) };
    case 'tally': {
      const { count = 0, feedsTotal, feedsLive = 0, heardAt } = state.meta;
      // no feed declared, or its counters not read yet: the count stands by itself
      if (feedsTotal === undefined) return { ...none, value: count, fresh: 1, total: 1, ever: true };
      const ever = feedsLive > 0 || heardAt != null || count > 0;
      return { ...none, value: count, fresh: feedsLive, total: feedsTotal, ever };
    }
    case 'caseload':
      return { ...none, ...ofLoad(rowsOf<CaseloadRow>(state), take) };
    case 'alarms':
      return { ...none, value: state.meta.count ?? 0, fresh: 1, total: 1, ever: true };
    case 'systems':
      return { ...none, ...ofSystems(rowsOf<SystemRow>(state), take) };
  }
}

function ofFigure(row: AggregateRow | undefined, take: Take): Partial<Taken> {
  if (row === undefined) return {};
  const { value, fresh, total, matching = 0, asset, name, origin } = row;
  return {
    value: take === 'share' ? (fresh > 0 ? Math.min(100, (100 * matching) / fresh) : null) : value,
    fresh,
    total,
    ever: row.oldestAt !== null || value !== null,
    origin,
    ...(asset === undefined ? {} : { asset }),
    ...(name === undefined ? {} : { place: name }),
  };
}

function ofLoad(rows: readonly CaseloadRow[], take: Take): Partial<Taken> {
  const connected = rows.filter(({ state }) => state !== 'unconnected');
  const heard = connected.filter(({ state }) => state !== 'waiting');
  const member = take === 'opened' || take === 'closed' ? take : 'open';
  return {
    value: heard.length === 0 ? null : heard.reduce((sum, row) => sum + row[member], 0),
    fresh: connected.filter(({ state }) => state === 'live' || state === 'partial').length,
    total: connected.length,
    ever: heard.length > 0,
  };
}

function ofSystems(rows: readonly SystemRow[], take: Take): Partial<Taken> {
  const [some, all] = take === 'feedsShare' ? (['feedsLive', 'feedsTotal'] as const) : (['fresh', 'total'] as const);
  const fresh = rows.reduce((sum, row) => sum + row[some], 0);
  const total = rows.reduce((sum, row) => sum + row[all], 0);
  const heard = rows.filter(({ state }) => state !== 'waiting').length;
  // what is measured is the coverage itself: it is known as long as the server knows its systems
  return {
    value: total > 0 ? (100 * fresh) / total : null,
    fresh: rows.length,
    total: rows.length,
    ever: heard > 0,
  };
}

function rowsOf<Row>(state: ViewState): Row[] {
  return state.order.map((key) => state.rows[key] as Row);
}

/** Whether a pack describes any of these systems. */
export function isConnected(context: ViewContext, systems: readonly string[]): boolean {
  return systems.length === 0 || systems.some((system) => context.mirror(system).pack !== null);
}

/** One evaluator a kind of view that holds others. */
export type OuterView<Kind extends ViewSpec['kind']> = (
  make: EvaluatorMaker,
  systemsOf: (spec: ViewSpec) => string[],
) => EvaluatorOf<Kind>;
