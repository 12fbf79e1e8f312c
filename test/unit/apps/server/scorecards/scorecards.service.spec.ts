import { noScores, type ScoreSums } from '@citywall/aggregate';
import type { FeedSpec } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { ScorecardsService } from '../../../../../apps/server/src/scorecards/scorecards.service.js';
import type { FeedCounters, Row } from '../../../../../apps/server/src/state/index.js';
import { asset, catalogue, metric, NOW, pack } from '../api/fixture.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const level = { asset: 'reservoir/{key}', readings: { level: 'z', inflow: 'q' } };
const water = (feeds: FeedSpec[], more: Partial<Pack> = {}) =>
  pack('water', {
    assetTypes: { reservoir: { name: { zh: '', en: '' }, expected: ['level'] } },
    metrics: [
      metric('reservoir', 'level', { staleAfter: 15 * MINUTE }),
      metric('reservoir', 'inflow', { staleAfter: 15 * MINUTE }),
      metric('reservoir', 'gate'),
      metric('gauge', 'rain', { staleAfter: 15 * MINUTE }),
    ],
    assets: [
      asset('water/reservoir/a'),
      asset('water/reservoir/b'),
      asset('water/reservoir/c'),
      asset('water/reservoir/off', { inService: false }),
    ],
    feeds,
    ...more,
  });
const row = (typeKey: string, name: string, receivedAt: number, feed = 'rt'): Row => [
  typeKey,
  name,
  1,
  receivedAt,
  receivedAt,
  0,
  0,
  [],
  feed,
];

function service(
  one: Pack,
  rows: Row[],
  sums: Record<string, Partial<ScoreSums>> = {},
  lastAt: Record<string, number> = {},
) {
  const asked: { feeds: readonly string[]; from: number; to: number }[] = [];
  const clock = { now: NOW };
  const cards = new ScorecardsService(
    catalogue(one),
    {
      latestAll: async (_system: string, onChunk: (chunk: Row[]) => void) => {
        for (const each of rows) onChunk([each]);
        return 1;
      },
      feedCounters: async () =>
        new Map(Object.entries(lastAt).map(([feed, at]) => [feed, { messages: 1, lastAt: at } as FeedCounters])),
    },
    {
      sums: async (_system, feeds, from, to) => {
        asked.push({ feeds, from, to });
        return feeds.map((feed) => ({ ...noScores(), ...sums[feed] }));
      },
    },
    () => clock.now,
  );
  const list = async (hours = 24) => (await cards.list({ hours, limit: 100 })).items;
  return { cards, list, asked, clock };
}

