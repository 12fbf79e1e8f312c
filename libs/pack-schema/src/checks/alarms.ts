import { type Attributes, limitOf } from '@citywall/alarms';
import type { AlarmRule } from '../files/alarms.js';
import type { PathStep } from '../problem.js';
import type { Entry, PackSource } from '../source.js';
import { hint, type Known, metricProblem, occurrenceProblem, typeProblem } from './known.js';
import { findCircle } from './topology.js';

type Report = (path: PathStep[], message: string) => void;
type Condition = NonNullable<AlarmRule['when']>;
type Part = Extract<NonNullable<Condition['all']>[number], { metric: string }>;
type Sizes = Omit<Part, 'metric' | 'of'>;
type Limit = NonNullable<Sizes['above']>;

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
  const byId = new Map(rules.map(({ value }) => [value.id, value]));
  for (const { value: rule, raw, path: base } of rules) {
    const report: Report = (path, message) => source.report(raw, path, message, { base, file: 'alarms.yaml' });
    const { metric, occurrence, outage } = rule;
    if (metric === undefined && occurrence === undefined && outage === undefined) {
      report([], 'a rule watches a metric or an occurrence: add "metric: type/metric" or "occurrence: { type: … }"');
    }
    if (metric !== undefined && occurrence !== undefined) {
      report(['occurrence'], 'a rule watches a metric or an occurrence, not both');
    }
    if (outage !== undefined) checkOutage(rule, outage, known, report);
    if (rule.metric !== undefined && outage === undefined) checkMetricRule(rule, rule.metric, known, report);
    if (rule.occurrence !== undefined) checkOccurrenceRule(rule.occurrence, known, report);
    for (const [index, cause] of (rule.suppressedBy ?? []).entries()) {
      const problem = declared.has(cause)
        ? causeProblem(rule, byId.get(cause), known)
        : `there is no rule "${cause}"${hint(cause, declared)}`;
      if (problem !== undefined) report(['suppressedBy', index], problem);
    }
  }
  checkCycles(rules, source);
}

/**
 * Why the alarm of a rule can't explain that of another; undefined: it can. What is explained is at the same subject, or at
 * an asset below.
 */
function causeProblem(rule: AlarmRule, cause: AlarmRule | undefined, known: Known): string | undefined {
  // a cause that is wrong in itself has said so
  if (cause === undefined) return undefined;
  if (cause.outage !== undefined) return rule.id === cause.id ? 'a rule cannot suppress itself' : undefined;
  if (rule.outage !== undefined) return `an outage is of the whole system, "${cause.id}" is not`;
  const [own, its] = [typeOf(rule), typeOf(cause)];
  if (own === undefined && its === undefined) {
    if (rule.id === cause.id) return 'a rule cannot suppress itself';
    const [type, other] = [rule.occurrence?.type, cause.occurrence?.type];
    if (type === other) return undefined;
    return `"${cause.id}" watches occurrences of "${other}", this rule "${type}": one never explains the other`;
  }
  if (own === undefined || its === undefined || (own === its && rule.id !== cause.id)) return undefined;
  const above = known.above?.get(own);
  if (above === undefined || above.has(its)) return undefined;
  if (rule.id === cause.id) return 'a rule cannot suppress itself';
  return (
    `"${cause.id}" watches a ${its}, and no ${its} is upstream of a ${own}: ` +
    `say in pack.yaml which, assetTypes: { ${own}: { upstream: [{ type: ${its}, by: ATTRIBUTE }] } }`
  );
}

function checkOutage(
  { metric, occurrence, when }: AlarmRule,
  { types = [] }: NonNullable<AlarmRule['outage']>,
  known: Known,
  report: Report,
): void {
  if (metric !== undefined || occurrence !== undefined || when !== undefined)
    report(
      ['outage'],
      '"outage" stands alone: it watches all assets, not a metric or an occurrence, and has no "when"',
    );
  for (const [index, type] of types.entries()) {
    const problem = typeProblem(known, type);
    if (problem !== undefined) report(['outage', 'types', index], problem);
  }
}

