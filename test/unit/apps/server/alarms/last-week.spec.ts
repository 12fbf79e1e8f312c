import type { AlarmMachine, UsualAsked } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import { LastWeek } from '../../../../../apps/server/src/alarms/last-week.js';

const asked = (key: string): UsualAsked => ({
  asset: `lab/node/${key}`,
  metric: 'power',
  hour: 7_200_000,
  of: 3_600_000,
});

describe('what was a week ago', () => {
  it('[AL57] answers the mean of the hour, that there is none, or that it has to be asked for again', async () => {
    const answers: unknown[] = [];
    let open = [asked('a'), asked('none'), asked('gone')];
    const machine = {
      takeAsked: () => open.splice(0),
      learnUsual: ({ asset }: UsualAsked, mean: number | null, now: number) => answers.push([asset, mean, now]),
      forgetAsked: ({ asset }: UsualAsked) => answers.push([asset, 'again']),
    } as unknown as AlarmMachine;
    const ranges: unknown[] = [];
    const windows = (asset: string, _: string, from: number, to: number, step: number) => {
      ranges.push([from, to, step]);
      if (asset.endsWith('gone')) return Promise.reject(new Error('Redis is gone'));
      return Promise.resolve(
        asset.endsWith('none') ? [] : [{ at: from, min: 1, max: 5, sum: 12, count: 4, avg: 3, last: 2 }],
      );
    };
    let left = 3;
    await new Promise<void>((resolve) => {
      const lastWeek = new LastWeek(
        { windows },
        () => 99,
        () => {
          if (--left === 0) resolve();
        },
      );
      lastWeek.serve(machine);
    });
    expect(ranges[0]).toEqual([3_600_000, 7_200_000, 3_600_000]);
    expect(answers).toEqual([
      ['lab/node/a', 3, 99],
      ['lab/node/none', null, 99],
      ['lab/node/gone', 'again'],
    ]);
    open = [];
  });

  it('reads sixteen hours at a time, the others after them', async () => {
    const many = Array.from({ length: 40 }, (_, i) => asked(`n${i}`));
    let [open, most, answered] = [0, 0, 0];
    const machine = { takeAsked: () => many.splice(0), learnUsual: () => answered++ } as unknown as AlarmMachine;
    await new Promise<void>((resolve) => {
      const windows = async () => {
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
        return [];
      };
      const lastWeek: LastWeek = new LastWeek(
        { windows },
        () => 0,
        () => {
          lastWeek.serve(machine);
          if (answered === 40) resolve();
        },
      );
      lastWeek.serve(machine);
    });
    expect(most).toBe(16);
  });
});
