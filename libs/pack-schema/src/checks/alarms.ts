import type { AlarmRule } from '../files/alarms.js';
import type { PathStep } from '../problem.js';
import type { Entry, PackSource } from '../source.js';
import { hint, type Known, metricProblem, occurrenceProblem, typeProblem } from './known.js';

type Report = (path: PathStep[], message: string) => void;
type Limit = NonNullable<NonNullable<AlarmRule['when']>['above']>;

/**
 * Alarm rules: what they watch exists, hysteresis is on the right side, causes exist and do not run in circles.
 * `declared` holds the ids of all rules, also of those that are wrong in themselves.
 */
export function checkAlarms(
  rules: readonly Entry<AlarmRule>[],
  declared: ReadonlySet<string>,
  known: Known,
  source: PackSource,
): void {
  for (const { value: rule, raw, path: base } of rules) {
    const report: Report = (path, message) => source.report(raw, path, message, { base, file: 'alarms.yaml' });
    if (rule.metric === undefined && rule.occurrence === undefined) {
      report([], 'a rule watches a metric or an occurrence: add "metric: type/metric" or "occurrence: { type: … }"');
    }
    if (rule.metric !== undefined && rule.occurrence !== undefined) {
      report(['occurrence'], 'a rule watches a metric or an occurrence, not both');
    }
    if (rule.metric !== undefined) checkMetricRule(rule, rule.metric, known, report);
    if (rule.occurrence !== undefined) checkOccurrenceRule(rule.occurrence, known, report);
    for (const [index, cause] of (rule.suppressedBy ?? []).entries()) {
      if (cause === rule.id) report(['suppressedBy', index], 'a rule cannot suppress itself');
      else if (!declared.has(cause)) {
        report(['suppressedBy', index], `there is no rule "${cause}"${hint(cause, declared)}`);
      }
    }
  }
  checkCycles(rules, source);
}

function checkMetricRule(rule: AlarmRule, id: string, known: Known, report: Report): void {
  const type = id.slice(0, id.indexOf('/'));
  const problem = typeProblem(known, type) ?? metricProblem(known, type, id.slice(type.length + 1));
  if (problem !== undefined) report(['metric'], problem);
  const { when } = rule;
  if (when === undefined) {
    report([], '"when" is missing: say when the rule holds, like when: { above: 3.2, clearBelow: 3.0 }');
    return;
  }
  if (Object.keys(when).length === 0) {
    report(['when'], 'the condition is empty; give above, atLeast, below, atMost, is, absent or rate');
  }
  if (when.absent !== undefined && Object.keys(when).length > 1) {
    report(['when', 'absent'], '"absent" stands alone: what is absent has no value; make it a rule of its own');
  }
  for (const [one, other] of [
    ['above', 'atLeast'],
    ['below', 'atMost'],
  ] as const) {
    if (when[one] !== undefined && when[other] !== undefined)
      report(['when', other], `give "${one}" or "${other}", not both`);
  }
  if (when.rate !== undefined && when.rate.above === undefined && when.rate.below === undefined) {
    report(['when', 'rate'], 'give above or below: how fast is too fast');
  }
  checkHysteresis(when.above ?? when.atLeast, when.clearBelow, 'above', 'clearBelow', report);
  checkHysteresis(when.below ?? when.atMost, when.clearAbove, 'below', 'clearAbove', report);
  for (const key of ['above', 'atLeast', 'clearBelow', 'below', 'atMost', 'clearAbove'] as const) {
    checkAttribute(when[key], type, ['when', key], known, report);
  }
  const metric = known.metrics?.get(id);
  if (metric === undefined) return;
  const numeric = metric.kind === 'gauge' || metric.kind === 'counter';
  for (const key of ['above', 'atLeast', 'below', 'atMost', 'rate'] as const) {
    if (when[key] !== undefined && !numeric)
      report(['when', key], `"${id}" is a ${metric.kind}, it has no size; use is`);
  }
  if (when.is !== undefined && metric.states !== undefined) {
    const words = Array.isArray(when.is) ? when.is : [when.is];
    for (const word of words) {
      if (!Object.hasOwn(metric.states, String(word))) {
        report(
          ['when', 'is'],
          `"${String(word)}" is no state of ${id}; it has ${Object.keys(metric.states).join(', ')}`,
        );
      }
    }
  }
}

