import { feedLive, parseQuiet, quietState } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';

/** 2026-07-09 12:00 in Dianjiang */
const NOON = Date.UTC(2026, 6, 9, 4);
const at = (hour: number, minute = 0) => NOON + (hour - 12) * 3_600_000 + minute * 60_000;
const night = { from: 22 * 60, to: 6 * 60 };

describe('quiet hours', () => {
  it('are read as minutes of the day', () => {
    expect(parseQuiet('22:00-06:30')).toEqual({ from: 1320, to: 390 });
    expect(parseQuiet(undefined)).toBeNull();
    expect(parseQuiet('nightly')).toBeNull();
  });

  it.each([
    ['before', at(21, 59), false, at(6)],
    ['first minute', at(22), true, at(6)],
    ['after midnight', at(24 + 5, 59), true, at(6)],
    ['over', at(24 + 6), false, at(24 + 6)],
  ])('go over midnight: %s', (_name, now, quiet, endedAt) => {
    for (const zone of ['Asia/Shanghai', '+08:00']) {
      expect(quietState(night, zone, now)).toEqual({ now: quiet, endedAt });
    }
  });

  it('are of the zone', () => {
    const lunch = { from: 12 * 60, to: 13 * 60 };
    expect(quietState(lunch, 'Asia/Shanghai', NOON).now).toBe(true);
    expect(quietState(lunch, 'UTC', NOON).now).toBe(false);
    expect(quietState(lunch, '-01:30', NOON + 9.5 * 3_600_000)).toMatchObject({ now: true });
  });

  it('make a feed live that says nothing, and give it three intervals from their end', () => {
    const live = (now: number) => feedLive(at(21, 59), 60_000, now, quietState(night, 'Asia/Shanghai', now));
    expect([live(at(23)), live(at(24 + 6, 3)), live(at(24 + 6, 4))]).toEqual([true, true, false]);
    expect(feedLive(at(21, 59), 60_000, at(23))).toBe(false);
    const now = at(23);
    expect(feedLive(null, 60_000, now, quietState(night, 'Asia/Shanghai', now))).toBe(false);
  });
});
