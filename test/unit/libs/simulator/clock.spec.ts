import { broughtHome, clockFrom, continued, momentAt, realOf, turned } from '@citywall/simulator';
import { describe, expect, it } from '@jest/globals';

const HOUR = 3_600_000;

describe('simulated clock', () => {
  it('is the real clock at first', () => {
    const turns = clockFrom(1000);
    expect(momentAt(turns, 5000)).toBe(5000);
    expect(realOf(turns, 5000)).toBe(5000);
    expect(realOf(turns, 400)).toBe(400);
  });

  it('runs faster and never says a time that has not come', () => {
    const turns = turned(clockFrom(0), 1000, 60);
    expect(momentAt(turns, 2000)).toBe(61_000);
    expect(realOf(turns, 61_000)).toBe(2000);
    expect(realOf(turns, 400)).toBe(400);
  });

  it('changes its speed without going back, in what it shows and in what it stamps', () => {
    let turns = clockFrom(0);
    let moment = 0;
    let stamp = 0;
    let now = 0;
    for (const speed of [20, 60, 1, 5, 1, 60]) {
      turns = turned(turns, now, speed);
      for (let step = 0; step < 10; step += 1) {
        now += 100;
        expect(momentAt(turns, now)).toBeGreaterThanOrEqual(moment);
        moment = momentAt(turns, now);
        expect(realOf(turns, moment)).toBeGreaterThanOrEqual(stamp);
        stamp = realOf(turns, moment);
        expect(stamp).toBe(now);
      }
    }
  });

  it('stands still while nobody tells anything, and goes on at the same speed', () => {
    const turns = continued(turned(clockFrom(0), 0, 20), 60_000, 400_000);
    expect(momentAt(turns, 60_000)).toBe(400_000);
    expect(momentAt(turns, 61_000)).toBe(420_000);
    expect(realOf(turns, 420_000)).toBe(61_000);
  });

  it('leaps ahead to the same time of day, never back; stamps do not leap', () => {
    const fast = turned(clockFrom(0), 0, 60);
    const now = HOUR / 10;
    const home = broughtHome(fast, now);
    expect(momentAt(home, now)).toBe(now + 24 * HOUR);
    expect(home.at(-1)).toMatchObject({ leaptFrom: 6 * HOUR });
    expect(realOf(home, 6 * HOUR)).toBe(now);
    expect(realOf(home, 20 * HOUR)).toBe(now);
    expect(broughtHome(clockFrom(5), 900)).toEqual(clockFrom(5));
  });

  it('refuses speeds nobody asked for', () => {
    for (const speed of [0, -1, 61, Number.NaN]) expect(() => turned(clockFrom(0), 0, speed)).toThrow(RangeError);
  });
});
