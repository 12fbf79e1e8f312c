import type { LatestValue } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { AssetsService } from '../../../../../apps/server/src/api/assets.service.js';
import { asset, catalogue, metric, NOW, pack } from './fixture.js';

const MINUTE = 60_000;
const STAFF = { unmasked: false, audience: 'staff' } as const;
const ADMINISTRATOR = { unmasked: true, audience: 'staff' } as const;
const VISITORS = { unmasked: false, audience: 'visitors' } as const;

const water = pack('water', {
  metrics: [
    metric('reservoir', 'level', { unit: 'm', staleAfter: 15 * MINUTE }),
    metric('reservoir', 'keeper', { kind: 'text' }),
  ],
  pii: { occurrences: {}, readings: { 'reservoir/keeper': 'name' } },
  assets: [
    asset('water/reservoir/longtan', {
      name: '龙滩水库',
      extId: 'WAT-RSV-SP-0001',
      place: { lon: 107.3, lat: 30.3 },
      attributes: { floodLimit: 462 },
    }),
    asset('water/reservoir/north', { place: { lon: 107.5, lat: 30.5 } }),
  ],
});
const traffic = pack('traffic', { order: 2, assets: [asset('traffic/bus/1')] });

const value = (given: LatestValue['value'], at = NOW): LatestValue => ({
  value: given,
  at,
  receivedAt: NOW,
  quality: 'good',
  origin: 'simulated',
  flags: [],
  feed: 'realtime',
});

function service(latest: Record<string, Record<string, LatestValue>> = {}, seen: string[] = []) {
  const asked: unknown[][] = [];
  const state = {
    latest: async (id: string) => new Map(Object.entries(latest[id] ?? {})),
    assets: async (system: string) =>
      seen
        .filter((id) => id.startsWith(`${system}/`))
        .map((id) => ({ id, firstSeen: 0, lastSeen: NOW, declared: false, feed: 'f' })),
    windows: async (...args: unknown[]) => {
      asked.push(args);
      return [{ at: NOW - MINUTE, min: 1, max: 3, avg: 2, sum: 4, count: 2, last: 3 }];
    },
  };
  return { assets: new AssetsService(catalogue(water, traffic), state, () => NOW), asked };
}

