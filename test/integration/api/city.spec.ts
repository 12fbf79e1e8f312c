import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { ENDPOINTS } from '../../../apps/server/src/api/endpoints.js';
import { permits } from '../../../apps/server/src/auth/policy.js';
import type { StateBatch } from '../../../apps/server/src/state/index.js';
import { type House, startHouse } from './house.js';

/** Every endpoint of `/api/v1` against a real Redis: its shape is exactly the published one. */
let house: House;
const now = Date.now();
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const batch = (number: number, more: Partial<StateBatch>): StateBatch => ({
  now,
  writer: 'w',
  run: 'run-of-the-test!',
  number,
  readings: [],
  occurrences: [],
  rejections: [],
  feeds: [],
  deliveries: [],
  ...more,
});

const reading = (typeKey: string, value: number, at: number) => ({
  typeKey,
  metric: 'level',
  value,
  at,
  receivedAt: now,
  quality: 'good' as const,
  origin: 'simulated' as const,
  flags: [],
  feed: 'realtime',
  declared: typeKey === 'reservoir/longtan',
  maxAssets: 1_000,
  history: 'day' as const,
  journal: true,
});

/** the start of ten seconds in which a counter is first read */
const counting = Math.floor(now / 60_000) * 60_000 - 600_000;
const visits = (ms: number, value: number) => ({
  ...reading('reservoir/longtan', value, counting + ms),
  metric: 'visits',
  journal: false,
});

beforeAll(async () => {
  house = await startHouse();
  await house.state.apply(
    'water',
    batch(1, {
      readings: [
        reading('reservoir/longtan', 461, now - 120_000),
        reading('reservoir/longtan', 462.44, now - 1_000),
        reading('reservoir/上游/2', 7, now - 3_600_000),
        visits(1_000, 100),
        visits(12_000, 150),
        visits(25_000, 20),
        visits(45_000, 30),
      ],
      rejections: [
        {
          feed: 'realtime',
          topic: 'slj/x',
          receivedAt: now,
          payload: Buffer.from('{"z":"x"}'),
          rejections: [{ reason: 'type', detail: 'not a number', path: 'z' }],
        },
      ],
      feeds: [{ feed: 'realtime', messages: 3, lastAt: now }],
    }),
  );
  await house.state.apply(
    'urban',
    batch(1, {
      occurrences: ['a', 'b', 'c'].map((id, index) => ({
        occurrence: {
          id: `C/${id}`,
          system: 'urban',
          type: 'case',
          at: now - index * 1_000,
          receivedAt: now,
          status: '受理',
          fields: { reporter: '13812345678' },
          origin: 'simulated' as const,
        },
        feed: 'case',
        create: true,
      })),
      rejections: [
        {
          feed: 'case',
          topic: 'urban/case',
          receivedAt: now,
          payload: Buffer.from('{"tel":"张三"}'),
          rejections: [{ reason: 'missing', detail: 'id is missing', path: 'id' }],
        },
      ],
      feeds: [{ feed: 'case', messages: 3, lastAt: now }],
    }),
  );
  const desk = { method: 'POST', headers: { authorization: `Bearer ${await house.logIn()}` } };
  await house.ask('/api/v1/handover/notes', { ...desk, body: { text: '闸门检修' } });
  expect((await house.ask('/api/v1/handover', { ...desk, body: {} })).status).toBe(201);
});

afterAll(() => house?.stop());

