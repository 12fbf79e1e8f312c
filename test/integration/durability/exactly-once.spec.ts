import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';
import { eventually, journal, labSite, reader, type Site } from '../feeds/lab.js';
import { SteadyPublisher } from './publisher.js';

jest.setTimeout(120_000);

const RATE = 2_000;
/** Half of the messages carry their time, half don't: only the broker's redelivery tells that those are the same. */
const message = (id: number) =>
  id % 2 === 0
    ? { topic: `lab/count/k${id % 40}`, payload: JSON.stringify({ id, ts: Date.now() }) }
    : { topic: `lab/untimed/k${id % 40}`, payload: JSON.stringify({ door: 'open', seq: id }) };

/** Every id is there exactly once: the numbers missing and the numbers twice. */
function census(ids: number[], published: number): { missing: number[]; twice: number[] } {
  const seen = new Uint8Array(published);
  const twice: number[] = [];
  for (const id of ids) {
    if (seen[id]) twice.push(id);
    seen[id] = 1;
  }
  const missing: number[] = [];
  for (let id = 0; id < published; id++) if (!seen[id]) missing.push(id);
  return { missing, twice };
}

describe('exactly once', () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  let redis: Service;
  let site: Site;
  let server: ServerProcess;
  let reading: Awaited<ReturnType<typeof reader>>;

  beforeEach(async () => {
    site = labSite();
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    server = await startServer({
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_PACKS_DIR: site.dir,
      CITYWALL_ROLES: 'ingest,api',
      CITYWALL_LOG_LEVEL: 'warn',
    });
    reading = await reader(redis.url);
  });
  afterEach(async () => {
    reading.close();
    await server.stop();
    await Promise.all([broker.stop(), redis.stop()]);
    site.remove();
  });

  const ids = async () => {
    const timed = (await journal(reading.state, 'count')).map(({ value }) => value as number);
    const untimed = (await journal(reading.state, 'untimed')).filter(({ metric }) => metric === 'seq');
    return [...timed, ...untimed.map(({ value }) => value as number)];
  };
  const counted = async () => {
    const counters = await reading.state.feedCounters('lab');
    return (counters.get('count')?.messages ?? 0) + (counters.get('untimed')?.messages ?? 0);
  };
  /** Starts to publish when the server listens, so that nothing is published into the void. */
  const publishing = async () => {
    const publisher = new SteadyPublisher(broker.url, RATE, message);
    await publisher.start();
    await eventually(counted, (n) => n > 1000);
    return publisher;
  };

  it('though the server is killed again and again under 2,000 messages a second', async () => {
    const publisher = await publishing();
    for (let kill = 0; kill < 3; kill++) {
      const before = await counted();
      await server.kill('SIGKILL');
      await server.restart();
      await eventually(counted, (n) => n > before + 2000);
    }
    const published = await publisher.stop();
    await eventually(
      async () => (await ids()).length,
      (n) => n >= published,
    );
    expect(census(await ids(), published)).toEqual({ missing: [], twice: [] });
    expect(published).toBeGreaterThan(6000);
  });

  it('though Redis is killed under load, and the server says so', async () => {
    const publisher = await publishing();
    for (let kill = 0; kill < 2; kill++) {
      const before = await counted();
      await redis.kill('SIGKILL');
      await eventually(
        async () => (await fetch(`${server.url}/readyz`)).status,
        (status) => status === 503,
        5_000,
      );
      await redis.restart();
      await eventually(
        () => counted().catch(() => 0),
        (n) => n > before + 2000,
      );
    }
    const published = await publisher.stop();
    await eventually(
      async () => (await ids()).length,
      (n) => n >= published,
    );
    expect(census(await ids(), published)).toEqual({ missing: [], twice: [] });
  });

  it('though both stop in good order and start again', async () => {
    const publisher = await publishing();
    await server.kill('SIGTERM');
    await redis.restart();
    await server.restart();
    const published = await publisher.stop();
    await eventually(
      async () => (await ids()).length,
      (n) => n >= published,
    );
    expect(census(await ids(), published)).toEqual({ missing: [], twice: [] });
  });
});
