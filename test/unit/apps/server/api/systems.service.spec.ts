import { describe, expect, it } from '@jest/globals';
import { expectedAssets, SystemsService, statusOf } from '../../../../../apps/server/src/api/systems.service.js';
import type { FeedCounters, Row, SeenAsset } from '../../../../../apps/server/src/state/index.js';
import { asset, catalogue, metric, NOW, pack } from './fixture.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const water = pack('water', {
  metrics: [metric('reservoir', 'level', { staleAfter: 15 * MINUTE }), metric('gate', 'state')],
  assets: [
    asset('water/reservoir/a'),
    asset('water/reservoir/b'),
    asset('water/reservoir/c', { inService: false }),
    asset('water/gate/g'),
  ],
  feeds: [
    { id: 'realtime', topic: 'slj/rt', expect: MINUTE },
    { id: 'daily', topic: 'slj/daily' },
    { id: 'chatter', topic: 'slj/log', ignore: true },
  ],
});

const row = (typeKey: string, name: string, at: number, quality = 0): Row => [
  typeKey,
  name,
  1,
  at,
  at,
  quality,
  0,
  [],
  'realtime',
];
const counted = (messages: number, lastAt: number): FeedCounters => ({
  messages,
  readings: 0,
  occurrences: 0,
  rejections: 0,
  duplicates: 0,
  late: 0,
  lastAt,
});
const seenAt = (id: string, lastSeen: number): SeenAsset => ({
  id,
  firstSeen: 0,
  lastSeen,
  declared: false,
  feed: 'realtime',
});

function service(rows: Row[], counters: [string, FeedCounters][] = [], seen: SeenAsset[] = [], packs = [water]) {
  const calls = { latestAll: 0 };
  const clock = { now: NOW };
  const state = {
    assets: async () => seen,
    feedCounters: async () => new Map(counters),
    latestAll: async (_system: string, onChunk: (chunk: Row[]) => void) => {
      calls.latestAll++;
      for (const each of rows) onChunk([each]);
      return 1;
    },
  };
  return { systems: new SystemsService(catalogue(...packs), state, () => clock.now), calls, clock };
}

describe('status of a system', () => {
  it('counts expected assets with a fresh metric', async () => {
    const { systems } = service(
      [
        row('reservoir/a', 'level', NOW - 15 * MINUTE),
        row('reservoir/b', 'level', NOW - 15 * MINUTE - 1),
        row('reservoir/c', 'level', NOW),
        // has no staleAfter: it reports only changes
        row('gate/g', 'state', NOW - 1_000 * HOUR),
      ],
      [['realtime', counted(9, NOW - 3 * MINUTE)]],
    );
    expect(await systems.all()).toEqual([
      {
        id: 'water',
        name: { zh: 'water', en: 'water' },
        state: 'partial',
        coverage: { fresh: 2, total: 3 },
        feeds: { live: 1, total: 2 },
        alarms: null,
      },
    ]);
  });

  it('a bad value is no fresh one', async () => {
    const { systems } = service([row('reservoir/a', 'level', NOW, 2), row('reservoir/b', 'level', NOW, 1)]);
    expect(await systems.all()).toMatchObject([{ coverage: { fresh: 1, total: 3 } }]);
  });

  it.each([
    ['live', ['reservoir/a', 'reservoir/b', 'gate/g'], NOW],
    ['partial', ['reservoir/a'], NOW],
    ['silent', ['reservoir/a'], NOW - HOUR],
    ['waiting', [], NOW],
  ])('is %s', async (state, keys, at) => {
    const rows = keys.map((key) => row(key, key.startsWith('gate') ? 'state' : 'level', at));
    const { systems } = service(rows, keys.length ? [['realtime', counted(1, at)]] : []);
    expect(await systems.all()).toMatchObject([{ state }]);
  });

  it('where nothing of a type is declared, what was seen in 24 h is expected', () => {
    const seen = [
      seenAt('water/bus/new', NOW - 24 * HOUR),
      seenAt('water/bus/old', NOW - 24 * HOUR - 1),
      seenAt('water/gate/x', NOW),
    ];
    expect([...expectedAssets(water, seen, NOW)].sort()).toEqual(['bus/new', 'gate/g', 'reservoir/a', 'reservoir/b']);
  });

  it('a feed is live for three times what it promises; one that promises nothing, once it spoke', () => {
    const at = (realtime: number, daily: number) =>
      statusOf(
        water,
        [],
        new Set(),
        new Map([
          ['realtime', counted(1, realtime)],
          ['daily', counted(1, daily)],
        ]),
        NOW,
      ).feeds.live;
    expect(at(NOW - 3 * MINUTE, NOW - 999 * HOUR)).toBe(2);
    expect(at(NOW - 3 * MINUTE - 1, 0)).toBe(0);
  });

  it('lists only systems, in the order of the packs', async () => {
    const packs = [
      pack('overview', { kind: 'city', order: 0 }),
      pack('urban', { order: 3 }),
      pack('traffic', { order: 2 }),
    ];
    const { systems } = service([], [], [], packs);
    expect((await systems.all()).map(({ id }) => id)).toEqual(['traffic', 'urban']);
  });
});

describe('many callers', () => {
  it('cost as much as one within a second', async () => {
    const { systems, calls, clock } = service([]);
    await Promise.all(Array.from({ length: 50 }, () => systems.all()));
    expect(calls.latestAll).toBe(1);
    clock.now += 1_000;
    await systems.all();
    expect(calls.latestAll).toBe(2);
  });

  it('a system that takes long is asked for more rarely', async () => {
    let now = NOW;
    let calls = 0;
    const state = {
      assets: async () => [],
      feedCounters: async () => new Map<string, FeedCounters>(),
      latestAll: async () => {
        now += 500;
        return ++calls;
      },
    };
    const systems = new SystemsService(catalogue(water), state, () => now);
    await systems.all();
    now = NOW + 4_999;
    await systems.all();
    expect(calls).toBe(1);
    now = NOW + 5_000;
    await systems.all();
    expect(calls).toBe(2);
  });

  it('a failure is not kept', async () => {
    let gone = true;
    const state = {
      assets: async () => {
        if (gone) throw new Error('Connection is closed.');
        return [];
      },
      feedCounters: async () => new Map<string, FeedCounters>(),
      latestAll: async () => 0,
    };
    const systems = new SystemsService(catalogue(water), state, () => NOW);
    await expect(systems.all()).rejects.toThrow('Connection is closed.');
    gone = false;
    await expect(systems.all()).resolves.toHaveLength(1);
  });
});