/** Every list and item, checked against the schema it is documented with; nothing besides may be in it. */
describe('shapes', () => {
  const examples: Record<string, string> = {
    '/api/v1/assets/{id}': '/api/v1/assets/water%2Freservoir%2Flongtan',
    '/api/v1/assets/{id}/series/{metric}': '/api/v1/assets/water%2Freservoir%2Flongtan/series/level',
    '/api/v1/assets/{id}/limits': '/api/v1/assets/water%2Freservoir%2Flongtan/limits',
    '/api/v1/feeds/{system}/{feed}/messages': '/api/v1/feeds/water/realtime/messages',
    '/api/v1/assets/{id}/provenance/{metric}': '/api/v1/assets/water%2Freservoir%2Flongtan/provenance/level',
    '/api/v1/scenes/{id}/provenance/{panel}': '/api/v1/scenes/overview/provenance/highest',
    '/api/v1/map-layers/{id}': '/api/v1/map-layers/water%2Frivers',
    '/api/v1/packs/{id}/feeds': '/api/v1/packs/water/feeds',
    '/api/v1/handover/{n}': '/api/v1/handover/1',
  };
  const reads = ENDPOINTS.filter(
    ({ method, path, lines, table }) =>
      method === 'get' && !lines && !table && !/sessions|(rejections|alarms)\/\{id\}|handover\/\{n\}/.test(path),
  );

  it.each(reads.map(({ path }) => path))('%s', async (path) => {
    const endpoint = reads.find((each) => each.path === path);
    const open = endpoint !== undefined && permits(endpoint.action, undefined);
    const headers: Record<string, string> = open ? {} : { authorization: `Bearer ${await house.logIn()}` };
    const answer = await house.ask(examples[path] ?? path, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    const schema = endpoint?.answer as z.ZodObject;
    const parsed = schema.strict().safeParse(answer.json);
    expect(parsed.error?.issues ?? []).toEqual([]);
    // parsing strips what the schema does not name: nothing may have been stripped
    expect(parsed.data).toEqual(answer.json);
    for (const time of answer.text.matchAll(/"(?:at|receivedAt|since|lastAt)":"([^"]*)"/g))
      expect(time[1]).toMatch(ISO);
  });
});

describe('systems', () => {
  it('tells what is fresh of what is expected', async () => {
    const { json } = await house.ask('/api/v1/systems');
    expect(json).toEqual({
      items: [
        {
          id: 'water',
          name: { zh: '水利', en: 'Water' },
          state: 'live',
          coverage: { fresh: 1, total: 1 },
          feeds: { live: 1, total: 1 },
          // this process has no part that evaluates: that none stands is no finding
          alarms: null,
        },
        expect.objectContaining({ id: 'urban', coverage: { fresh: 0, total: 0 }, state: 'live' }),
      ],
      next: null,
    });
  });
});

describe('assets', () => {
  it('are found by an id that is one percent-encoded segment, whatever is in its key', async () => {
    const declared = await house.ask('/api/v1/assets/water%2Freservoir%2Flongtan');
    expect(declared.json).toMatchObject({
      id: 'water/reservoir/longtan',
      name: '龙滩水库',
      extId: 'WAT-1',
      place: { lon: 107.3, lat: 30.3 },
      attributes: { floodLimit: 462 },
      metrics: { level: { value: 462.44, unit: 'm', quality: 'good', stale: false, origin: 'simulated' } },
    });
    const key = encodeURIComponent('water/reservoir/上游/2');
    const discovered = await house.ask(`/api/v1/assets/${key}`);
    expect(discovered.json).toMatchObject({
      key: '上游/2',
      place: null,
      metrics: { level: { value: 7, stale: true } },
    });
  });

  it('are not found by an unencoded id, a wrong one, or a traversal', async () => {
    for (const path of ['water/reservoir/longtan', 'water%2Freservoir%2Fnone', '..%2F..%2Fetc%2Fpasswd', '%00', 'x']) {
      const answer = await house.ask(`/api/v1/assets/${path}`);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ reason: 'not-found', status: 404 });
    }
  });

  it('are listed, searched and paged', async () => {
    const ids = async (query: string) =>
      (await house.ask(`/api/v1/assets?${query}`)).json.items.map(({ id }: { id: string }) => id);
    expect(await ids('')).toEqual(['water/reservoir/longtan', 'water/reservoir/上游/2']);
    expect(await ids('bbox=107,30,108,31')).toEqual(['water/reservoir/longtan']);
    expect(await ids(`q=${encodeURIComponent('上游')}`)).toEqual(['water/reservoir/上游/2']);
    expect(await ids('system=urban')).toEqual([]);
    const first = await house.ask('/api/v1/assets?limit=1');
    expect(first.json.items).toHaveLength(1);
    expect(await ids(`limit=1&cursor=${first.json.next}`)).toEqual(['water/reservoir/上游/2']);
  });
});

