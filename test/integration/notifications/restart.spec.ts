import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { happening } from '../../support/happening.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';
import { eventually } from '../feeds/lab.js';

jest.setTimeout(120_000);

describe('notifications of a server that is killed', () => {
  let dir: string;
  let redis: Service;
  let client: Redis;
  let receiver: Receiver;
  let server: Service;
  let broker: Service;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-notify-'));
    [redis, broker, receiver] = await Promise.all([startRedis(), startMosquitto(), startReceiver()]);
    client = new Redis(redis.url.replace('unix://', ''));
    const target = `{ url: "${receiver.url}/hook", loopback: true, perMinute: 600, secret: "\${env:HOOK_SECRET}" }`;
    writeFileSync(
      join(dir, 'notifications.yaml'),
      `targets:\n  duty: ${target}\nroutes:\n  - { id: all, to: [duty] }\n`,
    );
    server = await startServer({
      CITYWALL_DATA_DIR: dir,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_ROLES: 'ingest',
      CITYWALL_LOG_LEVEL: 'info',
      HOOK_SECRET: 'never to be seen',
    });
  });
  afterAll(async () => {
    await server?.stop();
    client?.disconnect();
    await receiver?.stop();
    await Promise.all([redis?.stop(), broker?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('arrive all, each under one key, in the order of their alarm; what was under way comes again', async () => {
    await eventually(
      () => client.hget('cw:{notify}:positions', 'water'),
      (position) => position !== null,
    );
    const names = Array.from({ length: 30 }, (_, n) => `a${n}`);
    let killed: Promise<void> | undefined;
    receiver.reply = () => {
      if (receiver.received.length !== 11) return { status: 200 };
      // received, and never answered: the server dies in that instant
      killed = server.kill('SIGKILL');
      return null;
    };
    const now = Date.now();
    for (const kind of ['raised', 'cleared'] as const)
      for (const name of names)
        await client.xadd('cw:{water}:alarms:log', '*', 'e', JSON.stringify(happening(name, kind, {}, now)));
    await receiver.until(11);
    await killed;
    receiver.reply = () => ({ status: 200 });
    await server.restart();
    await receiver.until(61);
    await eventually(
      () => client.hlen('cw:{notify}:queue'),
      (waiting) => waiting === 0,
    );
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(60);
    expect(keys).toHaveLength(61);
    expect(keys[11]).toBe(keys[10]);
    const told = receiver.received.map(({ json }) => `${json.type} ${json.data.alarm.name}`);
    for (const name of names)
      expect(told.indexOf(`alarm.raised ${name}`)).toBeLessThan(told.indexOf(`alarm.cleared ${name}`));
    expect(server.output()).not.toContain('never to be seen');
    expect(server.output()).not.toContain('/hook');
  });
});
