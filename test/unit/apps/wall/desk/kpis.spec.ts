import type { LoadHappening } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import { kpisOf } from '../../../../../apps/wall/src/desk/kpis.js';

const TEN = 600_000;
const raised = (ten: number, more: Partial<LoadHappening> = {}): LoadHappening => ({
  kind: 'raised',
  id: `a${ten}`,
  at: ten * TEN + 1,
  priority: 3,
  state: 'active-unacknowledged',
  suppressedBy: null,
  system: 'water',
  rule: 'high',
  ...more,
});

describe('figures of alarm management', () => {
  it('rate, peak and time in flood, without what a cause explains', () => {
    const burst = Array.from({ length: 12 }, () => raised(1));
    const kpis = kpisOf([...burst, raised(3), raised(3, { suppressedBy: 'water/cause' })], 0, 4 * TEN);
    expect(kpis.tens.map(({ n }) => n)).toEqual([0, 12, 0, 1]);
    expect(kpis).toMatchObject({ raised: 13, mean: 3.25, peak: 12, flooded: 0.25, priorities: [0, 0, 13, 0] });
    expect(kpisOf(burst, 0, 4 * TEN, 2)).toMatchObject({ mean: 1.5, peak: 6, flooded: 0 });
  });

  it('what is raised most often, by rule and department', () => {
    const urban = { system: 'urban', rule: 'tilt' };
    const kpis = kpisOf([raised(0), raised(1, urban), raised(2, urban)], 0, 3 * TEN);
    expect(kpis.top.map(({ rule, n }) => [rule, n])).toEqual([
      ['urban/tilt', 2],
      ['water/high', 1],
    ]);
    expect(kpis.departments[0]).toEqual({ system: 'urban', n: 2 });
    expect(kpis.topShare).toBeCloseTo(1);
  });

  it('time to acknowledge by priority, and how much of it was in time', () => {
    const one = (id: string, took: number) => [
      raised(0, { id, priority: 1, at: 0 }),
      raised(0, { id, priority: 1, kind: 'acknowledged', at: took }),
    ];
    const { ack } = kpisOf([...one('a', 30_000), ...one('b', 90_000)], 0, TEN);
    expect(ack[0]).toEqual({ priority: 1, median: 60_000, within: 0.5, n: 2 });
    expect(ack[3]).toEqual({ priority: 4, median: null, within: null, n: 0 });
  });

  it('of nothing are no numbers out of nothing', () => {
    expect(kpisOf([], 0, TEN)).toMatchObject({ raised: 0, mean: 0, peak: 0, flooded: 0, topShare: 0 });
  });
});
