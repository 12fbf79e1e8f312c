import { AlarmLoad, type LoadHappening, median, mostOf } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';

const TEN = 600_000;
const said = (kind: LoadHappening['kind'], at: number, more: Partial<LoadHappening> = {}): LoadHappening => ({
  kind,
  at,
  id: 'water/high/a/1',
  system: 'water',
  rule: 'high',
  priority: 2,
  state: 'active-unacknowledged',
  suppressedBy: null,
  ...more,
});

describe('the load of alarms', () => {
  it('[AL43] counts calls that nothing held back, whoever counts', () => {
    const load = new AlarmLoad(1_000);
    const counted = [
      said('raised', 999),
      said('raised', 1_000),
      said('raised', 1_001, { suppressedBy: 'water/cause/a/1' }),
      said('raised', 1_002, { state: 'shelved' }),
      said('worsened', TEN + 1),
      said('released', TEN + 2),
      said('released', TEN + 3, { state: 'active-acknowledged' }),
      said('unshelved', TEN + 4, { by: 'li' }),
      said('unshelved', TEN + 5),
      said('reannounced', TEN + 6),
    ].map((each) => load.add(each));
    expect(counted).toEqual([false, true, false, false, true, true, false, false, true, false]);
    expect([load.calls, load.priorities]).toEqual([4, [0, 4, 0, 0]]);
    expect(load.tens(0, 3 * TEN)).toEqual([
      { at: 0, n: 1 },
      { at: TEN, n: 3 },
      { at: 2 * TEN, n: 0 },
    ]);
    expect(load.peak()).toEqual({ at: TEN, n: 3 });
    expect(load.mean(0, 4 * TEN)).toBe(1);
    expect(mostOf(load.rules, 10)).toEqual([['water/high', 4]]);
  });

  it('an acknowledgement took as long as since the last call; else since it was raised, where that is told', () => {
    const load = new AlarmLoad();
    load.add(said('raised', 0));
    load.add(said('worsened', 5_000));
    load.add(said('acknowledged', 8_000));
    load.add(said('acknowledged', 9_000, { id: 'early', raisedAt: 2_000, priority: 1 }));
    load.add(said('acknowledged', 9_000, { id: 'unknown' }));
    expect(load.waits.map(({ took }) => took)).toEqual([3_000, 7_000]);
    expect([load.medianWait(), load.medianWait(1), load.medianWait(4)]).toEqual([5_000, 7_000, null]);
    expect([median([]), median([3, 1, 2])]).toEqual([null, 2]);
  });

  it('of nothing is nothing', () => {
    const load = new AlarmLoad();
    expect([load.calls, load.peak(), load.mean(0, 1), load.tens(0, 1)]).toEqual([0, null, 0, [{ at: 0, n: 0 }]]);
  });
});