describe('series', () => {
  it('holds a point a window, none for a gap', async () => {
    const at = encodeURIComponent('water/reservoir/longtan');
    const from = encodeURIComponent(new Date(now - 600_000).toISOString());
    const { json } = await house.ask(`/api/v1/assets/${at}/series/level?from=${from}&step=1m`);
    expect(json).toMatchObject({ asset: 'water/reservoir/longtan', metric: 'level', unit: 'm', step: 60_000 });
    expect(json.points.map((point: { last: number }) => point.last)).toEqual([461, 462.44]);
    expect(json.points[0]).toMatchObject({ min: 461, max: 461, avg: 461, sum: 461, count: 1 });
    expect(Date.parse(json.points[0].at) % 60_000).toBe(0);
  });

  it('of ten seconds reach back an hour, whatever a minute brought', async () => {
    const path = `/api/v1/assets/${encodeURIComponent('water/reservoir/longtan')}/series`;
    const { json } = await house.ask(`${path}/level?step=10s`);
    expect(json.step).toBe(10_000);
    expect(json.points.map(({ at, last }: { at: string; last: number }) => [Date.parse(at), last])).toEqual([
      [Math.floor((now - 120_000) / 10_000) * 10_000, 461],
      [Math.floor((now - 1_000) / 10_000) * 10_000, 462.44],
    ]);
    const counted = await house.ask(`${path}/visits?step=10s`);
    expect(counted.json.points.map(({ last }: { last: number }) => last)).toEqual([100, 150, 20, 30]);
    const from = encodeURIComponent(new Date(now - 2 * 3_600_000).toISOString());
    for (const query of [`step=10s&from=${from}`, 'step=15s', 'step=70s', 'step=0']) {
      const answer = await house.ask(`${path}/level?${query}`);
      expect([query, answer.status, answer.json.parameters?.[0]?.name]).toEqual([query, 400, 'step']);
    }
  });

  it('of a counter tell rates: from zero after a fall, none after a gap', async () => {
    const path = `/api/v1/assets/${encodeURIComponent('water/reservoir/longtan')}/series`;
    const { json } = await house.ask(`${path}/visits?step=10s&as=rate`);
    expect(
      json.points.map(({ at, rate, last }: { at: string; rate: number; last: number }) => [
        Date.parse(at) - counting,
        rate,
        last,
      ]),
    ).toEqual([
      [10_000, 5, 150],
      [20_000, 2, 20],
    ]);
    // The window before the first one is looked at, too.
    const from = encodeURIComponent(new Date(counting + 15_000).toISOString());
    const rest = await house.ask(`${path}/visits?step=10s&as=rate&from=${from}`);
    expect(rest.json.points.map(({ rate }: { rate: number }) => rate)).toEqual([5, 2]);
    const wrong = await house.ask(`${path}/level?as=rate`);
    expect([wrong.status, wrong.json.parameters?.[0]?.name]).toEqual([400, 'as']);
  });
});

describe('map layers', () => {
  it('are told with what the operator says of them, and whether anything is imported', async () => {
    const { json } = await house.ask('/api/v1/map-layers');
    expect(json.items).toEqual([
      expect.objectContaining({
        id: 'water/rivers',
        name: { zh: '河流', en: 'Rivers' },
        style: 'river',
        imported: true,
        source: 'made for a test',
        licence: 'CC0-1.0',
      }),
    ]);
  });

  it('give their lines as GeoJSON, and nothing of what the features say of themselves', async () => {
    const { json } = await house.ask('/api/v1/map-layers/water%2Frivers');
    expect(json.type).toBe('FeatureCollection');
    expect(json.features).toHaveLength(1);
    const [{ properties, geometry }] = json.features;
    expect(properties).toBeNull();
    expect(geometry.type).toBe('LineString');
    expect(geometry.coordinates).toHaveLength(2);
    geometry.coordinates.flat().forEach((degrees: number, i: number) => {
      expect(degrees).toBeCloseTo([107.3, 30.3, 107.4, 30.4][i]!, 4);
    });
  });

  it.each(['water%2Froads', 'nobody%2Frivers'])('%s is not there', async (id) => {
    const answer = await house.ask(`/api/v1/map-layers/${id}`);
    expect([answer.status, answer.json.reason]).toEqual([404, 'not-found']);
  });
});

describe('journals', () => {
  it('tells readings in order of receipt, from a seq on', async () => {
    const { json } = await house.ask('/api/v1/readings?feed=realtime&metric=level');
    expect(json.items.map(({ value }: { value: number }) => value)).toEqual([461, 462.44, 7]);
    const [first, second] = json.items;
    expect(first.seq).toBeLessThan(second.seq);
    const rest = await house.ask(`/api/v1/readings?since=${first.seq}`);
    expect(rest.json.items.map(({ value }: { value: number }) => value)).toEqual([462.44, 7]);
    const later = encodeURIComponent(new Date(now + 60_000).toISOString());
    expect((await house.ask(`/api/v1/readings?since=${later}`)).json.items).toEqual([]);
    const earlier = encodeURIComponent(new Date(now - 60_000).toISOString());
    expect((await house.ask(`/api/v1/readings?since=${earlier}`)).json.items).toHaveLength(3);
  });

  it('pages readings and occurrences to their end', async () => {
    for (const [path, total] of [
      ['readings', 3],
      ['occurrences', 3],
      ['rejections', 2],
    ] as const) {
      const items: unknown[] = [];
      let cursor = '';
      for (let pages = 0; pages < 10; pages++) {
        const { json } = await house.ask(`/api/v1/${path}?limit=1${cursor && `&cursor=${cursor}`}`);
        items.push(...json.items);
        if (json.next === null) break;
        cursor = json.next;
      }
      expect(items).toHaveLength(total);
      expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(total);
    }
  });

  it('masks personal fields and withholds payloads unless an administrator asks', async () => {
    const before = await house.ask('/api/v1/occurrences?system=urban&status=%E5%8F%97%E7%90%86&type=case');
    expect(before.json.items[0].fields).toEqual({ reporter: '138****5678' });
    const kept = await house.ask('/api/v1/rejections?system=urban');
    expect(kept.json.items).toMatchObject([{ reason: 'missing', path: 'id', payload: '', truncated: true }]);

    const headers = { authorization: `Bearer ${await house.logIn()}` };
    const after = await house.ask('/api/v1/occurrences?system=urban', { headers });
    expect(after.json.items[0].fields).toEqual({ reporter: '13812345678' });
    const whole = await house.ask('/api/v1/rejections?system=urban', { headers });
    expect(Buffer.from(whole.json.items[0].payload, 'base64').toString()).toBe('{"tel":"张三"}');
  });

  it('shows the payload of a feed without personal fields', async () => {
    const { json } = await house.ask('/api/v1/rejections?reason=type');
    expect(json.items).toMatchObject([{ feed: 'realtime', topic: 'slj/x', detail: 'not a number', truncated: false }]);
    expect(Buffer.from(json.items[0].payload, 'base64').toString()).toBe('{"z":"x"}');
  });
});

