import { aggregate, figure, MAX_GROUPS } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, member, NOW, staleMember } from './members.js';

describe('a figure', () => {
  it('counts fresh values only where one is fresh, and coverage tells of the rest', () => {
    const members = [member('a', 10), member('b', 20, { at: NOW - 3 * MINUTE }), staleMember('c', 70)];
    expect(figure(members, { fn: 'sum' }, NOW)).toEqual({
      value: 30,
      origin: 'live',
      fresh: 2,
      total: 3,
      oldestAt: NOW - 3 * MINUTE,
    });
    expect(figure(members, { fn: 'max' }, NOW).value).toBe(20);
  });

  it('shows the last known picture where nothing is fresh, at coverage 0', () => {
    const members = [staleMember('a', 10), staleMember('b', 20, { at: NOW - 90 * MINUTE }), member('c', null)];
    expect(figure(members, { fn: 'sum' }, NOW)).toMatchObject({
      value: 30,
      fresh: 0,
      total: 3,
      oldestAt: NOW - 90 * MINUTE,
    });
  });

  it('is null where no member ever had a value', () => {
    for (const fn of ['count', 'sum', 'avg', 'min', 'max'] as const) {
      expect(figure([member('a', null)], { fn }, NOW)).toMatchObject({
        value: null,
        fresh: 0,
        total: 1,
        oldestAt: null,
      });
      expect(figure([], { fn }, NOW)).toMatchObject({ value: null, total: 0 });
    }
  });

  it('never counts a bad value, counts an uncertain one', () => {
    const members = [member('a', 1e9, { quality: 'bad' }), member('b', 4, { quality: 'uncertain' }), member('c', 2)];
    expect(figure(members, { fn: 'sum' }, NOW)).toMatchObject({ value: 6, fresh: 2, total: 3 });
    expect(figure([member('a', 5, { quality: 'bad' })], { fn: 'max' }, NOW)).toMatchObject({ value: null, fresh: 0 });
  });

  it('carries the worst origin of what it counts', () => {
    const members = [member('a', 1), member('b', 1, { origin: 'simulated' })];
    expect(figure(members, { fn: 'sum' }, NOW).origin).toBe('simulated');
    expect(figure([...members, member('c', 1, { origin: 'exercise' })], { fn: 'sum' }, NOW).origin).toBe('exercise');
    expect(figure([member('a', 1), staleMember('b', 1, { origin: 'simulated' })], { fn: 'sum' }, NOW).origin).toBe(
      'live',
    );
  });

  it('values of members nobody expects count, but not in coverage', () => {
    const members = [member('a', 1), member('b', 2, { expected: false })];
    expect(figure(members, { fn: 'sum' }, NOW)).toMatchObject({ value: 3, fresh: 1, total: 1 });
  });

  it('compares with a number, and with an attribute of the asset', () => {
    const members = [
      member('over', 443, { attributes: { floodLimit: 441.5 } }),
      member('at', 460, { attributes: { floodLimit: 460 } }),
      member('below', 300, { attributes: { floodLimit: 310 } }),
      member('no-limit', 999),
      member('text-limit', 999, { attributes: { floodLimit: '5' } }),
    ];
    const count = (where: object) => figure(members, { fn: 'count', where }, NOW).value;
    expect(count({ atLeast: { attribute: 'floodLimit' } })).toBe(2);
    expect(count({ above: { attribute: 'floodLimit' } })).toBe(1);
    expect(count({ below: { attribute: 'floodLimit' } })).toBe(1);
    expect(count({ atLeast: { attribute: 'floodLimit', plus: -10 } })).toBe(3);
    expect(count({ above: 400, below: 500 })).toBe(2);
    expect(count({ atMost: 300 })).toBe(1);
    expect(count({ above: { attribute: 'constructor' } })).toBe(0);
  });

  it('counts states, and answers zero where values exist but none matches', () => {
    const pumps = [member('a', 'running'), member('b', 'fault'), member('c', 'running')];
    expect(figure(pumps, { fn: 'count', where: { is: ['running'] } }, NOW)).toMatchObject({ value: 2, matching: 2 });
    expect(figure(pumps, { fn: 'count', where: { is: ['stopped'] } }, NOW)).toMatchObject({ value: 0, matching: 0 });
    expect(figure(pumps, { fn: 'sum', where: { is: ['stopped'] } }, NOW).value).toBe(0);
    expect(figure(pumps, { fn: 'avg', where: { is: ['stopped'] } }, NOW).value).toBeNull();
  });

  it('averages switches as a share and ignores texts', () => {
    expect(figure([member('a', true), member('b', false)], { fn: 'avg' }, NOW).value).toBe(0.5);
    expect(figure([member('a', 'on'), member('b', 3)], { fn: 'sum' }, NOW).value).toBe(3);
    expect(figure([member('a', Number.NaN), member('b', 3)], { fn: 'max' }, NOW).value).toBe(3);
  });

  it('names the asset of an extreme, and does not flicker between equal ones', () => {
    const members = [member('b', 7), member('a', 7), member('c', 1)];
    expect(figure(members, { fn: 'max' }, NOW)).toMatchObject({ value: 7, asset: 'water/reservoir/a', name: 'a' });
    expect(figure([...members].reverse(), { fn: 'max' }, NOW).asset).toBe('water/reservoir/a');
    expect(figure(members, { fn: 'min' }, NOW).name).toBe('c');
  });

  it('sums alike in any order', () => {
    const values = [0.1, 1e16, 0.2, -1e16, 0.3, 17.25];
    const sum = (list: number[]) =>
      figure(
        list.map((value, i) => member(String(i), value)),
        { fn: 'sum' },
        NOW,
      ).value;
    expect(sum(values)).toBeCloseTo(17.85, 12);
    expect(sum([...values].reverse())).toBe(sum(values));
  });
});

describe('figures by group', () => {
  const towns = [
    member('a', 12, { attributes: { town: '桂溪街道' } }),
    member('b', 30, { attributes: { town: '高安镇' } }),
    staleMember('c', 99, { attributes: { town: '高安镇' } }),
    staleMember('d', 5, { attributes: { town: '澄溪镇' } }),
    member('e', 1),
  ];

  it('each group counts for itself, sorted, with what has no group under the empty key', () => {
    const rows = aggregate(towns, { fn: 'max', by: 'town' }, NOW);
    expect(rows.map(([key, row]) => [key, row.value, row.fresh, row.total])).toEqual([
      ['', 1, 1, 1],
      ['桂溪街道', 12, 1, 1],
      ['澄溪镇', 5, 0, 1],
      ['高安镇', 30, 1, 2],
    ]);
  });

  it('is bounded whatever attributes come', () => {
    const many = Array.from({ length: MAX_GROUPS + 50 }, (_, i) =>
      member(`${i}`, 1, { attributes: { town: `t${i}` } }),
    );
    expect(aggregate(many, { fn: 'count', by: 'town' }, NOW)).toHaveLength(MAX_GROUPS);
  });

  it('a group named __proto__ is a group', () => {
    const rows = aggregate([member('a', 1, { attributes: { town: '__proto__' } })], { fn: 'sum', by: 'town' }, NOW);
    expect(rows.map(([key, row]) => [key, row.value])).toEqual([['__proto__', 1]]);
  });
});