describe('one asset', () => {
  it('has the shape of the contract', async () => {
    const { assets } = service({
      'water/reservoir/longtan': { level: value(462.44, NOW - 16 * MINUTE), keeper: value('张三丰') },
    });
    expect(await assets.one('water/reservoir/longtan', STAFF)).toEqual({
      id: 'water/reservoir/longtan',
      system: 'water',
      type: 'reservoir',
      key: 'longtan',
      name: '龙滩水库',
      extId: 'WAT-RSV-SP-0001',
      place: { lon: 107.3, lat: 30.3 },
      attributes: { floodLimit: 462 },
      metrics: {
        keeper: {
          name: { zh: 'keeper', en: 'keeper' },
          value: '张**',
          unit: null,
          decimals: null,
          states: null,
          at: '2026-07-09T06:35:00.000Z',
          receivedAt: '2026-07-09T06:35:00.000Z',
          quality: 'good',
          stale: false,
          staleAfter: null,
          origin: 'simulated',
          feed: 'realtime',
        },
        level: {
          name: { zh: 'level', en: 'level' },
          value: 462.44,
          unit: 'm',
          decimals: null,
          states: null,
          at: '2026-07-09T06:19:00.000Z',
          receivedAt: '2026-07-09T06:35:00.000Z',
          quality: 'good',
          stale: true,
          staleAfter: 15 * MINUTE,
          origin: 'simulated',
          feed: 'realtime',
        },
      },
    });
  });

  it('shows personal values to an administrator', async () => {
    const { assets } = service({ 'water/reservoir/longtan': { keeper: value('张三丰') } });
    expect((await assets.one('water/reservoir/longtan', ADMINISTRATOR)).metrics.keeper?.value).toBe('张三丰');
  });

  it('may be discovered, with slashes in its key and without a place', async () => {
    const { assets } = service({ 'traffic/bus/owntracks/a/b': { speed: value(12) } });
    expect(await assets.one('traffic/bus/owntracks/a/b', STAFF)).toMatchObject({
      key: 'owntracks/a/b',
      name: 'owntracks/a/b',
      place: null,
      attributes: {},
      metrics: { speed: { value: 12, unit: null, stale: false } },
    });
  });

  it('is there without values when it is declared', async () => {
    expect((await service().assets.one('water/reservoir/north', STAFF)).metrics).toEqual({});
  });

  it.each([
    'water/reservoir/unknown',
    'water',
    'water/reservoir',
    'nosystem/a/b',
    '',
    '__proto__/a/b',
    'water/reservoir/\u0000',
  ])('is not found: %p', async (id) => {
    await expect(service().assets.one(id, STAFF)).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('list of assets', () => {
  const seen = ['water/reservoir/longtan', 'water/gauge/x', 'traffic/bus/2'];

  it('holds declared and discovered ones once, in the order of ids', async () => {
    const { items, next } = await service({}, seen).assets.list({ limit: 100 }, STAFF);
    expect(items.map(({ id }) => id)).toEqual([
      'traffic/bus/1',
      'traffic/bus/2',
      'water/gauge/x',
      'water/reservoir/longtan',
      'water/reservoir/north',
    ]);
    expect(next).toBeNull();
  });

  it('is walked page by page', async () => {
    const { assets } = service({}, seen);
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await assets.list({ limit: 2, cursor }, STAFF);
      expect(page.items.length).toBeLessThanOrEqual(2);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });

  it('is narrowed by system, box and words', async () => {
    const { assets } = service({}, seen);
    const ids = async (query: object) => (await assets.list({ limit: 100, ...query }, STAFF)).items.map(({ id }) => id);
    expect(await ids({ system: 'traffic' })).toEqual(['traffic/bus/1', 'traffic/bus/2']);
    expect(await ids({ bbox: [107.2, 30.2, 107.4, 30.4] })).toEqual(['water/reservoir/longtan']);
    expect(await ids({ q: '龙滩' })).toEqual(['water/reservoir/longtan']);
    expect(await ids({ q: 'rsv-sp' })).toEqual(['water/reservoir/longtan']);
    expect(await ids({ q: 'BUS/2' })).toEqual(['traffic/bus/2']);
  });

  it('names the systems there are when it is asked for another', async () => {
    await expect(service().assets.list({ limit: 1, system: 'video' }, STAFF)).rejects.toMatchObject({
      reason: 'invalid-parameter',
      extra: { parameters: [{ name: 'system', allowed: ['water', 'traffic'] }] },
    });
  });
});

describe('series', () => {
  const id = 'water/reservoir/longtan';

  it('is the last day in steps that give up to 1,440 points, when nothing is said', async () => {
    const { assets, asked } = service();
    expect(await assets.series(id, 'level', {}, STAFF)).toEqual({
      asset: id,
      metric: 'level',
      unit: 'm',
      step: MINUTE,
      points: [{ at: '2026-07-09T06:34:00.000Z', min: 1, max: 3, avg: 2, sum: 4, count: 2, last: 3 }],
    });
    expect(asked).toEqual([[id, 'level', NOW - 24 * 60 * MINUTE, NOW, MINUTE]]);
  });

  it('takes a wider step for a longer time', async () => {
    const { assets, asked } = service();
    await assets.series(id, 'level', { from: NOW - 90 * 1_440 * MINUTE }, STAFF);
    expect(asked[0]?.[4]).toBe(360 * MINUTE);
  });

  it.each([
    ['from', { from: NOW }],
    ['step', { step: 90_000 }],
    ['step', { step: 0 }],
    ['step', { from: NOW - 30_000 * MINUTE, step: MINUTE }],
  ])('refuses a wrong %s', async (name, query) => {
    await expect(service().assets.series(id, 'level', query, STAFF)).rejects.toMatchObject({
      reason: 'invalid-parameter',
      extra: { parameters: [{ name }] },
    });
  });

  it('is not found for a metric nobody knows', async () => {
    await expect(service().assets.series(id, 'nothing', {}, STAFF)).rejects.toMatchObject({ reason: 'not-found' });
    await expect(service({ [id]: { extra: value(1) } }).assets.series(id, 'extra', {}, STAFF)).resolves.toMatchObject({
      unit: null,
    });
  });
});

describe('visitors', () => {
  const home = 'video/camera/home';
  const video = pack('video', {
    order: 3,
    metrics: [metric('camera', 'state')],
    assets: [
      asset(home, { name: '县医院急诊门前', attributes: { access: 'private' } }),
      asset('video/camera/road', { attributes: { access: 'public' } }),
    ],
  });
  const state = {
    latest: async () => new Map([['state', value('online')]]),
    assets: async () => [{ id: home, firstSeen: 0, lastSeen: NOW, declared: true, feed: 'f' }],
    windows: async () => [],
  };
  const assets = new AssetsService(catalogue(video), state, () => NOW);

  it('are not told of a private asset, by no list, search, id or series; staff are', async () => {
    const ids = async (query: object, asker: typeof STAFF | typeof VISITORS) =>
      (await assets.list({ limit: 10, ...query }, asker)).items.map(({ id }) => id);
    expect(await ids({}, STAFF)).toEqual([home, 'video/camera/road']);
    expect(await ids({}, VISITORS)).toEqual(['video/camera/road']);
    expect(await ids({ q: '医院' }, VISITORS)).toEqual([]);
    expect((await assets.list({ limit: 1 }, VISITORS)).next).toBeNull();
    expect((await assets.one(home, { ...STAFF, unmasked: true })).name).toBe('县医院急诊门前');
    await expect(assets.one(home, VISITORS)).rejects.toMatchObject({ reason: 'not-found' });
    await expect(assets.series(home, 'state', {}, VISITORS)).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('staff find it, without its name and place: those are for whoever may see personal values', async () => {
    const told = await assets.one(home, STAFF);
    expect(told).toMatchObject({ place: null, metrics: { state: { value: 'online' } } });
    expect(told.name).toMatch(/#[0-9a-f]{4}$/);
    expect(JSON.stringify(await assets.list({ limit: 10 }, STAFF))).not.toContain('急诊');
    expect((await assets.list({ limit: 10, q: '急诊' }, STAFF)).items).toEqual([]);
    expect((await assets.list({ limit: 10, q: '急诊' }, { ...STAFF, unmasked: true })).items).toHaveLength(1);
  });
});
