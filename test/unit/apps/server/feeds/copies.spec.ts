import { describe, expect, it } from '@jest/globals';
import { Copies } from '../../../../../apps/server/src/feeds/copies.js';

const BROAD = 1;
const NARROW = 2;
const THIRD = 3;

/** Each step: subscription(s), payload, ms → whether it is a copy. */
function play(steps: [by: number | number[], payload: string, at?: number][], copies = new Copies()): boolean[] {
  return steps.map(([by, payload, at = 0]) => copies.isCopy('a/b', Buffer.from(payload), by, at));
}

describe('Copies', () => {
  it('one publication that comes by two subscriptions is taken once', () => {
    expect(
      play([
        [BROAD, 'x'],
        [NARROW, 'x'],
      ]),
    ).toEqual([false, true]);
  });

  it('the same content published again is taken again, in whatever order copies come', () => {
    expect(
      play([
        [BROAD, 'x'],
        [NARROW, 'x'],
        [NARROW, 'x'],
        [BROAD, 'x'],
      ]),
    ).toEqual([false, true, false, true]);
    expect(
      play([
        [BROAD, 'x'],
        [BROAD, 'x'],
        [NARROW, 'x'],
        [NARROW, 'x'],
      ]),
    ).toEqual([false, false, true, true]);
  });

  it('three subscriptions, and a broker that names them all in one copy', () => {
    expect(
      play([
        [BROAD, 'x'],
        [THIRD, 'x'],
        [NARROW, 'x'],
        [BROAD, 'x'],
      ]),
    ).toEqual([false, true, true, false]);
    expect(
      play([
        [[BROAD, NARROW], 'x'],
        [[BROAD, NARROW], 'x'],
      ]),
    ).toEqual([false, false]);
  });

  it('another content or topic is another message', () => {
    const copies = new Copies();
    expect(
      play(
        [
          [BROAD, 'x'],
          [NARROW, 'y'],
        ],
        copies,
      ),
    ).toEqual([false, false]);
    expect(copies.isCopy('a/c', Buffer.from('x'), NARROW, 0)).toBe(false);
  });

  it('a copy that was lost does not hide a later message', () => {
    expect(
      play([
        [BROAD, 'x', 0],
        [NARROW, 'x', 10_001],
      ]),
    ).toEqual([false, false]);
  });

  it('remembers as much as it is told to', () => {
    const copies = new Copies(10);
    play([[BROAD, 'x']], copies);
    play(
      Array.from({ length: 9 }, (_, i) => [BROAD, `other ${i}`] as [number, string]),
      copies,
    );
    expect(play([[NARROW, 'x']], copies)).toEqual([true]);
    play(
      Array.from({ length: 20 }, (_, i) => [BROAD, `more ${i}`] as [number, string]),
      copies,
    );
    expect(play([[THIRD, 'x']], copies)).toEqual([false]);
  });
});
