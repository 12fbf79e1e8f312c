import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { type Service, startMosquitto, startRedis } from '../../support/services.js';
import { eventually, journal, type LabServer, labSite, type Site, startLab } from '../feeds/lab.js';

jest.setTimeout(60_000);

let broker: Awaited<ReturnType<typeof startMosquitto>>;
let redis: Service;
let site: Site;
let lab: LabServer;

beforeEach(async () => {
  site = labSite();
  [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
  lab = await startLab(site, broker.url, redis.url);
});
afterEach(async () => {
  await lab.stop();
  await Promise.all([broker.stop(), redis.stop()]);
  site.remove();
});

it('a broker that was killed, and killed again, sends anew what was under way at its last save: nothing counts twice', async () => {
  const publisher = await connectAsync(broker.url, { protocolVersion: 5, reconnectPeriod: 0 });
  const publish = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, i) =>
        // Without a time of their own, so that only the delivery tells that two are one.
        publisher.publishAsync('lab/untimed/k', JSON.stringify({ door: `open ${from + i}`, seq: from + i }), {
          qos: 1,
        }),
      ),
    );
  const numbers = async () =>
    (await journal(lab.state, 'untimed')).filter(({ metric }) => metric === 'seq').map(({ value }) => value);
  await publish(0, 5);
  await eventually(numbers, ({ length }) => length === 5);

  redis.signal('SIGSTOP');
  await publish(5, 30);
  const database = join(broker.dir, 'mosquitto.db');
  const saved = () => statSync(database, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const before = saved();
  // Saves now, with what is under way.
  broker.signal('SIGUSR1');
  await eventually(saved, (at) => at > before);
  redis.signal('SIGCONT');
  await eventually(numbers, ({ length }) => length === 30);
  await publish(30, 60);
  await eventually(numbers, ({ length }) => length === 60);

  // The second time it comes back from the same save.
  for (let kill = 0; kill < 2; kill++) {
    await broker.kill('SIGKILL');
    await broker.restart();
  }
  const again = await connectAsync(broker.url, { protocolVersion: 5 });
  // Until the server is back; QoS 0 is no part of what is counted.
  await eventually(
    async () => {
      await again.publishAsync('lab/loose/k', '{"id":1}');
      return (await lab.state.feedCounters('lab')).get('loose')?.messages ?? 0;
    },
    (count) => count > 0,
  );
  await again.publishAsync('lab/untimed/k', JSON.stringify({ door: 'shut', seq: 60 }), { qos: 1 });
  const all = await eventually(numbers, (found) => found.includes(60));
  expect(all).toEqual(Array.from({ length: 61 }, (_, i) => i));
  await again.endAsync();
});
