import { describe, expect, it } from '@jest/globals';
import {
  covers,
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

  it('leaves out what another filter covers at the same or a higher QoS', () => {
    const filters = subscriptionsOf([
      { filter: 'a/b', qos: 0 },
      { filter: 'a/+', qos: 1 },
      { filter: 'c/d', qos: 1 },
      { filter: 'c/#', qos: 0 },
      { filter: 'e', qos: 0 },
      { filter: 'e', qos: 1 },
    ]);
    expect([...filters.keys()].filter((filter) => !filter.startsWith('citywall-sim/'))).toEqual([
      'a/+',
      'c/d',
      'c/#',
      'e',
    ]);
    expect(filters.get('e')).toBe(1);
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
