import { describe, expect, it } from '@jest/globals';
import type { AlarmsToSave, KeptAlarm } from '../../../../../apps/server/src/alarms/alarms.types.js';
import { Unsaved } from '../../../../../apps/server/src/alarms/unsaved.js';

const kept = (id: string, value: number) => ({ alarm: { id, value }, told: null }) as unknown as KeptAlarm;
const happening = (kind: string) => ({ kind }) as unknown as AlarmsToSave['happenings'][number];

describe('what is not saved yet', () => {
  it('keeps the newest of every alarm, and every happening in order', () => {
    const unsaved = new Unsaved();
    unsaved.add({ saved: [kept('a', 1), kept('b', 1)], gone: [], happenings: [happening('raised')] });
    unsaved.add({ saved: [kept('a', 2)], gone: ['b'], happenings: [happening('cleared')] });
    expect(unsaved.size).toBe(4);
    expect(unsaved.take()).toEqual({
      saved: [kept('a', 2)],
      gone: ['b'],
      happenings: [happening('raised'), happening('cleared')],
    });
    expect(unsaved.size).toBe(0);
  });

  it('takes back what could not be saved below what came since', () => {
    const unsaved = new Unsaved();
    unsaved.add({ saved: [kept('a', 1)], gone: ['c'], happenings: [happening('raised')] });
    const taken = unsaved.take();
    unsaved.add({ saved: [kept('c', 5)], gone: ['a'], happenings: [happening('cleared')] });
    unsaved.giveBack(taken);
    expect(unsaved.take()).toEqual({
      saved: [kept('c', 5)],
      gone: ['a'],
      happenings: [happening('raised'), happening('cleared')],
    });
  });
});
