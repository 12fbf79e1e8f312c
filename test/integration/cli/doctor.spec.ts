import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { type Certificates, makeCertificates } from '../../support/certificates.js';
import { freePort, type Service, startMosquitto, startRedis } from '../../support/services.js';
import { citywall } from '../../unit/apps/server/cli/surroundings.js';

jest.setTimeout(60_000);

describe('doctor', () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  let redis: Service;
  let certificates: Certificates;
  let secureUrl: string;
  let dir: string;

  beforeAll(async () => {
    certificates = makeCertificates();
    const port = await freePort();
    secureUrl = `mqtts://127.0.0.1:${port}`;
    [broker, redis] = await Promise.all([
      startMosquitto({
        settings: [
          `listener ${port} 127.0.0.1`,
          `certfile ${certificates.path('server.pem')}`,
          `keyfile ${certificates.path('server.key')}`,
        ],
      }),
      startRedis(),
    ]);
    dir = mkdtempSync(join(tmpdir(), 'citywall-doctor-'));
  });
  afterAll(async () => {
    await Promise.all([broker.stop(), redis.stop()]);
    certificates.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const env = (more: Record<string, string> = {}) => ({
    CITYWALL_DATA_DIR: join(dir, 'data'),
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_REDIS_URL: redis.url,
    ...more,
  });
  const site = (name: string, brokers: string) => {
    mkdirSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, name, 'brokers.yaml'), brokers);
    return { CITYWALL_PACKS_DIR: join(dir, name) };
  };
  const findingsOf = (out: string) =>
    (JSON.parse(out) as { findings: { subject: string; verdict: string; says: string; advice?: string }[] }).findings;

  it('finds a good house good, a line each, and leaves nothing behind at the broker', async () => {
    const { code, out } = await citywall(['doctor'], env());
    expect(code).toBe(0);
    expect(out).toMatch(/^ok +redis +.*nothing acknowledged is lost, not even by a power failure$/m);
    expect(out).toMatch(
      /^ok +broker default +mqtt:\/\/127\.0\.0\.1:\d+: MQTT 5, mosquitto version 2\S*, connected in \d+ ms$/m,
    );
    expect(out).toMatch(/^ok +broker default +a QoS 1 message there and back in \d+ ms/m);
    expect(out).toMatch(/^ok +broker default +keeps sessions/m);
    expect(out).toMatch(/^ok +packs +/m);
    expect(out).toMatch(/^0 failures, \d warnings?$/m);
    const listener = await connectAsync(broker.url);
    const left: string[] = [];
    const end = new Promise<void>((resolve) => {
      listener.on('message', (topic) => {
        left.push(topic);
        if (topic === 'citywall/end') resolve();
      });
    });
    await listener.subscribeAsync('citywall/#');
    await listener.publishAsync('citywall/end', '', { qos: 1 });
    await end;
    await listener.endAsync();
    expect(left).toEqual(['citywall/end']);
  });

  it('tells what is wrong with each broker, and what to do; exit code 1', async () => {
    const where = site(
      'ill',
      `good: { url: "${secureUrl}", ca: ${certificates.path('ca.pem')} }
stranger: { url: "${secureUrl}" }
gone: { url: "mqtt://127.0.0.1:${await freePort()}" }
`,
    );
    const { code, out } = await citywall(['doctor', '--json', '--no-publish'], env(where));
    expect(code).toBe(1);
    const findings = findingsOf(out);
    const about = (subject: string) => findings.filter((finding) => finding.subject === `broker ${subject}`);
    expect(about('good').map(({ verdict }) => verdict)).not.toContain('fail');
    expect(about('good')).toContainEqual(
      expect.objectContaining({
        verdict: 'ok',
        says: expect.stringMatching(/^its certificate is good until \d{4}-/),
      }),
    );
    expect(about('good')).toContainEqual(
      expect.objectContaining({ says: 'no limit of size said; publishing was not tried' }),
    );
    expect(about('stranger').at(-1)).toMatchObject({
      verdict: 'fail',
      advice: 'name the authority by ca: in brokers.yaml',
    });
    expect(about('gone').at(-1)).toMatchObject({ verdict: 'fail', says: expect.stringContaining('ECONNREFUSED') });
  });

  it('tells of a Redis that is gone, of a brokers.yaml that is wrong', async () => {
    const where = site('wrong', 'default:\n  keepalive: 1s\n');
    const { code, out } = await citywall(
      ['doctor'],
      env({ ...where, CITYWALL_REDIS_URL: 'unix:///nowhere/redis.sock' }),
    );
    expect(code).toBe(1);
    expect(out).toMatch(
      /^fail +redis +unix:\/\/\/nowhere\/redis\.sock: .*ENOENT.* → start it, or correct CITYWALL_REDIS_URL$/m,
    );
    expect(out).toMatch(/^fail +brokers\.yaml +.*brokers\.yaml:2:14 must be from 5s to 1h/m);
  });

  it('finds the launcher’s services by its records; without a launcher says what npm start would run', async () => {
    const none = await citywall(['doctor'], { CITYWALL_DATA_DIR: join(dir, 'data') });
    expect(none.code).toBe(0);
    expect(none.out).toMatch(/^note +redis +the private Redis does not run .*appendfsync always, noeviction$/m);
    expect(none.out).toMatch(/^note +server +no server of `npm start` runs on /m);
    const run = join(dir, 'launched/run');
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, 'redis.json'), JSON.stringify({ pid: redis.pid, url: redis.url }));
    writeFileSync(join(run, 'mosquitto.json'), JSON.stringify({ pid: broker.pid, url: broker.url }));
    writeFileSync(join(run, 'server.json'), JSON.stringify({ pid: process.pid }));
    writeFileSync(join(run, 'mosquitto.conf'), 'persistence true\nautosave_interval 30\n');
    const launched = await citywall(['doctor'], { CITYWALL_DATA_DIR: join(dir, 'launched') });
    expect(launched.code).toBe(0);
    expect(launched.out).toMatch(new RegExp(`^ok +server +runs as process ${process.pid} `, 'm'));
    expect(launched.out).toMatch(/^ok +redis +unix:/m);
    expect(launched.out).toMatch(/^ok +broker default +writes sessions and queues to disk on SIGTERM and every 30 s/m);
  });
});
