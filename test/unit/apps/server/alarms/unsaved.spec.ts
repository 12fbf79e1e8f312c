import { describe, expect, it } from '@jest/globals';
import type { AlarmsToSave, KeptAlarm, Settled } from '../../../../../apps/server/src/alarms/alarms.types.js';
import { Unsaved } from '../../../../../apps/server/src/alarms/unsaved.js';

const kept = (id: string, value: number) => ({ alarm: { id, value }, told: null }) as unknown as KeptAlarm;
const settled = (entry: string): Settled => ({ entry, outcome: 'done' });
const happening = (kind: string) => ({ kind }) as unknown as AlarmsToSave['happenings'][number];

describe('what is not saved yet', () => {
  it('keeps the newest of every alarm, and every happening in order', () => {
    const unsaved = new Unsaved();
    expect([unsaved.isEmpty, unsaved.next()]).toEqual([true, null]);
    unsaved.add({ saved: [kept('a', 1), kept('b', 1)], gone: [], happenings: [happening('raised')], settled: [] });
    unsaved.add({ saved: [kept('a', 2)], gone: ['b'], happenings: [happening('cleared')], settled: [settled('1-0')] });
    expect(unsaved.isEmpty).toBe(false);
    expect(unsaved.next()).toEqual({
      id: expect.any(String),
      saved: [kept('a', 2)],
      gone: ['b'],
      happenings: [happening('raised'), happening('cleared')],
      settled: [settled('1-0')],
    });
    unsaved.settle();
    expect(unsaved.isEmpty).toBe(true);
  });

  it('tries the same again, under the same id, before what came since', () => {
    const unsaved = new Unsaved();
    unsaved.add({ saved: [kept('a', 1)], gone: ['c'], happenings: [happening('raised')], settled: [settled('1-0')] });
    const tried = structuredClone(unsaved.next());
    unsaved.add({ saved: [kept('c', 5)], gone: ['a'], happenings: [happening('cleared')], settled: [settled('2-0')] });
    expect(unsaved.next()).toEqual(tried);
    unsaved.settle();
    const second = unsaved.next();
    expect(second).toEqual({
      id: expect.any(String),
      saved: [kept('c', 5)],
      gone: ['a'],
      happenings: [happening('cleared')],
      settled: [settled('2-0')],
    });
    expect(second?.id).not.toBe(tried?.id);
  });
});