describe('scenes and packs', () => {
  it('are listed', async () => {
    expect((await house.ask('/api/v1/scenes')).json.items).toEqual([
      { id: 'overview', name: { zh: '总览', en: 'Overview' }, size: { columns: 24, rows: 12 } },
    ]);
    const { json } = await house.ask('/api/v1/packs');
    expect(json.items.map(({ id }: { id: string }) => id)).toEqual(['overview', 'water', 'urban']);
    expect(json.items[1]).toMatchObject({
      assets: 1,
      refused: false,
      feeds: [{ id: 'realtime', topics: ['slj/{key...}'], messages: 3, rejections: 1, live: true }],
    });
  });
});

describe('errors', () => {
  const problem = async (path: string, status: number, reason: string, options = {}) => {
    const answer = await house.ask(path, options);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.json).toMatchObject({
      type: `urn:citywall:problem:${reason}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      instance: path.replace(/\?.*/, ''),
      reason,
    });
    return answer.json;
  };

  it('name the parameter and what it may be', async () => {
    const unknown = await problem('/api/v1/systems?sort=name', 400, 'invalid-parameter');
    expect(unknown.parameters).toEqual([
      { name: 'sort', in: 'query', detail: 'is not a parameter here', allowed: ['limit', 'cursor'] },
    ]);
    const system = await problem('/api/v1/assets?system=nowhere', 400, 'invalid-parameter');
    expect(system.parameters[0].allowed).toEqual(['water', 'urban']);
    const reason = await problem('/api/v1/rejections?reason=because', 400, 'invalid-parameter');
    expect(reason.parameters[0].allowed).toContain('unknown-asset');
    const path = '/api/v1/assets/water%2Freservoir%2Flongtan';
    await problem(`${path}?metrics=level`, 400, 'invalid-parameter');
    await problem(`${path}/series/level?step=7s`, 400, 'invalid-parameter');
    await problem(`${path}/series/nothing`, 404, 'not-found');
  });

  it('refuse every kind of wrong cursor', async () => {
    const empty = Buffer.from('[]').toString('base64url');
    for (const list of ['readings', 'occurrences', 'rejections', 'assets', 'systems', 'notices', 'scenes', 'packs']) {
      await problem(`/api/v1/${list}?cursor=x`, 400, 'invalid-parameter');
      const inners = ['nonsense', '-5', '+', '9'.repeat(30), '', 'a b', empty];
      for (const inner of /^(rea|occ|rej)/.test(list) ? inners : []) {
        const cursor = Buffer.from(JSON.stringify([list, inner])).toString('base64url');
        await problem(`/api/v1/${list}?cursor=${cursor}`, 400, 'invalid-parameter');
      }
    }
    for (const since of ['0', '9999999999999999', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z']) {
      expect((await house.ask(`/api/v1/readings?since=${since}`)).status).toBe(200);
    }
  });

  it('are the same for routes that are not there and requests that cannot be read', async () => {
    await problem('/api/v1/nothing', 404, 'not-found');
    await problem('/nothing.php?x=1', 404, 'not-found');
    await problem('/api/v1/systems', 404, 'not-found', { method: 'POST' });
    await problem('/api/v1/assets/%zz', 400, 'malformed-request');
    await problem('/api/v1/sessions', 400, 'malformed-request', { method: 'POST', raw: '{"user":' });
    await problem('/api/v1/sessions', 413, 'too-large', { method: 'POST', raw: `"${'x'.repeat(1_100_000)}"` });
    await problem('/api/v1/sessions', 400, 'invalid-parameter', { method: 'POST', body: { user: 'admin' } });
    await problem('/api/v1/sessions', 400, 'invalid-parameter', {
      method: 'POST',
      raw: '{"user":"admin","password":"x","__proto__":{"roles":["administrator"]}}',
    });
  });
});
