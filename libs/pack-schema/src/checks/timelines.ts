import type { TimelineSpec } from '../files/timelines.js';
import type { PathStep } from '../problem.js';
import { hint, type Known, metricProblem, occurrenceProblem, typeProblem } from './known.js';

/** What a timeline may name. */
export interface TimelineNames {
  known: Known;
  rules: ReadonlySet<string>;
  /** those of them that are of the system as a whole */
  outages: ReadonlySet<string>;
  feeds: ReadonlySet<string>;
  /** `type/key` of declared assets; null: assets.geojson is broken */
  assets: ReadonlySet<string> | null;
}

/** Timelines: the rules, assets, metrics, feeds and occurrence types they name exist. */
export function checkTimeline(
  spec: TimelineSpec,
  { known, rules, outages, feeds, assets }: TimelineNames,
  report: (path: PathStep[], message: string) => void,
): void {
  const rule = (id: string | undefined, path: PathStep[]) => {
    if (id !== undefined && !rules.has(id)) report(path, `there is no rule "${id}"${hint(id, rules)}`);
  };
  const asset = (id: string | undefined, path: PathStep[]): boolean => {
    if (id === undefined) return true;
    const type = id.slice(0, Math.max(id.indexOf('/'), 0));
    const problem = typeProblem(known, type) ?? undeclared(id, type, assets);
    if (problem !== undefined) report(path, problem);
    return problem === undefined;
  };
  const series = (of: { asset: string; metric: string }, path: PathStep[]) => {
    if (!asset(of.asset, [...path, 'asset'])) return;
    const problem = metricProblem(known, of.asset.slice(0, of.asset.indexOf('/')), of.metric);
    if (problem !== undefined) report([...path, 'metric'], problem);
  };
  const bringing = new Set<string>();
  const brings = (feed: string | undefined, path: PathStep[]) => {
    if (feed === undefined) return;
    bringing.add(feed);
    if (!feeds.has(feed)) report([...path, 'feed'], `there is no feed "${feed}"${hint(feed, feeds)}`);
  };
  for (const [index, one] of spec.series.entries()) brings(one.feed, ['series', index]);
  for (const [index, { reading, occurrence }] of spec.events.entries()) {
    brings(reading?.feed, ['events', index, 'reading']);
    brings(occurrence?.feed, ['events', index, 'occurrence']);
  }
  for (const [index, one] of spec.series.entries()) {
    const path: PathStep[] = ['series', index];
    if (one.asset !== undefined) series({ ...one, asset: one.asset }, path);
    else if (one.type !== undefined) {
      const problem = typeProblem(known, one.type);
      const [key, told] =
        problem === undefined ? ['metric', metricProblem(known, one.type, one.metric)] : ['type', problem];
      if (told !== undefined) report([...path, key], told);
    }
    for (const [at, id] of (one.but ?? []).entries()) asset(id, [...path, 'but', at]);
  }
  for (const [index, one] of (spec.lastWeek ?? []).entries()) series(one, ['lastWeek', index]);
  for (const [index, event] of spec.events.entries()) {
    const path: PathStep[] = ['events', index];
    if (event.reading) series(event.reading, [...path, 'reading']);
    if (event.occurrence) {
      const problem = occurrenceProblem(known, event.occurrence.type);
      if (problem !== undefined) report([...path, 'occurrence', 'type'], problem);
      asset(event.occurrence.asset, [...path, 'occurrence', 'asset']);
    }
    for (const key of ['acknowledge', 'command'] as const) {
      rule(event[key]?.rule, [...path, key, 'rule']);
      asset(event[key]?.asset, [...path, key, 'asset']);
    }
    for (const key of ['silent', 'heard'] as const) {
      const feed = event[key];
      if (feed === undefined || bringing.has(feed)) continue;
      report(
        [...path, key],
        feeds.has(feed)
          ? `nothing here comes from the feed "${feed}": add "feed: ${feed}" to what it brings`
          : `there is no feed "${feed}"${hint(feed, feeds)}`,
      );
    }
  }
  for (const [index, expected] of spec.expect.entries()) {
    rule(expected.rule, ['expect', index, 'rule']);
    asset(expected.asset, ['expect', index, 'asset']);
    if (expected.suppressedBy !== null) rule(expected.suppressedBy, ['expect', index, 'suppressedBy']);
    for (const [at, id] of (expected.standing ?? []).entries()) rule(id, ['expect', index, 'standing', at]);
    const whole = expected.rule !== undefined && outages.has(expected.rule);
    if (expected.rule !== undefined && !whole && expected.asset === undefined && expected.occurrence === undefined)
      report(['expect', index], 'say whose alarm: add "asset: type/key" or "occurrence: id"');
  }
  if (spec.pace !== 1 && spec.origin !== 'simulated')
    report(['pace'], 'only simulated matter goes faster than the clock: add "origin: simulated"');
}

/** Types of which nothing is declared are discovered; their keys are free. */
function undeclared(id: string, type: string, assets: ReadonlySet<string> | null): string | undefined {
  if (assets === null || assets.has(id) || ![...assets].some((other) => other.startsWith(`${type}/`))) return undefined;
  return `no asset "${id}" is declared in assets.geojson${hint(id, assets)}`;
}
