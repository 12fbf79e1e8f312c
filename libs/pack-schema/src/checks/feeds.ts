import type { Dicts, ValueSpec } from '@citywall/mapping';
import { isMetricName } from '@citywall/model';
import type { FeedEntry } from '../files/feeds.js';
import type { PathStep } from '../problem.js';
import type { Entry, PackSource } from '../source.js';
import { hint, type Known, metricProblem, occurrenceProblem, typeProblem } from './known.js';
import { outcomes } from './outcomes.js';

type Report = (path: PathStep[], message: string, at?: 'key' | 'value') => void;

/** Does the text stand for itself, without captures or paths? */
const literal = (text: string): boolean => !text.includes('{');

/** What feeds refer to must be declared: asset types, metrics with their states, occurrence types with their statuses, levels and fields. */
export function checkFeeds(feeds: readonly Entry<FeedEntry>[], known: Known, source: PackSource): void {
  for (const { value: feed, raw, path: base } of feeds) {
    const report: Report = (path, message, at = 'value') =>
      source.report(raw, path, message, { at, base, file: 'feeds.yaml' });
    checkReadings(feed, known, report);
    checkOccurrences(feed, known, report);
  }
}

/** The asset type a template names, or undefined where only a message can tell. */
function literalType(template: string | undefined): string | undefined {
  const type = template?.slice(0, Math.max(template.indexOf('/'), 0));
  return type !== undefined && type !== '' && literal(type) ? type : undefined;
}

function checkAsset(template: string | undefined, path: PathStep[], known: Known, report: Report): void {
  if (template === undefined) return;
  const type = literalType(template);
  if (type === undefined) return;
  const problem = typeProblem(known, type);
  if (problem !== undefined) report(path, problem);
}

function checkReadings(feed: FeedEntry, known: Known, report: Report): void {
  checkAsset(feed.asset, ['asset'], known, report);
  const { readings } = feed;
  if (readings === undefined) return;
  const check = (asset: string | undefined, metric: string, value: ValueSpec, path: PathStep[], at?: 'key'): void => {
    if (!literal(metric) || !isMetricName(metric)) return;
    const type = literalType(asset);
    if (type === undefined || typeProblem(known, type) !== undefined) return;
    const problem = metricProblem(known, type, metric);
    if (problem !== undefined) report(at === 'key' ? path : [...path, 'metric'], problem, at);
    const of = `${type}/${metric}`;
    const states = known.metrics?.get(of)?.states;
    if (states !== undefined) checkWords(value, states, { is: 'state', of, dicts: feed.dicts }, path, report);
  };
  if (Array.isArray(readings)) {
    for (const [index, reading] of readings.entries()) {
      checkAsset(reading.asset, ['readings', index, 'asset'], known, report);
      check(reading.asset ?? feed.asset, reading.metric, reading, ['readings', index]);
    }
  } else {
    for (const [metric, value] of Object.entries(readings)) {
      check(feed.asset, metric, value, ['readings', metric], 'key');
    }
  }
}

function checkOccurrences(feed: FeedEntry, known: Known, report: Report): void {
  const { dicts } = feed;
  for (const [index, occurrence] of (feed.occurrences ?? []).entries()) {
    const at = (...rest: PathStep[]): PathStep[] => ['occurrences', index, ...rest];
    checkAsset(occurrence.asset, at('asset'), known, report);
    if (!literal(occurrence.type)) continue;
    const problem = occurrenceProblem(known, occurrence.type);
    if (problem !== undefined) report(at('type'), problem);
    const declared = known.occurrenceTypes?.[occurrence.type];
    if (declared === undefined) continue;
    const { type: of } = occurrence;
    if (declared.statuses !== undefined) {
      checkWords(occurrence.status, declared.statuses, { is: 'status', of, dicts }, at('status'), report);
    }
    if (declared.levels !== undefined && occurrence.level !== undefined) {
      checkWords(occurrence.level, declared.levels, { is: 'level', of, dicts }, at('level'), report);
    }
    if (declared.fields === undefined) continue;
    for (const field of Object.keys(occurrence.fields ?? {})) {
      if (Object.hasOwn(declared.fields, field)) continue;
      const near = hint(field, Object.keys(declared.fields));
      report(at('fields', field), `occurrence type "${occurrence.type}" has no field "${field}"${near}`, 'key');
    }
  }
}

/** Words a value can only be (constants, defaults, results of tables and bands) must be among the declared ones. */
function checkWords(
  value: ValueSpec,
  declared: Readonly<Record<string, unknown>>,
  what: { is: string; of: string; dicts: Dicts | undefined },
  path: PathStep[],
  report: Report,
): void {
  const allowed = Object.keys(declared);
  for (const { word, path: inner } of outcomes(value, what.dicts)) {
    if (allowed.includes(String(word))) continue;
    const near = hint(String(word), allowed) || `; it has ${allowed.join(', ')}`;
    report([...path, ...inner], `"${String(word)}" is no ${what.is} of "${what.of}"${near}`);
  }
}
