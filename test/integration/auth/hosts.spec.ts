import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type House, startHouse } from '../api/house.js';

/** DNS rebinding: a foreign page that made its own name resolve to 127.0.0.1 must get nothing, of anything. */
let house: House;
beforeAll(async () => {
  house = await startHouse({ CITYWALL_PUBLIC_URL: 'https://wall.example.org' });
});
afterAll(() => house?.stop());

const PATHS = [
  '/',
  '/display',
  '/assets/index-abc123.js',
  '/map/county.geojson',
  '/api/v1/systems',
  '/api/docs',
  '/api/docs-json',
  '/healthz',
  '/readyz',
  '/metrics',
  '/nothing',
];

describe('a foreign host', () => {
  it.each(PATHS)('gets nothing of %s', async (path) => {
    for (const headers of [
      { host: 'rebound.evil.example' },
      { host: '127.0.0.1.evil.example:80' },
      { host: 'localhost', origin: 'http://evil.example' },
      { host: 'localhost', origin: 'null' },
      { host: 'localhost', 'x-forwarded-for': '127.0.0.1' },
    ]) {
      const answer = await house.ask(path, { headers });
      expect(answer.status).toBe(403);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.json).toMatchObject({ type: 'urn:citywall:problem:host-refused', reason: 'host-refused' });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('cannot log in or out', async () => {
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const answer = await house.ask('/api/v1/sessions', { method, headers: { host: 'evil.example' } });
      expect([answer.status, answer.json.reason]).toEqual([403, 'host-refused']);
    }
  });
});

describe('our own host', () => {
  it.each(['localhost', '127.0.0.1:1', '[::1]:8080', 'wall.example.org', 'WALL.EXAMPLE.ORG:443'])(
    'is %s',
    async (host) => {
      expect((await house.ask('/healthz', { headers: { host } })).status).toBe(200);
    },
  );

  it('over TLS makes cookies and transport secure', async () => {
    const opened = await house.ask('/api/v1/sessions', {
      method: 'POST',
      headers: { host: 'wall.example.org', origin: 'https://wall.example.org' },
      body: { user: 'admin', password: 'correct horse battery' },
    });
    expect(opened.status).toBe(201);
    expect((opened.headers['set-cookie'] as string[])[0]).toMatch(/; Secure/);
    expect(opened.headers['strict-transport-security']).toMatch(/^max-age=\d+/);
  });
});

describe('behind a proxy of ours', () => {
  it('a reader from elsewhere needs a session, demo mode or not', async () => {
    const proxied = await startHouse({ CITYWALL_PUBLIC_URL: 'https://wall.example.org', CITYWALL_TRUST_PROXY: '1' });
    try {
      const from = (address: string) =>
        proxied.ask('/api/v1/systems', { headers: { host: 'wall.example.org', 'x-forwarded-for': address } });
      expect((await from('203.0.113.9')).status).toBe(401);
      expect((await from('127.0.0.1, 203.0.113.9')).status).toBe(401);
      expect((await from('203.0.113.9, 127.0.0.1')).status).toBe(200);
      const spoofed = await proxied.ask('/api/v1/systems', {
        headers: { host: '127.0.0.1', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '127.0.0.1' },
      });
      expect(spoofed.status).toBe(403);
    } finally {
      await proxied.stop();
    }
  });
});