/** `clearBelow` must not lie above `above`, `clearAbove` not below `below`: the alarm would clear while it holds. */
function checkHysteresis(
  raise: Limit | undefined,
  clear: Limit | undefined,
  raiseKey: 'above' | 'below',
  clearKey: string,
  report: Report,
): void {
  if (clear === undefined) return;
  if (raise === undefined) {
    report(
      ['when', clearKey],
      `"${clearKey}" belongs to "${raiseKey}" or "${raiseKey === 'above' ? 'atLeast' : 'atMost'}", which is missing`,
    );
    return;
  }
  const gap = difference(clear, raise);
  if (gap === undefined) return;
  if (raiseKey === 'above' ? gap > 0 : gap < 0) {
    const side = raiseKey === 'above' ? 'at or below' : 'at or above';
    report(['when', clearKey], `"${clearKey}" must be ${side} "${raiseKey}", or the alarm clears while it holds`);
  }
}

/** Clear minus raise, where both are numbers or offsets of the same attribute. */
function difference(clear: Limit, raise: Limit): number | undefined {
  if (typeof clear === 'number' && typeof raise === 'number') return clear - raise;
  if (typeof clear === 'number' || typeof raise === 'number') return undefined;
  return clear.attribute === raise.attribute ? (clear.plus ?? 0) - (raise.plus ?? 0) : undefined;
}

function checkAttribute(limit: Limit | undefined, type: string, path: PathStep[], known: Known, report: Report): void {
  if (limit === undefined || typeof limit === 'number') return;
  const attributes = known.attributes?.get(type);
  if (attributes === undefined || attributes.has(limit.attribute)) return;
  const near = hint(limit.attribute, attributes);
  report([...path, 'attribute'], `no declared ${type} has the attribute "${limit.attribute}"${near}`);
}

function checkOccurrenceRule(watched: NonNullable<AlarmRule['occurrence']>, known: Known, report: Report): void {
  const problem = occurrenceProblem(known, watched.type);
  if (problem !== undefined) report(['occurrence', 'type'], problem);
  const type = known.occurrenceTypes?.[watched.type];
  if (type === undefined) return;
  const pairs = [
    ['status', watched.status, type.statuses],
    ['level', watched.level, type.levels],
  ] as const;
  for (const [key, wanted, allowed] of pairs) {
    if (wanted === undefined || allowed === undefined) continue;
    for (const word of Array.isArray(wanted) ? wanted : [wanted]) {
      if (Object.hasOwn(allowed, word)) continue;
      report(
        ['occurrence', key],
        `"${word}" is no ${key} of "${watched.type}"; it has ${Object.keys(allowed).join(', ')}`,
      );
    }
  }
}

/** A cause that is, over others, its own consequence would silence all of them. */
function checkCycles(rules: readonly Entry<AlarmRule>[], source: PackSource): void {
  const causes = new Map(rules.map(({ value }) => [value.id, value.suppressedBy ?? []]));
  const told = new Set<string>();
  for (const { value: rule, raw, path: base } of rules) {
    const circle = findCircle(rule.id, causes);
    if (circle === undefined || circle.length < 2) continue;
    const key = [...circle].sort().join(' ');
    if (told.has(key)) continue;
    told.add(key);
    const message = `suppressedBy runs in a circle: ${[...circle, rule.id].join(' → ')}`;
    source.report(raw, ['suppressedBy'], message, { base, file: 'alarms.yaml' });
  }
}

/** The way from `start` back to itself over causes, or undefined. */
function findCircle(start: string, causes: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>();
  const walk = (id: string, way: string[]): string[] | undefined => {
    for (const cause of causes.get(id) ?? []) {
      if (cause === start) return way;
      if (seen.has(cause)) continue;
      seen.add(cause);
      const found = walk(cause, [...way, cause]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
