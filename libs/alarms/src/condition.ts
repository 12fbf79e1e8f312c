import type { ReadingValue } from '@citywall/model';
import type { AlarmCondition, Attributes, Band, Excess, Limit, Scalar } from './rule.js';

/** holds: the alarm's condition · over: it may clear · between: neither, the alarm stays as it is. */
export type Verdict = 'holds' | 'between' | 'over';

/** What a condition is asked about. */
export interface Measured {
  value: ReadingValue;
  attributes: Attributes;
  /** change over the time of `rate`; null: not known */
  change: number | null;
  /** what is usual at this hour, where `deviation` asks for it; null: not known */
  usual: number | null;
}

type Test = (measured: Measured) => Verdict;

/**
 * A condition as one function; all parts must hold, and it is over as soon as one part is. A limit whose attribute the
 * asset does not have is never reached; a value that is no number has no size.
 */
export function compileCondition(when: AlarmCondition): Test {
  const tests: Test[] = [];
  const { above, atLeast, clearBelow, below, atMost, clearAbove, is, rate, between, outside, deviation } = when;
  if (above !== undefined) tests.push(bound(above, clearBelow, (value, limit) => value > limit, 1));
  if (atLeast !== undefined) tests.push(bound(atLeast, clearBelow, (value, limit) => value >= limit, 1));
  if (below !== undefined) tests.push(bound(below, clearAbove, (value, limit) => value < limit, -1));
  if (atMost !== undefined) tests.push(bound(atMost, clearAbove, (value, limit) => value <= limit, -1));
  if (is !== undefined) {
    const words: readonly Scalar[] = Array.isArray(is) ? is : [is];
    tests.push(({ value }) => (words.includes(value as Scalar) ? 'holds' : 'over'));
  }
  if (between !== undefined) tests.push(band(between, true));
  if (outside !== undefined) tests.push(band(outside, false));
  if (rate !== undefined) {
    tests.push(({ change }) => {
      const up = rate.above !== undefined && change !== null && change > rate.above;
      const down = rate.below !== undefined && change !== null && change < rate.below;
      return up || down ? 'holds' : 'over';
    });
  }
  if (deviation !== undefined) {
    tests.push(({ value, usual }) => {
      if (typeof value !== 'number' || usual === null) return 'over';
      const up = deviation.above !== undefined && beyond(value - usual, deviation.above, usual);
      const down = deviation.below !== undefined && beyond(usual - value, deviation.below, usual);
      return up || down ? 'holds' : 'over';
    });
  }
  if (tests.length === 0) return () => 'over';
  return (measured) => {
    let verdict: Verdict = 'holds';
    for (const test of tests) {
      const part = test(measured);
      if (part === 'over') return 'over';
      if (part === 'between') verdict = 'between';
    }
    return verdict;
  };
}

/** Strictly more than it may be. Of nothing there is no share: where nothing is usual only a size is beyond it. */
function beyond(gap: number, excess: Excess, usual: number): boolean {
  if (typeof excess === 'number') return exact(gap) > excess;
  return usual !== 0 && exact(gap) > exact((Math.abs(usual) * excess.percent) / 100);
}

function bound(
  raise: Limit,
  clear: Limit | undefined,
  reached: (value: number, limit: number) => boolean,
  side: 1 | -1,
): Test {
  return ({ value, attributes }) => {
    const limit = limitOf(raise, attributes);
    if (typeof value !== 'number' || limit === null) return 'over';
    if (reached(value, limit)) return 'holds';
    if (clear === undefined) return 'over';
    const back = limitOf(clear, attributes);
    if (back === null) return 'over';
    return side * (value - back) < 0 ? 'over' : 'between';
  };
}

/** Inside a band, or outside of it; `margin` is its hysteresis on both sides. */
function band({ low, high, margin = 0 }: Band, inside: boolean): Test {
  return ({ value, attributes }) => {
    const [from, to] = [limitOf(low, attributes), limitOf(high, attributes)];
    if (typeof value !== 'number' || from === null || to === null) return 'over';
    if (inside) {
      if (value >= from && value <= to) return 'holds';
      return value < exact(from - margin) || value > exact(to + margin) || margin === 0 ? 'over' : 'between';
    }
    if (value < from || value > to) return 'holds';
    return margin === 0 || (value > exact(from + margin) && value < exact(to - margin)) ? 'over' : 'between';
  };
}

/** Sums of decimals: 421.5 + -0.1 is 421.40000000000003, and 421.4 would be below it. */
const exact = (sum: number) => Number(sum.toPrecision(12));

/** The number a limit stands for at an asset; null where it has no such attribute. */
export function limitOf(limit: Limit, attributes: Attributes): number | null {
  if (typeof limit === 'number') return limit;
  const value = Object.hasOwn(attributes, limit.attribute) ? attributes[limit.attribute] : null;
  return typeof value === 'number' && Number.isFinite(value)
    ? exact(value * (limit.factor ?? 1) + (limit.plus ?? 0))
    : null;
}
