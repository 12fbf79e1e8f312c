import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NoticesService } from '../../../apps/server/src/notices/notices.service.js';
import { type House, startHouse } from './house.js';

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house?.stop());

describe('the wall', () => {
  it.each(['/', '/display?scene=overview&theme=watch', '/console', '/preview', '/login', '/t/abc'])(
    '%s is the one page, asked for again every time',
    async (path) => {
      const answer = await house.ask(path);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('<title>wall</title>');
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(answer.headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data: blob:;font-src 'self';connect-src 'self';media-src blob:;frame-ancestors 'none';base-uri 'none';form-action 'self'",
      );
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['x-frame-options']).toBe('DENY');
      expect(answer.headers['referrer-policy']).toBe('no-referrer');
      expect(answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    },
  );

  it('keeps files with a hash for ever, asks for the others again', async () => {
    expect((await house.ask('/assets/index-abc123.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    );
    expect((await house.ask('/favicon.svg')).headers['cache-control']).toBe('no-cache');
    expect((await house.ask('/assets/index-gone.js')).status).toBe(404);
  });

  it('serves pictures of packs, without any right for a script in them, and nothing beside them', async () => {
    const picture = await house.ask('/images/water/plan.svg');
    expect(picture.status).toBe(200);
    expect(picture.headers['content-type']).toMatch(/^image\/svg\+xml/);
    expect(picture.headers['content-security-policy']).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    expect(picture.headers['cache-control']).toBe('no-cache');
    expect((await house.ask('/images/water/nowhere.png')).status).toBe(404);
    expect((await house.ask('/images/water/..%2fpack.yaml')).status).toBe(404);
  });

  it('serves the county map and nothing beside it', async () => {
    const map = await house.ask('/map/county.geojson');
    expect(map.status).toBe(200);
    expect(map.headers['content-type']).toMatch(/^application\/geo\+json/);
    for (const path of [
      '/map/../pack.yaml',
      '/map/%2e%2e/pack.yaml',
      '/map/..%2Fpack.yaml',
      '/map/',
      '/assets/../index.html%00',
    ]) {
      expect((await house.ask(path)).text).not.toContain('kind: city');
    }
  });
});

describe('documentation of the interface', () => {
  it('is served with its own looser style, and only there', async () => {
    const docs = await house.ask('/api/docs');
    expect(docs.status).toBe(200);
    expect(docs.headers['content-security-policy']).toContain("style-src 'self' 'unsafe-inline'");
    expect(docs.headers['content-security-policy']).toContain("script-src 'self';");
    expect(docs.text).not.toMatch(/<script>[^<]/);
    expect((await house.ask('/api/docs-json')).json).toMatchObject({ openapi: '3.1.0' });
    for (const source of docs.text.matchAll(/(?:src|href)=["']([^"']+)["']/g)) {
      expect(source[1]).not.toMatch(/^(https?:)?\/\//);
      if (!source[1]?.startsWith('data:')) {
        const path = new URL(source[1] ?? '', `${house.url}/api/docs`).pathname;
        expect((await house.ask(path)).status).toBe(200);
      }
    }
    expect((await house.ask('/api/docs-yaml')).text).toMatch(/^openapi: /);
    const unknown = await house.ask('/api/docs/nothing.js');
    expect(unknown.status).toBe(404);
    expect(unknown.headers['content-type']).toContain('application/problem+json');
    expect((await house.ask('/api/v1/docs')).headers['content-security-policy']).not.toContain('unsafe-inline');
  });
});

describe('operations', () => {
  afterEach(() => {
    house.server.app.get(NoticesService).clear('broker-gone:default');
  });

  it('is alive', async () => {
    const answer = await house.ask('/healthz');
    expect([answer.status, answer.json]).toEqual([200, { status: 'ok' }]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('is ready, and says what Redis promises', async () => {
    const answer = await house.ask('/readyz');
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ ready: true, reasons: [], durability: { durability: 'always' } });
  });

  it('is not ready without a broker, with the reason', async () => {
    const text = { zh: '断开', en: 'no broker' };
    house.server.app.get(NoticesService).raise('broker-gone', { subject: 'default', text });
    const answer = await house.ask('/readyz');
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ ready: false, reasons: [{ reason: 'broker-gone', detail: 'no broker' }] });
    expect((await house.ask('/healthz')).status).toBe(200);
    const notices = await house.ask('/api/v1/notices');
    expect(notices.json.items).toMatchObject([{ id: 'broker-gone:default', reason: 'broker-gone', count: 1, text }]);
  });

  it('counts itself in the format of Prometheus', async () => {
    await house.ask('/healthz');
    const answer = await house.ask('/metrics');
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const name of [
      'citywall_http_seconds_count{method="GET",status="200"}',
      'nodejs_eventloop_lag_seconds',
      'citywall_disk_free_bytes',
    ]) {
      expect(answer.text).toContain(name);
    }
    for (const line of answer.text.split('\n')) {
      expect(line).toMatch(/^(#.*|[a-z_0-9]+(\{[^}]*\})? (-?[0-9.e+-]+|Nan|NaN|\+Inf)|)$/);
    }
  });
});

describe('two processes', () => {
  it('tell each other their notices through Redis', async () => {
    const other = await startHouse({}, house.redis);
    try {
      const heard = new Promise<void>((resolve) => {
        other.server.app.get(NoticesService).changes$.subscribe((all) => {
          if (all.some(({ id }) => id === 'feed-silent:water/realtime')) resolve();
        });
      });
      const text = { zh: '无数据', en: 'silent' };
      house.server.app.get(NoticesService).raise('feed-silent', { subject: 'water/realtime', system: 'water', text });
      await heard;
      const { json } = await other.ask('/api/v1/notices');
      expect(json.items).toMatchObject([{ id: 'feed-silent:water/realtime', system: 'water' }]);
    } finally {
      house.server.app.get(NoticesService).clear('feed-silent:water/realtime');
      await other.stop();
    }
  });
});

describe('Redis gone', () => {
  it('is said by every answer that needs it, and is over when it is back', async () => {
    const own = await startHouse();
    try {
      await own.redis.kill();
      const systems = await own.ask('/api/v1/systems');
      expect([systems.status, systems.json.reason]).toEqual([503, 'unavailable']);
      expect(systems.headers['retry-after']).toBe('1');
      const readiness = await own.ask('/readyz');
      expect(readiness.status).toBe(503);
      expect(readiness.json.reasons[0].reason).toBe('redis-gone');
      expect((await own.ask('/healthz')).status).toBe(200);
      expect((await own.ask('/api/v1/notices')).status).toBe(200);
      expect((await own.ask('/')).status).toBe(200);
      await own.redis.restart();
      const deadline = Date.now() + 20_000;
      let status = 0;
      while (status !== 200 && Date.now() < deadline) {
        status = (await own.ask('/readyz')).status;
        if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(status).toBe(200);
      expect((await own.ask('/api/v1/systems')).status).toBe(200);
    } finally {
      await own.stop();
    }
  });
});