const typeOf = ({ metric }: AlarmRule) => metric?.slice(0, metric.indexOf('/'));

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
    report(
      ['when'],
      'the condition is empty; give above, atLeast, below, atMost, is, between, outside, all, any, absent, rate or deviation',
    );
  }
  if (when.absent !== undefined && Object.keys(when).length > 1) {
    report(['when', 'absent'], '"absent" stands alone: what is absent has no value; make it a rule of its own');
  }
  if (when.rate !== undefined && when.rate.above === undefined && when.rate.below === undefined) {
    report(['when', 'rate'], 'give above or below: how fast is too fast');
  }
  checkSizes(when, type, id, ['when'], known, report);
  checkParts(rule, when, type, known, report);
  if (rule.worse !== undefined && isUpper(when) === isLower(when))
    report(['worse'], '"worse" needs a limit to one side: above or atLeast, below or atMost');
  const metric = known.metrics?.get(id);
  if (when.deviation !== undefined) {
    if (when.deviation.above === undefined && when.deviation.below === undefined)
      report(['when', 'deviation'], 'give above or below: how far from what is usual');
    if (metric !== undefined && !isNumeric(metric))
      report(['when', 'deviation'], `"${id}" is a ${metric.kind}, it has no size; use is`);
    else if (metric !== undefined && metric.history !== 'quarter')
      report(
        ['when', 'deviation'],
        `of "${id}" nobody knows last week: give it "history: quarter" in metrics.yaml, it has ${metric.history ?? 'hour'}`,
      );
  }
  if (when.rate !== undefined && metric !== undefined && !isNumeric(metric))
    report(['when', 'rate'], `"${id}" is a ${metric.kind}, it has no size; use is`);
}

const isUpper = ({ above, atLeast }: Condition) => (above ?? atLeast) !== undefined;
const isLower = ({ below, atMost }: Condition) => (below ?? atMost) !== undefined;
const isNumeric = ({ kind }: { kind: string }) => kind === 'gauge' || kind === 'counter';

/** What a condition asks of one value. @param type of the asset whose attributes limits name @param id `type/metric` */
function checkSizes(when: Sizes, type: string, id: string, at: PathStep[], known: Known, report: Report): void {
  for (const [one, other] of [
    ['above', 'atLeast'],
    ['below', 'atMost'],
  ] as const) {
    if (when[one] !== undefined && when[other] !== undefined)
      report([...at, other], `give "${one}" or "${other}", not both`);
  }
  const sizes = assetsOf(type, known);
  checkHysteresis(when.above ?? when.atLeast, when.clearBelow, 'above', 'clearBelow', at, sizes, report);
  checkHysteresis(when.below ?? when.atMost, when.clearAbove, 'below', 'clearAbove', at, sizes, report);
  for (const key of ['above', 'atLeast', 'clearBelow', 'below', 'atMost', 'clearAbove'] as const)
    checkAttribute(when[key], type, [...at, key], known, report);
  for (const key of ['between', 'outside'] as const) {
    const { low, high, margin = 0 } = when[key] ?? {};
    checkAttribute(low, type, [...at, key, 'low'], known, report);
    checkAttribute(high, type, [...at, key, 'high'], known, report);
    const width = low === undefined || high === undefined ? undefined : difference(high, low);
    if (width === undefined) continue;
    if (width <= 0) report([...at, key, 'high'], '"high" must be above "low"');
    else if (key === 'outside' && 2 * margin >= width)
      report([...at, key, 'margin'], '"margin" leaves nothing between the limits: the alarm would never clear');
  }
  const metric = known.metrics?.get(id);
  if (metric === undefined) return;
  for (const key of ['above', 'atLeast', 'below', 'atMost', 'between', 'outside'] as const) {
    if (when[key] !== undefined && !isNumeric(metric))
      report([...at, key], `"${id}" is a ${metric.kind}, it has no size; use is`);
  }
  if (when.is === undefined || metric.states === undefined) return;
  for (const word of Array.isArray(when.is) ? when.is : [when.is]) {
    if (!Object.hasOwn(metric.states, String(word)))
      report([...at, 'is'], `"${String(word)}" is no state of ${id}; it has ${Object.keys(metric.states).join(', ')}`);
  }
}

