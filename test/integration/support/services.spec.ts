import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import mqtt from 'mqtt';
import { freePort, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';

let running: Service[] = [];
afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
  running = [];
});

describe('startRedis', () => {
  it('keeps what was acknowledged over a SIGKILL and comes back at the same address', async () => {
    const redis = await startRedis();
    running.push(redis);
    const client = new Redis(redis.url);
    await client.set('acknowledged', '1');
    client.disconnect();
    const first = redis.pid;
    await redis.kill('SIGKILL');
    await redis.restart();
    expect(redis.pid).not.toBe(first);
    const again = new Redis(redis.url);
    expect(await again.get('acknowledged')).toBe('1');
    again.disconnect();
  });

  it('takes more settings, and removes its folder on stop', async () => {
    const redis = await startRedis({ args: ['--maxmemory', '20mb'] });
    const client = new Redis(redis.url);
    expect(await client.config('GET', 'maxmemory')).toEqual(expect.arrayContaining(['20971520']));
    client.disconnect();
    await redis.stop();
    await redis.stop();
    expect(existsSync(redis.dir)).toBe(false);
  });

  it('rejects with what the process printed when it dies first', async () => {
    await expect(startRedis({ args: ['--no-such-setting', '1'] })).rejects.toThrow(/ended \(1\)[\s\S]*no-such-setting/);
  });
});

describe('startMosquitto', () => {
  it('keeps a persistent session and its queue over SIGTERM and restart', async () => {
    const broker = await startMosquitto();
    running.push(broker);
    const options = {
      clientId: 'keeper',
      clean: false,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 600 },
    } as const;
    const keeper = await mqtt.connectAsync(broker.url, options);
    await keeper.subscribeAsync('t', { qos: 1 });
    await keeper.endAsync();
    const publisher = await mqtt.connectAsync(broker.url);
    await publisher.publishAsync('t', 'kept', { qos: 1 });
    await publisher.endAsync();
    await broker.restart();
    const again = mqtt.connect(broker.url, options);
    const payload = await new Promise<string>((resolve) =>
      again.once('message', (_topic, bytes) => resolve(bytes.toString())),
    );
    await again.endAsync();
    expect(payload).toBe('kept');
  });
});

describe('startServer', () => {
  it('rejects with the reason when the server cannot start', async () => {
    const port = String(await freePort());
    await expect(startServer({ CITYWALL_PORT: port, CITYWALL_MQTT_URL: 'not a url' })).rejects.toThrow(/ended \(\d+\)/);
  });
});
