import type { ReadingValue } from '@citywall/model';
import { type Member, numeric } from './member.js';

/** A bound: a number, or the asset's own attribute (`floodLimit`) plus a constant. */
export type Bound = number | { attribute: string; plus?: number };

/** A condition on a member's value; all that is said must hold. Same shape as the protocol's `MemberCondition`. */
export interface Condition {
  above?: Bound;
  below?: Bound;
  atLeast?: Bound;
  atMost?: Bound;
  is?: readonly ReadingValue[];
}

/**
 * Whether a member's value meets the condition. No value, a value that is no number where a bound is given, or an
 * asset without the attribute: it does not (an unknown limit is never exceeded; coverage of limits is the pack's matter).
 */
export function meets(member: Member, condition: Condition): boolean {
  if (member.value === null) return false;
  if (condition.is && !condition.is.some((value) => sameReading(value, member.value))) return false;
  return (
    compare(member, condition.above, (value, bound) => value > bound) &&
    compare(member, condition.below, (value, bound) => value < bound) &&
    compare(member, condition.atLeast, (value, bound) => value >= bound) &&
    compare(member, condition.atMost, (value, bound) => value <= bound)
  );
}

function compare(member: Member, bound: Bound | undefined, holds: (value: number, bound: number) => boolean): boolean {
  if (bound === undefined) return true;
  const value = numeric(member.value);
  const limit = boundOf(member, bound);
  return value !== null && limit !== null && holds(value, limit);
}

function boundOf(member: Member, bound: Bound): number | null {
  if (typeof bound === 'number') return bound;
  const attribute = Object.hasOwn(member.attributes, bound.attribute) ? member.attributes[bound.attribute] : null;
  return typeof attribute === 'number' && Number.isFinite(attribute) ? attribute + (bound.plus ?? 0) : null;
}

function sameReading(a: ReadingValue, b: ReadingValue | null): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a[0] === b[0] && a[1] === b[1];
  return a === b;
}