describe('scorecards', () => {
  it('score a system and each of its feeds', async () => {
    const { list, asked } = service(
      water([
        { id: 'rt', topic: 'rt', expect: MINUTE, ...level },
        { id: 'case', topic: 'case' },
        { id: 'noise', topic: 'noise', ignore: true },
      ]),
      [row('reservoir/a', 'level', NOW), row('reservoir/b', 'level', NOW - 30 * HOUR)],
      {
        rt: {
          messages: 90,
          due: 100.4,
          filled: 80,
          over: 2,
          judged: 100,
          valid: 95,
          timed: 50,
          timely: 49,
          arrived: 100,
        },
        case: { messages: 10, judged: 10, valid: 10, arrived: 10, duplicates: 5 },
        '': { judged: 10, rejected: 10 },
      },
      { rt: NOW },
    );
    const [total, rt, other, ...rest] = await list();
    expect(rest).toEqual([]);
    expect(asked).toEqual([
      { feeds: ['rt', 'case', ''], from: Math.floor(NOW / HOUR) - 23, to: Math.floor(NOW / HOUR) },
    ]);
    expect(rt).toMatchObject({
      system: 'water',
      feed: 'rt',
      state: 'live',
      period: { from: '2026-07-08T07:00:00.000Z', to: '2026-07-09T06:35:00.000Z' },
      // one of three assets in 24 h is less than 80 of 100 messages
      completeness: 33.3,
      timeliness: 98,
      validity: 95,
      uniqueness: 100,
      counts: { due: 100, filled: 80, over: 2, assets: { expected: 3, heard: 1 } },
    });
    expect(rt?.silent).toEqual({
      count: 2,
      assets: [
        { asset: 'water/reservoir/c', lastAt: null, metrics: [] },
        { asset: 'water/reservoir/b', lastAt: '2026-07-08T00:35:00.000Z', metrics: ['level'] },
      ],
    });
    expect(other).toMatchObject({ feed: 'case', state: 'waiting', completeness: null, uniqueness: 50 });
    expect(other?.counts.assets).toBeNull();
    // 105 of 120 judged, with what no feed took; 105 of 110 no repetition
    expect(total).toMatchObject({ feed: null, state: null, validity: 87.5, uniqueness: 95.4, completeness: 33.3 });
    expect(total?.silent.count).toBe(2);
  });

  it('call series silent by what a healthy asset keeps fresh, and never what reports only changes', async () => {
    const { list } = service(
      water([{ id: 'rt', topic: 'rt', ...level, readings: { level: 'z', inflow: 'q', gate: 'g' } }]),
      [
        row('reservoir/a', 'level', NOW - 15 * MINUTE),
        row('reservoir/a', 'inflow', NOW - HOUR),
        row('reservoir/b', 'level', NOW - 15 * MINUTE - 1),
        row('reservoir/b', 'inflow', NOW),
        row('reservoir/c', 'gate', NOW - 100 * HOUR),
      ],
    );
    const rt = (await list(1))[1];
    expect(rt?.silent.assets).toEqual([
      { asset: 'water/reservoir/b', lastAt: new Date(NOW).toISOString(), metrics: ['level'] },
    ]);
    expect(rt?.counts.assets).toEqual({ expected: 3, heard: 3 });
  });

  it('know no silence in quiet hours, and count it from their end', async () => {
    // NOW is 14:35 in Dianjiang
    const at = async (quiet: string) => {
      const feed = { id: 'rt', topic: 'rt', expect: MINUTE, quiet, ...level };
      const { list } = service(
        water([feed]),
        [row('reservoir/a', 'level', NOW - 5 * HOUR)],
        {},
        { rt: NOW - 5 * HOUR },
      );
      const rt = (await list(1))[1];
      return [rt?.state, rt?.silent.assets.filter(({ lastAt }) => lastAt !== null).length];
    };
    expect(await at('10:00-15:00')).toEqual(['quiet', 0]);
    expect(await at('10:00-14:34')).toEqual(['quiet', 0]);
    expect(await at('10:00-14:25')).toEqual(['silent', 0]);
    expect(await at('10:00-14:19')).toEqual(['silent', 1]);
  });

  it('expect of a feed no asset that another vendor brings, nor one outside its id scheme', async () => {
    const feeds = [
      { id: 'north', topic: 'n', ...level },
      { id: 'south', topic: 's', ...level },
      { id: 'gates', topic: 'g', ...level, readings: { gate: 'g' } },
      { id: 'coded', topic: 'c', ...level, readings: { gate: 'g' }, contract: { idScheme: '[ab]' } },
    ];
    const { list } = service(water(feeds), [
      row('reservoir/a', 'level', NOW, 'north'),
      row('reservoir/b', 'level', NOW, 'south'),
    ]);
    const expected = (await list()).slice(1).map(({ counts }) => counts.assets?.expected);
    // c was never heard of: both vendors are asked for it
    expect(expected).toEqual([2, 2, 3, 2]);
  });

  it('expect what was seen in 24 h where nothing of the type is declared', async () => {
    const feed = { id: 'rt', topic: 'rt', asset: 'gauge/{key}', readings: { rain: 'r' } };
    const { list } = service(water([feed]), [
      row('gauge/x', 'rain', NOW),
      row('gauge/y', 'rain', NOW - 23 * HOUR),
      row('gauge/z', 'rain', NOW - 25 * HOUR),
    ]);
    expect((await list(1))[1]?.counts.assets).toEqual({ expected: 2, heard: 1 });
    expect((await list(24))[1]?.counts.assets).toEqual({ expected: 2, heard: 2 });
  });

  it('name a hundred silent assets and count all', async () => {
    const assets = Array.from({ length: 150 }, (_, index) => asset(`water/reservoir/${index}`));
    const { list } = service(water([{ id: 'rt', topic: 'rt', ...level }], { assets }), []);
    for (const card of await list()) {
      expect(card.silent.count).toBe(150);
      expect(card.silent.assets).toHaveLength(100);
    }
  });

  it('are worked out once for all who ask within five seconds', async () => {
    const { cards, asked, clock } = service(water([{ id: 'rt', topic: 'rt', ...level }]), []);
    await Promise.all([cards.list({ hours: 24, limit: 1 }), cards.list({ hours: 24, limit: 100 })]);
    clock.now += 4_999;
    await cards.list({ hours: 24, limit: 100 });
    expect(asked).toHaveLength(1);
    clock.now += 1;
    await cards.list({ hours: 24, limit: 100 });
    expect(asked).toHaveLength(2);
  });

  it('come in pages', async () => {
    const { cards } = service(water([{ id: 'rt', topic: 'rt', ...level }]), []);
    const first = await cards.list({ hours: 24, limit: 1 });
    expect(first.items.map(({ feed }) => feed)).toEqual([null]);
    const second = await cards.list({ hours: 24, limit: 1, cursor: first.next ?? '' });
    expect(second.items.map(({ feed }) => feed)).toEqual(['rt']);
    expect(second.next).toBeNull();
  });
});
