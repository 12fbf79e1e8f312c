import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { type Certificates, makeCertificates } from '../../support/certificates.js';
import { freePort, type Service, startMosquitto } from '../../support/services.js';

const DEPLOY = join(import.meta.dirname, '../../../deploy');

/** deploy/mosquitto.tls.conf and deploy/mosquitto.acl at a real broker, with the container's paths put here. */
describe('the broker of deploy/compose.tls.yml', () => {
  let dir: string;
  let certificates: Certificates;
  let broker: Service;
  let secure: string;
  let plain: string;
  const clients: MqttClient[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-acl-'));
    certificates = makeCertificates();
    copyFileSync(join(DEPLOY, 'mosquitto.acl'), join(dir, 'acl'));
    writeFileSync(join(dir, 'passwords'), '');
    for (const [user, password] of [
      ['citywall', 'one'],
      ['slj', 'two'],
    ] as const)
      execFileSync('mosquitto_passwd', ['-b', join(dir, 'passwords'), user, password], { stdio: 'pipe' });
    const [tls, inner, unused] = await Promise.all([freePort(), freePort(), freePort()]);
    const settings = readFileSync(join(DEPLOY, 'mosquitto.tls.conf'), 'utf8')
      .replaceAll('/mosquitto/config/', `${dir}/`)
      .replace('/tls/fullchain.pem', certificates.path('server.pem'))
      .replace('/tls/privkey.pem', certificates.path('server.key'))
      .replace('listener 8883', `listener ${tls} 127.0.0.1`)
      .replace('listener 1883', `listener ${inner} 127.0.0.1`)
      .split('\n')
      // said by the test's own broker already
      .filter(
        (line) =>
          !/^(persistence|autosave|allow_anonymous|max_inflight|max_queued_messages|message_size|set_tcp|log_)/.test(
            line,
          ),
      );
    const first = settings.findIndex((line) => line.startsWith('listener'));
    broker = await startMosquitto({
      port: unused,
      persistence: false,
      settings: ['allow_anonymous false', ...settings.slice(0, first), ...settings.slice(first)],
    });
    secure = `mqtts://localhost:${tls}`;
    plain = `mqtt://127.0.0.1:${inner}`;
  });
  afterAll(async () => {
    for (const client of clients) await client.endAsync(true);
    await broker?.stop();
    certificates?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const connect = async (url: string, username?: string, password?: string) => {
    const options: IClientOptions = { protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 5_000 };
    if (url.startsWith('mqtts')) options.ca = readFileSync(certificates.path('ca.pem'));
    const client = await connectAsync(url, { ...options, ...(username ? { username, password: password ?? '' } : {}) });
    clients.push(client);
    return client;
  };

  it('lets nobody in without an account, neither over TLS nor inside', async () => {
    for (const url of [secure, plain]) {
      await expect(connect(url)).rejects.toThrow(/not authorized/i);
      await expect(connect(url, 'slj', 'wrong')).rejects.toThrow(/not authorized/i);
    }
  });

  it('a platform publishes below its prefix and nowhere else, and reads nothing; CityWall reads all and sends no orders', async () => {
    const [city, water] = await Promise.all([connect(plain, 'citywall', 'one'), connect(secure, 'slj', 'two')]);
    const heard: string[] = [];
    city.on('message', (topic) => heard.push(topic));
    water.on('message', (topic) => heard.push(`water heard ${topic}`));
    await city.subscribeAsync('#', { qos: 1 });
    await water.subscribeAsync('#', { qos: 1 }).catch(() => {});
    const publish = (client: MqttClient, topic: string) => client.publishAsync(topic, 'x', { qos: 1 }).catch(() => {});
    await publish(water, 'jtj/road/1');
    await publish(water, '$SYS/broker/version');
    await publish(city, 'slj/gate/1/open');
    const last = new Promise<void>((resolve) =>
      city.on('message', (topic) => {
        if (topic === 'slj/reservoir/1') resolve();
      }),
    );
    await publish(water, 'slj/reservoir/1');
    await last;
    expect(heard).toEqual(['slj/reservoir/1']);
  });
});
