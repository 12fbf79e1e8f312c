import { describe, expect, it } from '@jest/globals';
import { IDLE, nextPlan, type Plan, type Wish } from '../../../../../../apps/wall/src/panels/video/budget.js';

const LIMITS = { most: 3, dwell: 20_000 };
const wishes = (ids: string, { focus = '', unable = '' } = {}): Wish[] =>
  [...ids].map((id) => ({ id, able: !unable.includes(id), focus: id === focus }));
const playing = (plan: Plan) => [...plan.playing.keys()].sort().join('');

/** A second at a time, as the panel does. */
function run(plan: Plan, wanted: Wish[], from: number, to: number, look: (plan: Plan, now: number) => void = () => {}) {
  let next = plan;
  for (let now = from; now <= to; now += 1000) {
    next = nextPlan(next, wanted, now, LIMITS);
    look(next, now);
  }
  return next;
}

describe('stream budget', () => {
  it('never lets more play than may, and all where there is room', () => {
    expect(playing(nextPlan(IDLE, wishes('ab'), 0, LIMITS))).toBe('ab');
    run(IDLE, wishes('abcdefgh'), 0, 300_000, (plan) => expect(plan.playing.size).toBe(3));
  });

  it('shows every camera once soon, then gives each its turn', () => {
    const first = new Map<string, number>();
    const seconds = new Map<string, number>();
    run(IDLE, wishes('abcdefgh'), 0, 600_000, (plan, now) => {
      for (const id of plan.playing.keys()) {
        if (!first.has(id)) first.set(id, now);
        seconds.set(id, (seconds.get(id) ?? 0) + 1);
      }
    });
    expect(Math.max(...first.values())).toBeLessThanOrEqual(15_000);
    expect(Math.min(...seconds.values())).toBeGreaterThan(0.8 * Math.max(...seconds.values()));
  });

  it('one change at a time, and none before the turn is over', () => {
    let before = run(IDLE, wishes('abcdef'), 0, 60_000);
    for (let now = 61_000; now < 120_000; now += 1000) {
      const after = nextPlan(before, wishes('abcdef'), now, LIMITS);
      const left = [...before.playing].filter(([id]) => !after.playing.has(id));
      expect(left.length).toBeLessThanOrEqual(1);
      for (const [, since] of left) expect(now - since).toBeGreaterThanOrEqual(LIMITS.dwell);
      before = after;
    }
  });

  it('the large tile plays at once and is never put to rest', () => {
    const plan = run(IDLE, wishes('abcdef'), 0, 5_000);
    const after = nextPlan(plan, wishes('abcdef', { focus: 'f' }), 6_000, LIMITS);
    expect(after.playing.has('f')).toBe(true);
    expect(after.playing.size).toBe(3);
    run(after, wishes('abcdef', { focus: 'f' }), 7_000, 200_000, (next) => expect(next.playing.has('f')).toBe(true));
  });

  it('who can’t play gives its place to the next at once; nobody plays on a hidden page', () => {
    const plan = nextPlan(IDLE, wishes('abcd'), 0, LIMITS);
    expect(playing(nextPlan(plan, wishes('abcd', { unable: 'b' }), 1_000, LIMITS))).toBe('acd');
    expect(playing(nextPlan(plan, wishes('abcd', { unable: 'abcd' }), 1_000, LIMITS))).toBe('');
  });

  it('forgets cameras that are gone and obeys a budget that became smaller', () => {
    const plan = nextPlan(IDLE, wishes('abcd'), 0, LIMITS);
    const after = nextPlan(plan, wishes('bc'), 1_000, LIMITS);
    expect([playing(after), after.rested.size]).toEqual(['bc', 0]);
    expect(nextPlan(plan, wishes('abcd', { focus: 'c' }), 1_000, { ...LIMITS, most: 1 }).playing.has('c')).toBe(true);
  });
});
