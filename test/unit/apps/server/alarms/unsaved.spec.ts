import { describe, expect, it } from '@jest/globals';
import type { AlarmsToSave, KeptAlarm, Settled } from '../../../../../apps/server/src/alarms/alarms.types.js';
import { Unsaved } from '../../../../../apps/server/src/alarms/unsaved.js';

const kept = (id: string, value: number) => ({ alarm: { id, value }, told: null }) as unknown as KeptAlarm;
const settled = (entry: string): Settled => ({ entry, outcome: 'done' });
const happening = (kind: string, id = 'a') =>
  ({ kind, alarm: { id } }) as unknown as AlarmsToSave['happenings'][number];

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

  it('saves some alarms at a time, each with all that happened to it; what is urgent first', () => {
    const unsaved = new Unsaved();
    for (const kind of ['raised', 'cleared'])
      for (const id of ['a', 'b', 'c'])
        unsaved.add({ saved: [kept(id, 1)], gone: [], happenings: [happening(kind, id)], settled: [] });
    expect(unsaved.hurries).toBe(false);
    unsaved.add({
      saved: [kept('c', 2)],
      gone: [],
      happenings: [happening('acknowledged', 'c')],
      settled: [settled('1-0')],
    });
    expect([unsaved.hurries, unsaved.size]).toEqual([true, 4]);
    const first = unsaved.next(2);
    expect(first).toMatchObject({ saved: [kept('c', 2), kept('a', 1)], settled: [settled('1-0')] });
    expect(first?.happenings.map(({ kind, alarm }) => `${kind} ${alarm.id}`)).toEqual([
      'raised a',
      'raised c',
      'cleared a',
      'cleared c',
      'acknowledged c',
    ]);
    unsaved.settle();
    expect(unsaved.next(2)).toMatchObject({ saved: [kept('b', 1)], settled: [] });
    unsaved.settle();
    expect(unsaved.isEmpty).toBe(true);
  });

  it('tells nobody that a command is done before all that came with it is kept', () => {
    const unsaved = new Unsaved();
    unsaved.add({ saved: [kept('a', 1), kept('b', 1)], gone: ['c'], happenings: [], settled: [settled('1-0')] });
    expect(unsaved.next(1)?.settled).toEqual([]);
    unsaved.settle();
    expect(unsaved.next(2)).toMatchObject({ saved: [kept('b', 1)], gone: ['c'], settled: [settled('1-0')] });
  });
});
