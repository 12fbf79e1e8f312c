import { describe, expect, it } from '@jest/globals';
import { Marks, ValueStore } from '../../../../../../apps/server/src/frames/mirror/value-store.js';
import type { Row } from '../../../../../../apps/server/src/state/index.js';

const row = (
  value: Row[2],
  at: number,
  rest: Partial<{ quality: number; origin: number; flags: Row[7] }> = {},
): Row => ['node/a', 'level', value, at, at + 5, rest.quality ?? 0, rest.origin ?? 0, rest.flags ?? [], 'feed'];

describe('ValueStore', () => {
  it('keeps the newest value of every asset, and nothing of one measured before it', () => {
    const store = new ValueStore(new Marks());
    expect(store.put(3, row(1.5, 100))).toBe(true);
    expect(store.put(3, row(2.5, 99))).toBe(false);
    expect([store.value(3), store.at(3), store.receivedAt(3)]).toEqual([1.5, 100, 105]);
    expect(store.put(3, row(2.5, 100))).toBe(true);
    expect(store.value(3)).toBe(2.5);
  });

  it('an asset without a value has none, wherever it stands', () => {
    const store = new ValueStore(new Marks());
    store.put(1000, row(1, 100));
    for (const index of [0, 999, 1001, 1_000_000]) {
      expect(store.has(index)).toBe(false);
      expect([store.value(index), store.at(index), store.receivedAt(index), store.version(index)]).toEqual([
        null,
        0,
        0,
        0,
      ]);
      expect(store.mark(index)).toBeUndefined();
    }
    expect(store.has(1000)).toBe(true);
  });

  it('a value may change its kind', () => {
    const store = new ValueStore(new Marks());
    const values: Row[2][] = [1, 'running', false, 0, [107.3, 30.3], '', true, -0.5];
    for (const [at, value] of values.entries()) {
      store.put(7, row(value, at));
      expect(store.value(7)).toEqual(value);
    }
  });

  it('tells with a version that a value is another one', () => {
    const store = new ValueStore(new Marks());
    store.put(0, row(1, 100));
    const before = store.version(0);
    store.put(0, row(1, 99));
    store.put(1, row(1, 100));
    expect(store.version(0)).toBe(before);
    store.put(0, row(1, 100));
    expect(store.version(0)).not.toBe(before);
  });

  it('keeps what it had when it grows', () => {
    const store = new ValueStore(new Marks());
    for (let i = 0; i < 10_000; i++) store.put(9_999 - i, row(i % 3 === 0 ? `text ${i}` : i, i));
    for (let i = 0; i < 10_000; i++) {
      expect(store.value(9_999 - i)).toBe(i % 3 === 0 ? `text ${i}` : i);
      expect(store.at(9_999 - i)).toBe(i);
    }
  });

  it('takes a value in place of the row’s own', () => {
    const store = new ValueStore(new Marks());
    store.put(0, row('13912345678', 100), '139****5678');
    expect(store.value(0)).toBe('139****5678');
  });
});

describe('Marks', () => {
  it('gives the same combination the same number, whatever came between', () => {
    const marks = new Marks();
    const plain = marks.numberOf(row(1, 1));
    const doubted = marks.numberOf(row(1, 1, { quality: 1, flags: ['vendor', 'range'] }));
    expect(marks.numberOf(row(2, 2))).toBe(plain);
    expect(marks.numberOf(row(2, 2, { quality: 1, flags: ['vendor', 'range'] }))).toBe(doubted);
    expect(marks.numberOf(row(2, 2, { origin: 1 }))).not.toBe(plain);
    expect(marks.get(plain)).toEqual({ quality: 'good', origin: 'live', flags: [], feed: 'feed' });
    expect(marks.get(doubted)).toMatchObject({ quality: 'uncertain', flags: ['vendor', 'range'] });
  });

  it('reads codes that it does not know with caution', () => {
    const marks = new Marks();
    expect(marks.get(marks.numberOf(row(1, 1, { quality: 9, origin: 9 })))).toMatchObject({
      quality: 'bad',
      origin: 'live',
    });
  });
});
