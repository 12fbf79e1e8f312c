import { mergeOrigin, type Origin, type Quality } from '@citywall/model';
import { type Condition, meets } from './condition.js';
import { type Covered, counted, coverage } from './coverage.js';
import { type Member, numeric } from './member.js';

export type AggregateFn = 'count' | 'sum' | 'avg' | 'min' | 'max';

export interface AggregateSpec {
  fn: AggregateFn;
  where?: Condition;
  /** asset attribute to group by */
  by?: string;
}

/** One figure with what stands behind it. */
export interface Figure extends Covered {
  /** null: no member has a value, or nothing meets `where` and the function has no answer for nothing */
  value: number | null;
  /** worst of the values counted; `live` where there is none */
  origin: Origin;
  /** values that meet `where`; only with `where` */
  matching?: number;
  /** the asset that holds the extreme; only for min and max */
  asset?: string;
  name?: string;
  /** measured time and quality of that asset's value, Unix ms */
  at?: number;
  quality?: Quality;
}

/** Key of the only figure of an aggregate without `by`. */
export const ALL = 'all';

/** Most groups of one view. What comes after, in order of the keys, is left out: a view is bounded whatever a feed sends. */
export const MAX_GROUPS = 1_000;

/**
 * Figures over the members of a type: one, or one a group of `by`, sorted by key. Members without the attribute are
 * the group `''`, so that groups always add up. Values count as `counted` says; coverage is of the group, with or
 * without `where`.
 */
export function aggregate(members: readonly Member[], spec: AggregateSpec, now: number): [string, Figure][] {
  if (spec.by === undefined) return [[ALL, figure(members, spec, now)]];
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = groupOf(member, spec.by);
    const group = groups.get(key);
    if (group) group.push(member);
    else groups.set(key, [member]);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .slice(0, MAX_GROUPS)
    .map(([key, group]) => [key, figure(group, spec, now)]);
}

function groupOf(member: Member, by: string): string {
  const value = Object.hasOwn(member.attributes, by) ? member.attributes[by] : null;
  return value === null || value === undefined ? '' : String(value);
}

/** One figure over all members. */
export function figure(members: readonly Member[], spec: AggregateSpec, now: number): Figure {
  const counting = counted(members, now);
  const { where } = spec;
  const matching = where ? counting.filter((member) => meets(member, where)) : counting;
  const origin = counting.reduce<Origin>((worst, member) => mergeOrigin(worst, member.origin), 'live');
  const result: Figure = { value: null, origin, ...coverage(members, counting, now) };
  if (where) result.matching = matching.length;
  if (counting.length === 0) return result;

  if (spec.fn === 'count') {
    result.value = matching.length;
  } else if (spec.fn === 'sum' || spec.fn === 'avg') {
    const { sum, count } = total(matching);
    if (spec.fn === 'sum') result.value = sum;
    else if (count > 0) result.value = sum / count;
  } else {
    extreme(matching, spec.fn, result);
  }
  return result;
}

/** Sum with compensation (Neumaier 1974): the order in which members are kept must not show in the last digits. */
function total(members: readonly Member[]): { sum: number; count: number } {
  let sum = 0;
  let lost = 0;
  let count = 0;
  for (const member of members) {
    const value = numeric(member.value);
    if (value === null) continue;
    count++;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return { sum: sum + lost, count };
}

/** Of equal extremes the asset whose id comes first, so that a tie doesn't flicker. */
function extreme(members: readonly Member[], fn: 'min' | 'max', result: Figure): void {
  for (const member of members) {
    const value = numeric(member.value);
    if (value === null) continue;
    const better = result.value === null || (fn === 'max' ? value > result.value : value < result.value);
    const tie = value === result.value && result.asset !== undefined && member.asset < result.asset;
    if (!better && !tie) continue;
    result.value = value;
    result.asset = member.asset;
    result.name = member.name;
    result.at = member.at;
    result.quality = member.quality;
  }
}
