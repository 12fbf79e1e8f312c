import { describe, expect, it } from '@jest/globals';
import { ChartBudget } from '../../../../../apps/wall/src/charts/budget.js';

/** Animation frames of 16 ms, run by hand. */
function frames() {
  const world = { now: 0, waiting: [] as (() => void)[] };
  const budget = new ChartBudget({ now: () => world.now, request: (callback) => world.waiting.push(callback) });
  const run = (count: number) => {
    for (let i = 0; i < count; i++) {
      world.now += 16;
      for (const callback of world.waiting.splice(0)) callback();
    }
  };
  return { budget, run, world };
}

describe('render budget of charts', () => {
  it('draws one chart a frame, in the order of asking', () => {
    const { budget, run } = frames();
    const drawn: string[] = [];
    for (const name of ['a', 'b', 'c']) budget.request(Symbol(name), () => drawn.push(name));
    run(1);
    expect(drawn).toEqual(['a']);
    run(2);
    expect(drawn).toEqual(['a', 'b', 'c']);
  });

  it('draws a chart at most once a second, with the newest of what was asked', () => {
    const { budget, run } = frames();
    const chart = Symbol('chart');
    const drawn: number[] = [];
    for (let i = 0; i < 125; i++) {
      budget.request(chart, () => drawn.push(i));
      run(1);
    }
    expect(drawn).toHaveLength(2);
    expect(drawn[1]).toBeGreaterThanOrEqual(62);
    run(63);
    expect(drawn).toHaveLength(3);
    expect(drawn[2]).toBe(124);
  });

  it('lets sixty charts at ten requests a second each be drawn once a second each', () => {
    const { budget, run } = frames();
    const counts = new Map<number, number>();
    const charts = Array.from({ length: 60 }, (_, i) => Symbol(String(i)));
    for (let tenth = 0; tenth < 50; tenth++) {
      charts.forEach((chart, i) => {
        budget.request(chart, () => counts.set(i, (counts.get(i) ?? 0) + 1));
      });
      run(6);
    }
    expect(counts.size).toBe(60);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(5);
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(4);
  });

  it('forgets a chart that is gone', () => {
    const { budget, run, world } = frames();
    const chart = Symbol('chart');
    budget.request(chart, () => {
      throw new Error('drawn after it was gone');
    });
    budget.release(chart);
    run(2);
    expect(world.waiting).toHaveLength(0);
  });
});
