import type { ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, NOW, row, type Screen } from './fakes.js';
import { ShownViews } from './show-views.js';

const HOUR = 60 * MINUTE;

describe('views', () => {
  const shown = new ShownViews();
  const { show, write } = shown;

  describe('series', () => {
    const view: ViewSpec = { kind: 'series', asset: 'water/reservoir/a', metric: 'level', window: HOUR, step: MINUTE };
    const window = (minutesAgo: number, last: number) => ({
      at: NOW - minutesAgo * MINUTE,
      min: last,
      max: last,
      avg: last,
      sum: last,
      count: 1,
      last,
    });

    it('has its windows in the first snapshot, with gaps', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(5, 1), window(2, 3)];
        state.write('water', [row('reservoir/a', 3)]);
      });
      expect(screen.snapshots[0]?.views[0]?.order).toHaveLength(2);
      expect(screen.rows(0).map(({ at, avg }) => [at, avg])).toEqual([
        [NOW - 5 * MINUTE, 1],
        [NOW - 2 * MINUTE, 3],
      ]);
      expect(screen.meta(0)).toMatchObject({ fresh: 1, total: 1, unit: 'm' });
    });

    it('a new value reads the newest two slots again, at most once a second', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(5, 1)];
      });
      const { state } = shown.city;
      const before = state.windowQueries.length;
      state.windowsOf = () => [window(5, 99), window(0, 7)];
      for (let i = 0; i < 40; i++) {
        state.write('water', [row('reservoir/a', 7, { at: NOW + i })]);
        await shown.city.clock.advance(100);
      }
      const queries = state.windowQueries.slice(before);
      expect(queries.length).toBeGreaterThanOrEqual(3);
      expect(queries.length).toBeLessThanOrEqual(5);
      expect(queries.every(({ from }) => from === NOW - MINUTE)).toBe(true);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([1, 7]);
    });

    it('another asset of the type asks for nothing', async () => {
      await show([view]);
      const before = shown.city.state.windowQueries.length;
      await write('water', [row('reservoir/b', 7)]);
      expect(shown.city.state.windowQueries).toHaveLength(before);
    });

    it('late readings come with the reload each minute, and old points leave', async () => {
      const screen = await show([{ ...view, window: 5 * MINUTE }], ({ state }) => {
        state.windowsOf = () => [window(4, 1), window(0, 2)];
      });
      shown.city.state.windowsOf = () => [window(3, 50), window(0, 2)];
      await shown.city.clock.advance(MINUTE + 1_500);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([50, 2]);
    });

    it('while Redis is gone the line stays, and goes on afterwards', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(5, 1)];
      });
      shown.city.state.gone = true;
      shown.city.state.write('water', [row('reservoir/a', 7)]);
      await shown.city.clock.advance(10_000);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([1]);
      expect(screen.meta(0).error).toBeUndefined();
      shown.city.state.gone = false;
      shown.city.state.windowsOf = () => [window(5, 1), window(0, 7)];
      await shown.city.clock.advance(2_000);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([1, 7]);
    });
  });

  describe('series of another day', () => {
    const DAY = 24 * HOUR;
    const window = (at: number, last: number) => ({ at, min: last, max: last, avg: last, sum: last, count: 1, last });
    const view: ViewSpec = {
      kind: 'series',
      asset: 'water/reservoir/a',
      metric: 'level',
      window: 2 * HOUR,
      step: HOUR,
      shift: DAY,
      ahead: HOUR,
    };
    const slot = Math.floor((NOW - DAY) / HOUR) * HOUR;

    it('keeps its times, goes beyond now and counts no coverage', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [-2, -1, 0, 1, 2].map((hours) => window(slot + hours * HOUR, hours));
      });
      expect(screen.rows(0).map(({ at, avg }) => [at, avg])).toEqual([
        [slot - HOUR, -1],
        [slot, 0],
        [slot + HOUR, 1],
      ]);
      expect(screen.meta(0).total).toBeUndefined();
    });

    it('new values ask for nothing; the next slot comes in its time', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [0, 1, 2].map((hours) => window(slot + hours * HOUR, hours));
      });
      const before = shown.city.state.windowQueries.length;
      await write('water', [row('reservoir/a', 7)]);
      expect(shown.city.state.windowQueries).toHaveLength(before);
      await shown.city.clock.advance(slot + HOUR - (NOW - DAY) + 600);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([0, 1, 2]);
    });
  });

  describe('matrix', () => {
    const view: ViewSpec = {
      kind: 'matrix',
      type: 'water/reservoir',
      metric: 'level',
      window: 10 * MINUTE,
      step: 5 * MINUTE,
    };
    const slot = Math.floor(NOW / (5 * MINUTE)) * 5 * MINUTE;
    const window = (at: number, last: number) => ({ at, min: last, max: last, avg: last, sum: last, count: 1, last });
    const cells = (screen: Screen) =>
      (screen.views[0]?.order ?? []).map((key) => [key, (screen.views[0]!.rows[key] as { avg: number }).avg]);

    it('has the cells of every asset of a type, gaps left out', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = (id) =>
          id === 'water/reservoir/a' ? [window(slot - 5 * MINUTE, 1), window(slot, 2)] : [window(slot, 3)];
      });
      expect(cells(screen).slice(0, 3)).toEqual([
        [`water/reservoir/a|${slot - 5 * MINUTE}`, 1],
        [`water/reservoir/a|${slot}`, 2],
        [`water/reservoir/b|${slot}`, 3],
      ]);
      expect(screen.meta(0)).toMatchObject({ unit: 'm', decimals: 2 });
    });

    it('keeps the order of named assets; a new value of one reads that one again', async () => {
      const screen = await show(
        [
          {
            kind: 'matrix',
            assets: ['water/reservoir/b', 'water/reservoir/a'],
            metric: 'level',
            window: 10 * MINUTE,
            step: 5 * MINUTE,
          },
        ],
        ({ state }) => {
          state.windowsOf = () => [window(slot, 3)];
        },
      );
      expect(cells(screen).map(([key]) => key)).toEqual([`water/reservoir/b|${slot}`, `water/reservoir/a|${slot}`]);
      const before = shown.city.state.windowQueries.length;
      shown.city.state.windowsOf = () => [window(slot, 9)];
      shown.city.state.write('water', [row('reservoir/a', 9)]);
      await shown.city.clock.advance(12_000);
      expect(shown.city.state.windowQueries.slice(before).map(({ asset: id }) => id)).toEqual(['water/reservoir/a']);
      expect(cells(screen).map(([, avg]) => avg)).toEqual([3, 9]);
    });

    it('finds what was told of the past after it first looked', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(slot, 3)];
      });
      const before = cells(screen).length;
      shown.city.state.windowsOf = () => [window(slot - 5 * MINUTE, 1), window(slot, 3)];
      await shown.city.clock.advance(16_000);
      expect(cells(screen)).toHaveLength(before * 2);
      const asked = shown.city.state.windowQueries.length;
      await shown.city.clock.advance(60_000);
      expect(shown.city.state.windowQueries).toHaveLength(asked);
    });

    it('says so where no window could be read', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => {
          throw new Error('gone');
        };
      });
      expect(screen.meta(0).error).toBe('history-unavailable');
    });
  });

  describe('normal', () => {
    it('tells what the same hour of other days was, read once an hour', async () => {
      const today = Math.floor((NOW + 8 * HOUR) / (24 * HOUR)) * 24 * HOUR - 8 * HOUR;
      const hour = Math.floor((NOW - today) / HOUR) * HOUR;
      const view: ViewSpec = {
        kind: 'normal',
        asset: 'water/reservoir/a',
        metric: 'level',
        window: HOUR,
        step: HOUR,
        days: 28,
      };
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () =>
          [1, 2, 3, 4, 5].map((ago) => {
            const last = ago;
            return { at: today + hour - ago * 24 * HOUR, min: last, max: last, avg: last, sum: last, count: 1, last };
          });
      });
      expect(screen.rows(0)).toEqual([{ at: today + hour, p10: 1.4, p50: 3, p90: 4.6, count: 5 }]);
      const before = shown.city.state.windowQueries.length;
      await write('water', [row('reservoir/a', 7)]);
      await shown.city.clock.advance(10 * MINUTE);
      expect(shown.city.state.windowQueries).toHaveLength(before);
    });
  });
});
