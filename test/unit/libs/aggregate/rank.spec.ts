import { rank } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';
import { member, NOW, staleMember } from './members.js';

const keys = (members: { name: string }[]) => members.map(({ name }) => name);

describe('rank', () => {
  it('orders by value and cuts', () => {
    const members = [member('a', 1), member('b', 30), member('c', 12)];
    expect(keys(rank(members, 'desc', 2, NOW))).toEqual(['b', 'c']);
    expect(keys(rank(members, 'asc', 5, NOW))).toEqual(['a', 'c', 'b']);
    expect(rank(members, 'asc', 0, NOW)).toEqual([]);
  });

  it('a silent asset holds no place while others are fresh', () => {
    expect(keys(rank([member('a', 1), staleMember('b', 30)], 'desc', 5, NOW))).toEqual(['a']);
    expect(keys(rank([staleMember('a', 1), staleMember('b', 30)], 'desc', 5, NOW))).toEqual(['b', 'a']);
  });

  it('equal values keep the order of ids; texts and bad values have no place', () => {
    const members = [member('b', 2), member('a', 2), member('x', 'high'), member('y', 9, { quality: 'bad' })];
    expect(keys(rank(members, 'desc', 9, NOW))).toEqual(['a', 'b']);
    expect(keys(rank(members, 'asc', 9, NOW))).toEqual(['a', 'b']);
  });
});
