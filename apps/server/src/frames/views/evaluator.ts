import type { Notice } from '@citywall/model';
import type { ViewMeta, ViewSpec, ViewState } from '@citywall/protocol';
import type { EndedNotice } from '../../notices/notices.service.js';
import type { Window } from '../../state/index.js';
import type { Clock } from '../clock.js';
import type { FeedsHeard } from '../mirror/feed-watch.js';
import type { SystemMirror } from '../mirror/system-mirror.js';
import type { AlarmSource } from '../ports.js';

/** What an evaluator found, and until when it holds if nothing else changes. */
export interface Evaluation {
  state: ViewState;
  /** Unix ms at which time alone changes the result (a value turns stale, a day ends); Infinity: never */
  until: number;
}

/** Answers one view. Made for one generation of the mirrors it looks into; closed when one of them is replaced. */
export interface Evaluator {
  /** ms between two evaluations at least; may depend on how much there is to do */
  readonly interval: number;
  /** @param before its last state: rows that did not change are the same objects again */
  evaluate(now: number, before: ViewState): Evaluation;
  /** resolves when the first answer is worth showing; absent: at once */
  ready?: Promise<void>;
  close(): void;
}

/** What evaluators may look at. */
export interface ViewContext {
  clock: Clock;
  mirror(system: string): SystemMirror;
  /** ids of the systems in the order of the packs */
  systems(): string[];
  feeds(system: string, now: number, types?: readonly string[]): FeedsHeard;
  windows(asset: string, metric: string, from: number, to: number, stepMs: number): Promise<Window[]>;
  notices: { all(): Notice[]; ended(): readonly EndedNotice[]; watch(call: () => void): () => void };
  alarms: AlarmSource;
}

/** Makes the evaluator of a kind. `dirty` says that evaluating again may give another answer. */
export type EvaluatorOf<Kind extends ViewSpec['kind']> = (
  spec: Extract<ViewSpec, { kind: Kind }>,
  context: ViewContext,
  dirty: () => void,
) => Evaluator;

/** Reason in `meta.error` of a view over a system whose state was never read. */
export const NOT_LOADED = 'not-loaded';

/** `system/type/metric` in its parts. */
export function partsOf(of: string): { system: string; type: string; metric: string } {
  const [system = '', type = '', metric = ''] = of.split('/');
  return { system, type, metric };
}

/** Meta that says that a system is not there yet, or none. */
export function loadMeta(mirror: SystemMirror): ViewMeta {
  return mirror.pack !== null && !mirror.loaded ? { error: NOT_LOADED } : {};
}

/**
 * Interval of a view that is evaluated at every tick: the pace of frames limits it. This alone keeps one that does not change
 * from being evaluated for every message, ms.
 */
export const EACH_TICK_MS = 25;

/** ms between two looks at the feeds of a view that hears nothing of them itself. */
export const FEEDS_LOOK_MS = 2_000;

/**
 * Meta of a view of occurrences: how its feeds live. Nothing where no feed is declared for such occurrences. The time of the last
 * message is only told of the silent, so that a view doesn't change with every message that brings it nothing.
 */
export function feedsMeta(
  context: ViewContext,
  systems: readonly string[],
  types: readonly string[] | undefined,
  now: number,
): ViewMeta {
  const heard = systems.map((system) => context.feeds(system, now, types ?? [])).filter(({ known }) => known);
  const feedsTotal = heard.reduce((sum, { total }) => sum + total, 0);
  if (feedsTotal === 0) return {};
  const feedsLive = heard.reduce((sum, { live }) => sum + live, 0);
  if (feedsLive > 0) return { feedsTotal, feedsLive };
  const heardAt = heard.reduce<number | null>(
    (newest, { heardAt: at }) => (at !== null && (newest === null || at > newest) ? at : newest),
    null,
  );
  return { feedsTotal, feedsLive, heardAt };
}

/** Ends several watches at once. */
export function closeAll(ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end();
  };
}
