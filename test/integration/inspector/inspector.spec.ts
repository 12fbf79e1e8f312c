import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ENDPOINTS } from '../../../apps/server/src/api/endpoints.js';
import { eventually, LAB_FEEDS } from '../feeds/lab.js';
import { type Inspector, openInspector } from './open-inspector.js';

/** What the feed inspector answers about messages of a real broker. */
let house: Inspector;
const now = Date.now();
const items = async (path: string) => (await house.ask(path, { headers: house.headers })).json.items;
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const CHANGED = LAB_FEEDS.replace('id: { path: id, ops: [number] }', 'id: { path: id, ops: [number, { scale: 10 }] }');

/** The answer is exactly what the table says. */
function published(method: string, path: string, json: unknown): void {
  const { answer } = ENDPOINTS.find((each) => each.method === method && each.path === path) ?? {};
  const schema = answer instanceof z.ZodObject ? answer.strict() : undefined;
  expect(schema?.safeParse(json).error?.issues).toBeUndefined();
}

beforeAll(async () => {
  house = await openInspector();
  await house.publish('lab/count/a', JSON.stringify({ ts: now, id: 5 }), { origin: 'simulated' });
  await house.publish('lab/count/b', JSON.stringify({ ts: now, id: 'five', tel: '13812345678' }));
  await house.publish('lab/items', 'no json at all');
  await eventually(
    () => items('/api/v1/rejections'),
    (list) => list.length === 2,
  );
  await eventually(
    () => items('/api/v1/feeds/lab/count/messages'),
    (list) => list.length > 0,
  );
});
afterAll(() => house?.stop());

describe('feeds', () => {
  it('are listed with contract, counters and quarantine', async () => {
    const answer = await house.ask('/api/v1/feeds?system=lab');
    published('get', '/api/v1/feeds', answer.json);
    expect(answer.json.items.map(({ id }: { id: string }) => id)).toEqual([
      'count',
      'untimed',
      'loose',
      'many',
      'items',
      'urgent',
      'cases',
    ]);
    const [count, untimed, loose] = answer.json.items;
    expect(count).toMatchObject({
      topic: ['lab/count/{key}'],
      broker: 'default',
      qos: 1,
      state: 'live',
      silent: false,
      messages: 2,
      readings: 1,
      rejections: { ever: 1, kept: 1 },
      contract: { expect: null, assets: 'discovered', maxAssets: 100_000, retained: 'state', decode: ['json'] },
    });
    expect(untimed).toMatchObject({ state: 'waiting', lastAt: null });
    expect(loose.qos).toBe(0);
  });

  it('show a sample of their messages: one a second, as they came', async () => {
    const list = await items('/api/v1/feeds/lab/count/messages');
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ topic: 'lab/count/a', truncated: false, retained: false, origin: 'simulated' });
    expect(JSON.parse(Buffer.from(list[0].payload, 'base64').toString())).toEqual({ ts: now, id: 5 });
    expect((await house.ask('/api/v1/feeds/lab/none/messages')).json.reason).toBe('not-found');
    expect((await house.ask('/api/v1/feeds/lab/count/messages?limit=21')).status).toBe(400);
  });
});