/** Several conditions: they stand alone, and the metrics and assets that they name are there. */
function checkParts(rule: AlarmRule, when: Condition, type: string, known: Known, report: Report): void {
  for (const mode of ['all', 'any'] as const) {
    const parts = when[mode];
    if (parts === undefined) continue;
    if (Object.keys(when).length > 1) report(['when', mode], `"${mode}" stands alone: put the rest into it`);
    const list = parts.flatMap((term, index): [Part, PathStep[]][] => {
      const at: PathStep[] = ['when', mode, index];
      if ('all' in term) return term.all.map((part, place) => [part, [...at, 'all', place]]);
      if ('any' in term) return term.any.map((part, place) => [part, [...at, 'any', place]]);
      return [[term, at]];
    });
    for (const [part, at] of list) {
      const { metric, of, ...sizes } = part;
      const far = metric.includes('/');
      if (far !== (of !== undefined)) {
        report(
          [...at, 'metric'],
          far
            ? '"of" is missing: say which attribute names that asset'
            : `"of" needs type/metric here, like pump/${metric}`,
        );
        continue;
      }
      const id = far ? metric : `${type}/${metric}`;
      const its = id.slice(0, id.indexOf('/'));
      const problem = typeProblem(known, its) ?? metricProblem(known, its, id.slice(its.length + 1));
      if (problem !== undefined) report([...at, 'metric'], problem);
      if (Object.keys(sizes).length === 0)
        report(at, 'the condition is empty; give above, atLeast, below, atMost, is, between or outside');
      checkSizes(sizes, its, id, at, known, report);
      if (of !== undefined) checkReferences(type, of, its, [...at, 'of'], known, report);
    }
    const own = rule.metric?.slice(type.length + 1);
    if (!list.some(([{ metric, of }]) => of === undefined && metric === own))
      report(['metric'], `"${rule.metric}" is in none of the conditions: name the one whose value the alarm shows`);
  }
}

/** The attribute is there, and every asset that it names. */
function checkReferences(
  type: string,
  attribute: string,
  to: string,
  at: PathStep[],
  known: Known,
  report: Report,
): void {
  checkAttribute({ attribute }, type, at.slice(0, -1), known, (_, message) => report(at, message));
  for (const [id, attributes] of known.assets ?? []) {
    const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    if (!id.startsWith(`${type}/`) || value === undefined) continue;
    if (typeof value === 'string' && value.startsWith(`${to}/`) && known.assets?.has(value)) continue;
    report(at, `${id}: "${attribute}" is ${JSON.stringify(value)}, which is no declared ${to}`);
  }
}

/** `clearBelow` must not lie above `above`, `clearAbove` not below `below`: the alarm would clear while it holds. */
function checkHysteresis(
  raise: Limit | undefined,
  clear: Limit | undefined,
  raiseKey: 'above' | 'below',
  clearKey: string,
  at: PathStep[],
  assets: Iterable<[string, Attributes]>,
  report: Report,
): void {
  if (clear === undefined) return;
  if (raise === undefined) {
    report(
      [...at, clearKey],
      `"${clearKey}" belongs to "${raiseKey}" or "${raiseKey === 'above' ? 'atLeast' : 'atMost'}", which is missing`,
    );
    return;
  }
  const side = raiseKey === 'above' ? 'at or below' : 'at or above';
  const wrong = (gap: number | undefined) => gap !== undefined && (raiseKey === 'above' ? gap > 0 : gap < 0);
  if (wrong(difference(clear, raise))) {
    report([...at, clearKey], `"${clearKey}" must be ${side} "${raiseKey}", or the alarm clears while it holds`);
    return;
  }
  // limits by different attributes: as every asset has them
  for (const [id, attributes] of assets) {
    const [back, limit] = [limitOf(clear, attributes), limitOf(raise, attributes)];
    if (back === null || limit === null || !wrong(back - limit)) continue;
    report(
      [...at, clearKey],
      `"${clearKey}" must be ${side} "${raiseKey}"; at ${id} it is ${back}, and "${raiseKey}" ${limit}`,
    );
    return;
  }
}

function assetsOf(type: string, known: Known): [string, Attributes][] {
  return [...(known.assets ?? [])].filter(([id]) => id.startsWith(`${type}/`)) as [string, Attributes][];
}

/** Clear minus raise, where both are numbers or offsets of the same attribute. */
function difference(clear: Limit, raise: Limit): number | undefined {
  if (typeof clear === 'number' && typeof raise === 'number') return clear - raise;
  if (typeof clear === 'number' || typeof raise === 'number') return undefined;
  const same = clear.attribute === raise.attribute && (clear.factor ?? 1) === (raise.factor ?? 1);
  return same ? (clear.plus ?? 0) - (raise.plus ?? 0) : undefined;
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
    // one that suppresses itself does so from an asset above, where that is refused elsewhere if there is none
    if (circle === undefined || circle.length < 2) continue;
    const key = [...circle].sort().join(' ');
    if (told.has(key)) continue;
    told.add(key);
    const message = `suppressedBy runs in a circle: ${[...circle, rule.id].join(' → ')}`;
    source.report(raw, ['suppressedBy'], message, { base, file: 'alarms.yaml' });
  }
}
