import { describe, expect, it } from '@jest/globals';
import type { FeedFacts } from '../../../../../apps/server/src/readings/feed-facts.js';
import { SilenceWatch } from '../../../../../apps/server/src/readings/silence.js';

const facts = (parts: Partial<FeedFacts> = {}): FeedFacts => ({
  system: 'water',
  feed: 'realtime',
  broker: 'default',
  priority: 'normal',
  journal: true,
  declaredOnly: false,
  maxAssets: 10,
  ignoreRetained: false,
  expect: 10_000,
  quiet: null,
  zone: 'Asia/Shanghai',
  contract: { rate: null, maxAge: null, idScheme: null },
  ...parts,
});
/** 2026-07-09 12:00 in Dianjiang */
const NOON = Date.UTC(2026, 6, 9, 4);
const HOUR = 3_600_000;

describe('SilenceWatch', () => {
  it('says silence once after three times the expected interval, and its end once', () => {
    const watch = new SilenceWatch();
    watch.watch([facts()]);
    watch.heard('water', 'realtime', NOON);
    const check = (after: number) => watch.check(NOON + after, () => NOON - HOUR);
    expect(check(30_000)).toEqual([]);
    expect(check(30_001)).toEqual([{ facts: facts(), silent: true, lastAt: NOON }]);
    expect(check(90_000)).toEqual([]);
    watch.heard('water', 'realtime', NOON + 91_000);
    expect(check(92_000).map(({ silent }) => silent)).toEqual([false]);
    expect(check(93_000)).toEqual([]);
  });

  it('counts from when we listen, and says nothing while we do not', () => {
    const watch = new SilenceWatch();
    watch.watch([facts()]);
    expect(watch.check(NOON, () => NOON - 20_000)).toEqual([]);
    expect(watch.check(NOON + HOUR, () => null)).toEqual([]);
    expect(watch.check(NOON, () => NOON - 31_000)).toHaveLength(1);
  });

  it('does not watch feeds that promise nothing', () => {
    const watch = new SilenceWatch();
    watch.watch([facts({ expect: null })]);
    expect(watch.check(NOON, () => 0)).toEqual([]);
  });

  it('takes quiet hours as normal, over midnight and in the pack’s zone, and counts from their end', () => {
    const watch = new SilenceWatch();
    watch.watch([facts({ quiet: { from: 22 * 60, to: 6 * 60 }, expect: 60_000 })]);
    const at = (hour: number, minute = 0) => NOON + (hour - 12) * HOUR + minute * 60_000;
    watch.heard('water', 'realtime', at(21, 59));
    const check = (now: number) => watch.check(now, () => 0).map(({ silent }) => silent);
    expect(check(at(23))).toEqual([]);
    expect(check(at(24 + 5, 59))).toEqual([]);
    expect(check(at(24 + 6, 2))).toEqual([]);
    expect(check(at(24 + 6, 4))).toEqual([true]);
    expect(check(at(24 + 22, 1))).toEqual([false]);
  });

  it('ends the silence of a feed that is gone, keeps that of one that stays', () => {
    const watch = new SilenceWatch();
    watch.watch([facts(), facts({ feed: 'other' })]);
    watch.check(NOON, () => 0);
    expect(watch.watch([facts()]).map((change) => [change.facts.feed, change.silent])).toEqual([['other', false]]);
    expect(watch.check(NOON, () => 0)).toEqual([]);
  });
});