describe('quarantine', () => {
  it('is filtered by system, feed, reason, time and text', async () => {
    const ids = async (query: string) =>
      (await items(`/api/v1/rejections?${query}`)).map(({ feed }: { feed: string }) => feed);
    expect(await ids('feed=lab/count')).toEqual(['count']);
    expect(await ids('reason=decode')).toEqual(['items']);
    expect(await ids('q=COUNT/B')).toEqual(['count']);
    expect(await ids('q=13812345678')).toEqual(['count']);
    expect(await ids(`since=${encodeURIComponent(new Date(now - 60_000).toISOString())}`)).toHaveLength(2);
    expect(await ids(`since=${encodeURIComponent(new Date(now + 3_600_000).toISOString())}`)).toEqual([]);
    // Who may not see the payload does not find what is in it.
    expect((await house.ask('/api/v1/rejections?q=13812345678')).json.items).toEqual([]);
  });

  it('shows one whole, and all as lines', async () => {
    const [one] = await items('/api/v1/rejections?feed=count');
    const whole = await house.ask(`/api/v1/rejections/${one.id}`, { headers: house.headers });
    published('get', '/api/v1/rejections/{id}', whole.json);
    expect(whole.json).toMatchObject({
      system: 'lab',
      feed: 'count',
      origin: 'live',
      retained: false,
      all: [{ reason: 'type' }],
    });
    const masked = await house.ask(`/api/v1/rejections/${one.id}`);
    expect(Buffer.from(masked.json.payload, 'base64').toString()).not.toContain('13812345678');
    expect((await house.ask('/api/v1/rejections/lab-1-0-0')).json.reason).toBe('not-found');
    expect((await house.ask('/api/v1/rejections/..%2Fx')).status).toBe(400);

    const lines = await fetch(`${house.url}/api/v1/rejections/export?system=lab`);
    const text = await lines.text();
    expect(lines.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const told = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.map(({ feed }) => feed).sort()).toEqual(['count', 'items']);
    expect(text).not.toContain(one.payload);
    expect(await (await fetch(`${house.url}/api/v1/rejections/export?system=lab&feed=none`)).text()).toBe('');
    expect((await house.ask('/api/v1/rejections/export?limit=1')).status).toBe(400);
  });

  it('is counted by feed and reason', async () => {
    const { json } = await house.ask('/api/v1/rejections/counts');
    published('get', '/api/v1/rejections/counts', json);
    expect(json.items).toEqual([
      { system: 'lab', feed: 'count', reason: 'type', kept: 1, ever: 1 },
      { system: 'lab', feed: 'items', reason: 'decode', kept: 1, ever: 1 },
    ]);
  });
});

describe('explain', () => {
  const message = { system: 'lab', topic: 'lab/count/a', payload: base64({ ts: now, id: '7' }) };

  it('tells step by step what becomes of a message', async () => {
    const { json } = await house.ask('/api/v1/explain', { method: 'POST', body: message });
    published('post', '/api/v1/explain', json);
    expect(json.steps.map(({ text }: { text: string }) => text).join('\n')).toContain(
      'topic matched feed 1 (count): key = "a"',
    );
    expect(json.readings).toMatchObject([{ feed: 'count', asset: 'lab/node/a', metric: 'id', value: 7 }]);
  });

  it('tells it of a changed mapping, and where a text is wrong', async () => {
    const changed = await house.command('/api/v1/explain', { ...message, feeds: CHANGED });
    expect(changed.json.readings).toMatchObject([{ value: 70 }]);
    const wrong = await house.command('/api/v1/explain', { ...message, feeds: CHANGED.replace('scale', 'scail') });
    expect(wrong.json).toMatchObject({
      steps: [],
      readings: [],
      problems: [{ line: 7, message: expect.stringContaining('scail') }],
    });
    expect(wrong.json.problems[0].file).toMatch(/lab\/feeds\.yaml$/);
    const stranger = await house.ask('/api/v1/explain', { method: 'POST', body: { ...message, feeds: CHANGED } });
    expect(stranger.json.reason).toBe('forbidden');
  });

  it('survives whatever it is given', async () => {
    for (const payload of ['', base64('x'.repeat(200_000)), '////', base64({ __proto__: 1 })]) {
      expect((await house.command('/api/v1/explain', { ...message, payload })).status).toBe(200);
    }
    for (const feeds of [
      '',
      '[',
      'feeds: 5',
      'feeds: [&a [*a]]',
      '\u0000',
      'a: &a [*a]',
      `feeds: ${'['.repeat(5_000)}`,
    ]) {
      const { status, json } = await house.command('/api/v1/explain', { ...message, feeds });
      expect(status).toBe(200);
      if (feeds !== '') expect(json.problems).not.toEqual([]);
    }
    expect((await house.command('/api/v1/explain', { ...message, system: 'none' })).status).toBe(400);
    expect((await house.command('/api/v1/explain', { ...message, payload: '%' })).status).toBe(400);
  });
});

