import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';
import { eventually, labSite, reader, type Site } from '../feeds/lab.js';

jest.setTimeout(60_000);

/** A state as a CityWall wrote it before accounts had grants, before the audit, and before alarms had versions. */
const BEFORE = JSON.parse(readFileSync(join(import.meta.dirname, 'format-1.json'), 'utf8')) as {
  strings: Record<string, string>;
  hashes: Record<string, Record<string, string>>;
};
const PASSWORD = 'a password of before';
const RULES = `alarms:
  - id: level-high
    metric: node/level
    when: { atLeast: 10, clearBelow: 8 }
    priority: 2
    text: { zh: '{asset} 水位 {value} {unit}', en: '{asset} level {value} {unit}' }
    guidance: { zh: 核实, en: Verify }
`;

describe('a state of format 1', () => {
  let broker: Service;
  let redis: Service;
  let site: Site;
  let server: ServerProcess;
  let reading: Awaited<ReturnType<typeof reader>>;
  beforeAll(async () => {
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    reading = await reader(redis.url);
    for (const [key, text] of Object.entries(BEFORE.strings)) await reading.redis.commands.set(key, text);
    for (const [key, fields] of Object.entries(BEFORE.hashes)) await reading.redis.commands.hset(key, fields);
    site = labSite({ 'alarms.yaml': RULES });
    server = await startServer({
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_PACKS_DIR: site.dir,
      CITYWALL_ROLES: 'ingest,api',
      CITYWALL_ADMIN_PASSWORD: 'never asked for: there is an account',
      CITYWALL_LOG_LEVEL: 'warn',
    });
  });
  afterAll(async () => {
    await server?.stop();
    reading?.close();
    await Promise.all([broker?.stop(), redis?.stop()]);
    site?.remove();
  });

  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${server.url}/api/v1/${path}`, init);
    return { status: response.status, json: (await response.json()) as never };
  };

  it('is taken over: the account, its standing alarms with who saw them, and an audit begins', async () => {
    expect(await reading.redis.commands.get('cw:format')).toBe('3');
    const opened = await ask('sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: PASSWORD }),
    });
    expect(opened).toMatchObject({ status: 201, json: { roles: ['administrator'] } });
    const headers = { authorization: `Bearer ${(opened.json as { token: string }).token}` };
    const alarms = await eventually(
      async () =>
        (await ask('alarms?system=lab', { headers })).json as {
          items: { id: string; raisedAt: string; acknowledged: { by: string } | null; version: number }[];
        },
      ({ items }) => items.some(({ acknowledged }) => acknowledged !== null),
    );
    expect(
      alarms.items
        .map(({ id, raisedAt, acknowledged }) => [id, Date.parse(raisedAt), acknowledged?.by ?? null])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual([
      ['lab/level-high/node/a', 1_783_578_000_000, null],
      ['lab/level-high/node/b', 1_783_578_000_000, 'admin'],
    ]);
    expect((await ask('audit/verification', { headers })).json).toMatchObject({ ok: true, first: 1 });
  });

  it('ends sessions that are older than sessions may be now', async () => {
    const headers = { authorization: 'Bearer atokenofbefore' };
    expect((await ask('sessions/current', { headers })).status).toBe(401);
  });
});
