import { noScores } from '@citywall/aggregate';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scorecard } from '../../../apps/server/src/api/schemas/scorecards.js';
import { HOUR } from '../../../apps/server/src/scorecards/score-book.js';
import { SCORES_FOR, ScorecardsRepository } from '../../../apps/server/src/scorecards/scorecards.repository.js';
import { eventually, reader } from '../feeds/lab.js';
import { type Inspector, openInspector } from '../inspector/open-inspector.js';

jest.setTimeout(60_000);

const FEEDS = `feeds:
  - id: health
    topic: lab/health/{key}
    expect: 1h
    contract: { rate: { per: 1d, min: 3, max: 5 }, maxAge: 1m, idScheme: 'n\\d' }
    asset: node/{key}
    at: { path: ts, as: unix_ms }
    readings:
      level: { path: v, ops: [number] }
  - id: pulse
    topic: lab/pulse
    expect: 200ms
    asset: stranger/one
    readings:
      id: { path: id, ops: [number] }
  - id: urgent
    topic: lab/urgent/{key}
    priority: high
    asset: stranger/{key}
    readings:
      id: { path: id, ops: [number] }
`;
const METRICS = `metrics:
  - { id: node/level, name: { zh: 水位, en: Level }, unit: m, kind: gauge, range: [0, 100], staleAfter: 1s, history: day }
  - { id: stranger/id, name: { zh: 编号, en: Id }, kind: gauge, history: none }
`;
const ASSETS = JSON.stringify({
  type: 'FeatureCollection',
  features: ['n1', 'n2', 'n3', 'n4'].map((key) => ({
    type: 'Feature',
    id: `node/${key}`,
    properties: { name: key, placement: 'schematic', inService: key !== 'n4' },
    geometry: { type: 'Point', coordinates: [107.3, 30.3] },
  })),
});

/** A feed that sends late, twice, nonsense, and stops: real broker, real Redis. */
describe('scorecards', () => {
  let house: Inspector;
  const cards = async (query = '') => (await house.ask(`/api/v1/scorecards?system=lab${query}`)).json.items;
  const cardOf = async (feed: string | null) =>
    (await cards()).find((card: { feed: string | null }) => card.feed === feed);

  beforeAll(async () => {
    house = await openInspector({ 'feeds.yaml': FEEDS, 'metrics.yaml': METRICS, 'assets.geojson': ASSETS });
    const now = Date.now();
    const send = (key: string, payload: object | string) =>
      house.publish(`lab/health/${key}`, typeof payload === 'string' ? payload : JSON.stringify(payload));
    await send('n1', { v: 10, ts: now });
    await send('n1', { v: 10, ts: now }); // twice
    await send('n2', { v: 20, ts: now - 300_000 }); // late
    await send('n2', { v: 500, ts: now }); // out of range
    await send('n1', '{'); // nonsense
    await send('x1', { v: 1, ts: now }); // no id of this feed
    await send('n1', { v: 11 }); // without a time
    await send('n4', { v: 12, ts: now }); // out of service
    await house.publish('lab/pulse', '{"id":1}');
  });
  afterAll(async () => {
    await house.stop();
  });

  it('score what came as computed by hand', async () => {
    const card = await eventually(
      () => cardOf('health'),
      (one) => one?.counts.messages === 8,
    );
    expect(scorecard.parse(card)).toEqual(card);
    expect(card).toMatchObject({
      system: 'lab',
      state: 'live',
      // n1 and n2 of n1, n2, n3; no message is due yet
      completeness: 66.6,
      // 4 of 6
      timeliness: 66.6,
      // 5 of 8
      validity: 62.5,
      // 5 of 6
      uniqueness: 83.3,
      counts: {
        messages: 8,
        due: 0,
        filled: 3,
        over: 3,
        judged: 8,
        valid: 5,
        rejected: 2,
        timed: 6,
        timely: 4,
        arrived: 6,
        duplicates: 1,
        assets: { expected: 3, heard: 2 },
      },
    });
    const rejected = (await house.ask('/api/v1/rejections?feed=lab/health')).json.items;
    expect(rejected.map(({ reason }: { reason: string }) => reason).sort()).toEqual(['asset', 'decode']);
  });

  it('name the series that stopped while the feed lives', async () => {
    const card = await eventually(
      () => cardOf('health'),
      (one) => one?.silent.assets.length === 3,
    );
    expect(card.state).toBe('live');
    expect(card.silent).toEqual({
      count: 3,
      assets: [
        { asset: 'lab/node/n3', lastAt: null, metrics: [] },
        { asset: expect.stringMatching(/n[12]$/), lastAt: expect.any(String), metrics: ['level'] },
        { asset: expect.stringMatching(/n[12]$/), lastAt: expect.any(String), metrics: ['level'] },
      ],
    });
  });

  it('miss more of a silent feed with every interval it says nothing', async () => {
    const card = await eventually(
      () => cardOf('pulse'),
      (one) => one?.counts.due >= 10,
    );
    expect(card).toMatchObject({ state: 'silent', counts: { messages: 1, filled: 1 } });
    expect(card.completeness).toBe(Math.floor(1_000 / card.counts.due) / 10);
    const notices = (await house.ask('/api/v1/notices')).json.items;
    expect(notices).toContainEqual(expect.objectContaining({ reason: 'feed-silent', subject: 'lab/pulse' }));
  });

  it('total the system, and tell what is wrong with a question', async () => {
    const total = await cardOf(null);
    expect(total).toMatchObject({ state: null, validity: 66.6, counts: { messages: 9, judged: 9, valid: 6 } });
    const refused = await house.ask('/api/v1/scorecards?hours=0&until=now');
    expect(refused.status).toBe(400);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.json.parameters.map(({ name }: { name: string }) => name).sort()).toEqual(['hours', 'until']);
  });

  it('are kept by hour, add up over processes, and go after eight days', async () => {
    const { redis, close } = await reader(house.redis.url);
    const scores = new ScorecardsRepository(redis);
    const hour = Math.floor(Date.now() / HOUR);
    const entry = (at: number, sums: object) => ({
      system: 'other',
      feed: 'f',
      hour: at,
      sums: { ...noScores(), ...sums },
    });
    await scores.add([entry(hour, { messages: 2, due: 0.25 }), entry(hour - 1, { messages: 5 })]);
    await scores.add([entry(hour, { messages: 1, due: 0.5 })]);
    expect(await scores.sums('other', ['f', 'unknown'], hour, hour)).toEqual([
      { ...noScores(), messages: 3, due: 0.75 },
      noScores(),
    ]);
    expect((await scores.sums('other', ['f'], hour - 23, hour))[0]?.messages).toBe(8);
    const left = await redis.commands.pttl(`cw:{other}:score:f:${hour}`);
    expect(left).toBeGreaterThan(SCORES_FOR - HOUR);
    expect(left).toBeLessThanOrEqual(SCORES_FOR + HOUR);
    close();
  });
});
