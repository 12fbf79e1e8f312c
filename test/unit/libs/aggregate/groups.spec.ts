import { rankGroups } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';

const group = (key: string, ...values: (number | null)[]) => ({ key, values });
const order = (by: number[], ...groups: ReturnType<typeof group>[]) => rankGroups(groups, by).map(({ key }) => key);

describe('groups in their order', () => {
  it('the largest first, by the next column where the first is equal', () => {
    expect(order([0, 1], group('a', 0, 3), group('b', 2, 0), group('c', 0, 9))).toEqual(['b', 'c', 'a']);
    expect(order([1], group('a', 9, 1), group('b', 0, 2))).toEqual(['b', 'a']);
  });

  it('what is not known stands below zero, also below what is below zero', () => {
    expect(order([0], group('a', null), group('b', -5), group('c', 0), group('d', null))).toEqual(['c', 'b', 'a', 'd']);
  });

  it('equal ones stand by their names, whichever came first', () => {
    expect(order([0], group('b', 1), group('a', 1))).toEqual(['a', 'b']);
    expect(order([], group('b'), group('a'))).toEqual(['a', 'b']);
  });
});