describe('try', () => {
  it('maps recent messages both ways and touches nothing', async () => {
    const before = await house.state.feedCounters('lab');
    const { json } = await house.command('/api/v1/try', { system: 'lab', feeds: CHANGED, source: 'recent' });
    published('post', '/api/v1/try', json);
    expect(json).toMatchObject({
      messages: 2,
      before: { mapped: 1, readings: 1, rejected: 1 },
      after: { mapped: 1 },
      changed: 1,
    });
    expect(json.changes).toMatchObject([{ asset: 'lab/node/a', metric: 'id', before: 5, after: 50 }]);
    expect(await house.state.feedCounters('lab')).toEqual(before);
  });

  it('maps what is in quarantine', async () => {
    const feeds = LAB_FEEDS.replace('id: { path: id, ops: [number] }', 'id: { path: id, lookup: { five: 5 } }');
    const { json } = await house.command('/api/v1/try', { system: 'lab', feeds, source: 'rejections', feed: 'count' });
    expect(json).toMatchObject({
      messages: 1,
      before: { mapped: 0, rejected: 1 },
      after: { mapped: 1, readings: 1, rejected: 0 },
    });
    expect(json.changes).toMatchObject([{ asset: 'lab/node/b', before: null, after: 5 }]);
  });

  it('is an administrator’s: a mapping could carry out what is masked', async () => {
    const body = { system: 'lab', feeds: CHANGED, source: 'recent' };
    expect((await house.ask('/api/v1/try', { method: 'POST', body })).json.reason).toBe('unauthorized');
  });
});

describe('saving', () => {
  const read = async () => (await house.ask('/api/v1/packs/lab/feeds')).json;

  it('refuses what would not be valid, and says where', async () => {
    const answer = await house.command('/api/v1/packs/lab/feeds', { feeds: CHANGED.replace('scale', 'scail') }, 'PUT');
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ reason: 'invalid-pack', problems: [{ line: 7 }] });
    expect((await read()).site).toBe(LAB_FEEDS);
  });

  it('refuses to overwrite what somebody else changed', async () => {
    const { version } = await read();
    house.site.write('feeds.yaml', `# theirs\n${LAB_FEEDS}`);
    const answer = await house.command('/api/v1/packs/lab/feeds', { feeds: CHANGED, version }, 'PUT');
    expect(answer.json).toMatchObject({ status: 409, reason: 'conflict' });
    expect((await read()).site).toMatch(/^# theirs/);
  });

  it('writes the file, and the running feeds follow', async () => {
    const { version } = await read();
    const saved = await house.command('/api/v1/packs/lab/feeds', { feeds: CHANGED, version }, 'PUT');
    published('put', '/api/v1/packs/{id}/feeds', saved.json);
    expect(readFileSync(join(house.site.dir, 'lab/feeds.yaml'), 'utf8')).toBe(CHANGED);
    expect((await read()).version).toBe(saved.json.version);
    await house.publish('lab/count/a', JSON.stringify({ ts: now + 1, id: 8 }));
    await eventually(
      async () => (await house.state.latest('lab/node/a')).get('id')?.value,
      (value) => value === 80,
    );
  });

  it('is an administrator’s, and only of systems there are', async () => {
    const body = { feeds: CHANGED };
    expect((await house.ask('/api/v1/packs/lab/feeds', { method: 'PUT', body })).json.reason).toBe('unauthorized');
    expect((await house.command('/api/v1/packs/none/feeds', body, 'PUT')).json.reason).toBe('not-found');
    expect((await house.command('/api/v1/packs/..%2Fetc/feeds', body, 'PUT')).status).toBe(400);
  });
});
