import { isMetricName } from '@citywall/model';
import type { FeedEntry } from '../files/feeds.js';
import type { PathStep } from '../problem.js';
import type { Entry, PackSource } from '../source.js';
import { hint, type Known, metricProblem, occurrenceProblem, typeProblem } from './known.js';

type Report = (path: PathStep[], message: string, at?: 'key' | 'value') => void;

/** Does the text stand for itself, without captures or paths? */
const literal = (text: string): boolean => !text.includes('{');

/** What feeds refer to must be declared: asset types, metrics, occurrence types with their statuses, levels and fields. */
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
  const check = (asset: string | undefined, metric: string, path: PathStep[], at: 'key' | 'value'): void => {
    if (!literal(metric) || !isMetricName(metric)) return;
    const type = literalType(asset);
    if (type === undefined || typeProblem(known, type) !== undefined) return;
    const problem = metricProblem(known, type, metric);
    if (problem !== undefined) report(path, problem, at);
  };
  if (Array.isArray(readings)) {
    for (const [index, reading] of readings.entries()) {
      checkAsset(reading.asset, ['readings', index, 'asset'], known, report);
      check(reading.asset ?? feed.asset, reading.metric, ['readings', index, 'metric'], 'value');
    }
  } else {
    for (const metric of Object.keys(readings)) check(feed.asset, metric, ['readings', metric], 'key');
  }
}

function checkOccurrences(feed: FeedEntry, known: Known, report: Report): void {
  for (const [index, occurrence] of (feed.occurrences ?? []).entries()) {
    const at = (...rest: PathStep[]): PathStep[] => ['occurrences', index, ...rest];
    checkAsset(occurrence.asset, at('asset'), known, report);
    if (!literal(occurrence.type)) continue;
    const problem = occurrenceProblem(known, occurrence.type);
    if (problem !== undefined) report(at('type'), problem);
    const declared = known.occurrenceTypes?.[occurrence.type];
    if (declared === undefined) continue;
    if (declared.statuses !== undefined) {
      checkWords(occurrence.status, Object.keys(declared.statuses), 'status', occurrence.type, at('status'), report);
    }
    if (declared.levels !== undefined && occurrence.level !== undefined) {
      checkWords(occurrence.level, Object.keys(declared.levels), 'level', occurrence.type, at('level'), report);
    }
    if (declared.fields === undefined) continue;
    for (const field of Object.keys(occurrence.fields ?? {})) {
      if (Object.hasOwn(declared.fields, field)) continue;
      const near = hint(field, Object.keys(declared.fields));
      report(at('fields', field), `occurrence type "${occurrence.type}" has no field "${field}"${near}`, 'key');
    }
  }
}

type OccurrenceValue = NonNullable<FeedEntry['occurrences']>[number]['status'];

/** Words a value can only be (const, lookup, default) must be among the declared ones. */
function checkWords(
  value: OccurrenceValue,
  allowed: readonly string[],
  what: string,
  type: string,
  path: PathStep[],
  report: Report,
): void {
  if (typeof value === 'string') return;
  const check = (word: unknown, where: PathStep[]): void => {
    if (word === null || word === undefined || allowed.includes(String(word))) return;
    report([...path, ...where], `"${String(word)}" is no ${what} of "${type}"; it has ${allowed.join(', ')}`);
  };
  if ('const' in value) check(value.const, ['const']);
  if ('default' in value) check(value.default, ['default']);
  for (const [from, to] of Object.entries(value.lookup ?? {})) check(to, ['lookup', from]);
}
