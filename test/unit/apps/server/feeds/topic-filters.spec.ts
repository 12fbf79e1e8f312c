import { describe, expect, it } from '@jest/globals';
import {
  covers,
  overlap,
  sharedFilter,
  simulatedFilter,
  subscriptionsOf,
} from '../../../../../apps/server/src/feeds/topic-filters.js';

describe('covers', () => {
  it.each([
    ['#', 'a/b'],
    ['a/#', 'a'],
    ['a/#', 'a/b/+'],
    ['a/#', 'a/#'],
    ['a/+/c', 'a/b/c'],
    ['+/+', 'a/+'],
    ['a/+/#', 'a/b/#'],
    ['$share/g/a/#', '$share/g/a/b'],
  ])('%s covers %s', (a, b) => expect(covers(a, b)).toBe(true));

  it.each([
    ['a/b', 'a/+'],
    ['a/+', 'a/#'],
    ['a/+', 'a'],
    ['a/+/#', 'a/#'],
    ['+/b', 'a/+'],
    ['#', '$SYS/broker/load'],
    ['+/x', '$SYS/x'],
    ['a', 'a/b'],
    ['$share/g/a/#', 'a/b'],
    ['a/#', '$share/g/a/b'],
    ['$share/g/a/#', '$share/h/a/b'],
    ['$share/g/+/x', '$share/g/$SYS/x'],
  ])('%s does not cover %s', (a, b) => expect(covers(a, b)).toBe(false));
});

describe('overlap', () => {
  it.each([
    ['a/+/x', 'a/b/+'],
    ['a/#', 'a'],
    ['+/b', 'a/+'],
    ['a/b', 'a/b'],
    ['$share/g/a/+', 'a/b'],
  ])('%s and %s bring some of the same messages', (a, b) => {
    expect(overlap(a, b)).toBe(true);
    expect(overlap(b, a)).toBe(true);
  });

  it.each([
    ['a/+/x', 'a/b/y'],
    ['a/+', 'a/b/c'],
    ['#', '$SYS/load'],
    ['a/+', 'a'],
  ])('%s and %s have nothing in common', (a, b) => {
    expect(overlap(a, b)).toBe(false);
    expect(overlap(b, a)).toBe(false);
  });
});

describe('sharedFilter', () => {
  it('puts a group before a filter, another one for high priority; a group written in the topic stays', () => {
    expect(sharedFilter('a/+', undefined, 'high')).toBe('a/+');
    expect(sharedFilter('a/+', 'walls', 'normal')).toBe('$share/walls/a/+');
    expect(sharedFilter('a/+', 'walls', 'high')).toBe('$share/walls-high/a/+');
    expect(sharedFilter('$share/own/a/+', 'walls', 'high')).toBe('$share/own/a/+');
  });
});

describe('subscriptionsOf', () => {
  it('adds the filter of simulated messages to each', () => {
    expect(simulatedFilter('$share/g/a/+')).toBe('$share/g/citywall-sim/a/+');
    expect([...subscriptionsOf([{ filter: 'a/+', qos: 1 }])]).toEqual([
      ['a/+', 1],
      ['citywall-sim/a/+', 1],
    ]);
  });

  it('leaves out what another filter covers, which takes over its QoS', () => {
    const filters = subscriptionsOf([
      { filter: 'a/b', qos: 0 },
      { filter: 'a/+', qos: 1 },
      { filter: 'c/d', qos: 1 },
      { filter: 'c/#', qos: 0 },
      { filter: 'e', qos: 0 },
      { filter: 'e', qos: 1 },
    ]);
    expect([...filters.keys()].filter((filter) => !filter.startsWith('citywall-sim/'))).toEqual(['a/+', 'c/#', 'e']);
    expect(filters.get('c/#')).toBe(1);
    expect(filters.get('e')).toBe(1);
  });

  it('gives filters that overlap one QoS, along the whole chain, and leaves others alone', () => {
    const filters = subscriptionsOf([
      { filter: 'a/+/x', qos: 0 },
      { filter: 'a/b/+', qos: 1 },
      { filter: '+/c/x', qos: 0 },
      { filter: 'z', qos: 0 },
    ]);
    expect([...filters].filter(([filter]) => !filter.startsWith('citywall-sim/'))).toEqual([
      ['a/+/x', 1],
      ['a/b/+', 1],
      ['+/c/x', 1],
      ['z', 0],
    ]);
  });

  it('of everything is one', () => {
    expect([
      ...subscriptionsOf([
        { filter: '#', qos: 1 },
        { filter: 'a/b', qos: 1 },
      ]).keys(),
    ]).toEqual(['#']);
  });
});
