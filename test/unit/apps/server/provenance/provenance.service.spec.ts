import type { ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { panelProvenance, readingProvenance } from '../../../../../apps/server/src/api/schemas/provenance.js';
import { ProvenanceService } from '../../../../../apps/server/src/provenance/provenance.service.js';
import { ruleOf } from '../../../../../apps/server/src/provenance/rule-words.js';
import type { Row } from '../../../../../apps/server/src/state/index.js';
import { asset, catalogue, metric, NOW, pack } from '../api/fixture.js';

const MINUTE = 60_000;
const HIGHEST: ViewSpec = { kind: 'aggregate', of: 'water/reservoir/level', fn: 'max' };
const CASES: ViewSpec = { kind: 'tally', system: 'urban', by: 'status', since: 'today' };

const water = pack('water', {
  assetTypes: { reservoir: { name: { zh: '水库', en: 'Reservoir' }, expected: ['level'] } },
  metrics: [
    metric('reservoir', 'level', {
      label: { zh: '水位', en: 'level' },
      unit: 'm',
      staleAfter: 15 * MINUTE,
      range: { min: 0, max: 700 },
    }),
    metric('reservoir', 'keeper', { kind: 'text' }),
  ],
  feeds: [{ id: 'realtime', topic: ['slj/{key...}'] }] as never,
  pii: { occurrences: {}, readings: { 'reservoir/keeper': 'name' } },
  assets: [
    asset('water/reservoir/longtan', { name: '龙滩水库' }),
    asset('water/reservoir/north'),
    asset('water/reservoir/closed', { inService: false }),
  ],
  scenes: [
    {
      id: 'water',
      name: { zh: '水利', en: 'Water' },
      grid: { columns: 1, rows: 1 },
      panels: [
        {
          id: 'highest',
          type: 'figure',
          at: { x: 0, y: 0, w: 1, h: 1 },
          title: { zh: '最高水位', en: 'Highest level' },
          views: { main: HIGHEST, second: CASES },
          options: {},
        },
      ],
    },
  ],
});
const urban = pack('urban', {
  order: 2,
  short: { zh: '城管', en: 'Urban' },
  feeds: [
    { id: 'case', topic: 'urban/case', occurrences: [{ type: 'case' }] },
    { id: 'ping', topic: 'urban/ping', ignore: true, occurrences: [{ type: 'case' }] },
  ] as never,
});
const city = catalogue(water, urban);

const row = (key: string, at: number, quality = 0, name = 'level'): Row => [
  `reservoir/${key}`,
  name,
  462,
  at,
  at + 900,
  quality,
  1,
  [],
  'realtime',
];

function service(rows: Row[] = []) {
  let reads = 0;
  let now = NOW;
  const provenance = new ProvenanceService(
    city,
    {
      latest: async (id) =>
        new Map(
          id === 'water/reservoir/longtan'
            ? [
                [
                  'level',
                  {
                    value: 462.4,
                    at: NOW - 20 * MINUTE,
                    receivedAt: NOW - 19 * MINUTE,
                    quality: 'uncertain',
                    origin: 'simulated',
                    flags: ['rate'],
                    feed: 'realtime',
                  },
                ],
                [
                  'keeper',
                  {
                    value: '张三丰',
                    at: NOW,
                    receivedAt: NOW,
                    quality: 'good',
                    origin: 'live',
                    flags: [],
                    feed: 'gone',
                  },
                ],
              ]
            : [],
        ),
      latestAll: async (_system, onChunk) => {
        reads += 1;
        onChunk(rows);
        return 1;
      },
    },
    () => now,
  );
  return {
    provenance,
    reads: () => reads,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('where a reading comes from', () => {
  it('names feed, topic, both times, quality and why', async () => {
    const answer = await service().provenance.reading('water/reservoir/longtan', 'level', false);
    readingProvenance.parse(answer);
    expect(answer).toMatchObject({
      name: '龙滩水库',
      metric: { name: { zh: '水位' }, unit: 'm', range: { min: 0, max: 700 }, staleAfter: 15 * MINUTE },
      value: 462.4,
      at: new Date(NOW - 20 * MINUTE).toISOString(),
      receivedAt: new Date(NOW - 19 * MINUTE).toISOString(),
      quality: 'uncertain',
      stale: true,
      flags: ['rate'],
      feed: { id: 'realtime', system: 'water', topic: ['slj/{key...}'], broker: 'default' },
    });
  });

  it('masks what is personal, but not for an administrator; a feed that no pack has any more has no topic', async () => {
    const { provenance } = service();
    const masked = await provenance.reading('water/reservoir/longtan', 'keeper', false);
    expect(masked).toMatchObject({ value: '张**', feed: { id: 'gone', topic: [] } });
    expect((await provenance.reading('water/reservoir/longtan', 'keeper', true)).value).toBe('张三丰');
  });

  it.each([
    ['water/reservoir/longtan', 'flow'],
    ['water/reservoir/none', 'level'],
    ['nowhere/x/y', 'level'],
    ['water', 'level'],
  ])('%s %s is not found', async (id, name) => {
    await expect(service().provenance.reading(id, name, true)).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('where a panel comes from', () => {
  it('tells rule, members, coverage and the feeds that brought them', async () => {
    const { provenance } = service([
      row('longtan', NOW - MINUTE),
      row('north', NOW - 16 * MINUTE),
      row('closed', NOW),
      row('longtan', NOW, 0, 'inflow'),
      ['pump/1', 'level', 3, NOW, NOW, 0, 1, [], 'pumps'],
    ]);
    const answer = await provenance.panel('water', 'highest');
    panelProvenance.parse(answer);
    expect(answer.views[0]).toMatchObject({
      role: 'main',
      members: { fresh: 1, total: 2, oldestAt: new Date(NOW - 16 * MINUTE).toISOString() },
      feeds: [{ id: 'realtime', topic: ['slj/{key...}'] }],
    });
    expect(answer.views[1]).toMatchObject({
      role: 'second',
      members: null,
      feeds: [{ id: 'case', topic: ['urban/case'] }],
    });
  });

  it('bad values are not fresh; nothing at all is nothing', async () => {
    expect((await service([row('longtan', NOW, 2)]).provenance.panel('water', 'highest')).views[0]?.members).toEqual({
      fresh: 0,
      total: 2,
      oldestAt: new Date(NOW).toISOString(),
      newestAt: new Date(NOW).toISOString(),
    });
    expect((await service().provenance.panel('water', 'highest')).views[0]?.members).toEqual({
      fresh: 0,
      total: 2,
      oldestAt: null,
      newestAt: null,
    });
  });

  it('a crowd that asks reads state once', async () => {
    const { provenance, reads, wait } = service();
    await Promise.all(Array.from({ length: 20 }, () => provenance.panel('water', 'highest')));
    expect(reads()).toBe(1);
    wait(2_001);
    await provenance.panel('water', 'highest');
    expect(reads()).toBe(2);
  });

  it('a panel nobody knows is not found', async () => {
    await expect(service().provenance.panel('water', 'none')).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('rules in words', () => {
  it.each<[ViewSpec, string, string]>([
    [HIGHEST, '水库「水位」的最大值', 'largest of Reservoir ‘level’'],
    [
      { kind: 'aggregate', of: 'water/reservoir/level', fn: 'count', where: { above: { attribute: 'floodLimit' } } },
      '水库「水位」 > floodLimit 的个数',
      'number of Reservoir ‘level’ > floodLimit',
    ],
    [
      CASES,
      '今日零时（北京时间）起，城管事件的件数，按状态分组',
      'since midnight (Beijing time), number of Urban occurrences',
    ],
    [
      { kind: 'series', asset: 'water/reservoir/longtan', metric: 'level', window: 3_600_000, step: 60_000 },
      '龙滩水库「水位」，最近 1 小时，每 1 分钟一点',
      '龙滩水库 ‘level’, the last 1 h',
    ],
    [{ kind: 'rank', of: 'water/reservoir/level', order: 'desc', limit: 5 }, '按最新值从大到小取前 5', 'the largest 5'],
    [{ kind: 'latest', type: 'water/reservoir', metrics: ['level'] }, '水库：水位的最新值', 'Reservoir: newest level'],
    [{ kind: 'layer', of: 'water/reservoir/level' }, '每个对象的最新值', "each asset's newest value"],
    [{ kind: 'list', systems: ['urban'], limit: 4 }, '城管的事件，最新 4 条', 'Occurrences of Urban, the newest 4'],
    [{ kind: 'systems' }, '已接入系统', 'connected system'],
    [
      { kind: 'caseload', types: ['urban/case', 'elderly/sos'], since: 'today' },
      '今日零时（北京时间）起，新发生与已办结的件数',
      'begun and ended, and all that are open',
    ],
    [
      {
        kind: 'index',
        atLeast: 0.8,
        parts: [{ id: 'a', name: { zh: '安全', en: 'Safety' }, weight: 25, measures: [] }],
      },
      '按权重平均（安全 25）；每项指标按折线折算为 0–100 分；数据不足 80% 时不给分',
      'Weighted mean of its parts (Safety 25)',
    ],
    [
      {
        kind: 'groups',
        by: 'town',
        columns: [{ id: 'level', view: HIGHEST, take: 'value' }],
        order: ['level'],
        limit: 9,
      },
      '按 town 分组并列：水库「水位」的最大值',
      'Side by side, by town: largest of Reservoir',
    ],
    [{ kind: 'notices' }, '本系统自身的状况', "CityWall's own conditions"],
  ])('%j', (spec, zh, en) => {
    const words = ruleOf(spec, city);
    expect(words.zh).toContain(zh);
    expect(words.en).toContain(en);
  });
});
