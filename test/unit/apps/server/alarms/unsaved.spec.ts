import { describe, expect, it } from '@jest/globals';
import type { AlarmsToSave, KeptAlarm, Settled } from '../../../../../apps/server/src/alarms/alarms.types.js';
import { Unsaved } from '../../../../../apps/server/src/alarms/unsaved.js';

const kept = (id: string, value: number) => ({ alarm: { id, value }, told: null }) as unknown as KeptAlarm;
const settled = (entry: string): Settled => ({ entry, outcome: 'done' });
const happening = (kind: string) => ({ kind }) as unknown as AlarmsToSave['happenings'][number];

describe('what is not saved yet', () => {
  it('keeps the newest of every alarm, and every happening in order', () => {
    const unsaved = new Unsaved();
    unsaved.add({ saved: [kept('a', 1), kept('b', 1)], gone: [], happenings: [happening('raised')], settled: [] });
    unsaved.add({ saved: [kept('a', 2)], gone: ['b'], happenings: [happening('cleared')], settled: [settled('1-0')] });
    expect(unsaved.size).toBe(5);
    expect(unsaved.take()).toEqual({
      saved: [kept('a', 2)],
      gone: ['b'],
      happenings: [happening('raised'), happening('cleared')],
      settled: [settled('1-0')],
    });
    expect(unsaved.size).toBe(0);
  });

  it('takes back what could not be saved below what came since', () => {
    const unsaved = new Unsaved();
    unsaved.add({ saved: [kept('a', 1)], gone: ['c'], happenings: [happening('raised')], settled: [settled('1-0')] });
    const taken = unsaved.take();
    unsaved.add({ saved: [kept('c', 5)], gone: ['a'], happenings: [happening('cleared')], settled: [settled('2-0')] });
    unsaved.giveBack(taken);
    expect(unsaved.take()).toEqual({
      saved: [kept('c', 5)],
      gone: ['a'],
      happenings: [happening('raised'), happening('cleared')],
      settled: [settled('1-0'), settled('2-0')],
    });
  });
});
