import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { type Certificates, makeCertificates } from '../../support/certificates.js';
import { startServer } from '../../support/services.js';
import { type House, PASSWORD, startHouse } from '../api/house.js';

it('a server that others could reach does not start without a password and TLS, and says what it needs', async () => {
  const open = {
    CITYWALL_HOST: '0.0.0.0',
    CITYWALL_MQTT_URL: 'mqtt://127.0.0.1:1',
    CITYWALL_REDIS_URL: 'redis://127.0.0.1:1',
  };
  const refused = startServer(open);
  await expect(refused).rejects.toThrow(/ended \(2\) before it answered/);
  await expect(refused).rejects.toThrow(/set CITYWALL_ADMIN_PASSWORD/);
  await expect(refused).rejects.toThrow(/set CITYWALL_TLS_CERT and CITYWALL_TLS_KEY/);
});

/** `CITYWALL_TLS_CERT` and `CITYWALL_TLS_KEY`: the server speaks TLS itself. */
describe('with a certificate', () => {
  let certificates: Certificates;
  let house: House;
  let ca: Buffer;
  beforeAll(async () => {
    certificates = makeCertificates();
    const { readFileSync } = await import('node:fs');
    ca = readFileSync(certificates.path('ca.pem'));
    house = await startHouse({
      CITYWALL_DEMO: '0',
      CITYWALL_ROLES: 'api,push',
      CITYWALL_TLS_CERT: certificates.path('server.pem'),
      CITYWALL_TLS_KEY: certificates.path('server.key'),
    });
  });
  afterAll(async () => {
    await house?.stop();
    certificates?.remove();
  });

  const ask = (path: string, options: { method?: string; body?: object; trust?: Buffer | undefined } = {}) =>
    new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }>(
      (resolve, reject) => {
        const { method = 'GET', body, trust = ca } = options;
        const sent = request(
          `${house.url}${path}`,
          { method, ca: trust, agent: false, headers: { 'content-type': 'application/json' } },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (more: string) => {
              text += more;
            });
            response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
          },
        );
        sent.once('error', reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      },
    );

  it('is reached by TLS alone, by whoever trusts its authority', async () => {
    expect(house.url).toMatch(/^https:/);
    expect((await ask('/healthz')).status).toBe(200);
    await expect(ask('/healthz', { trust: Buffer.from('') })).rejects.toThrow(/certificate|unable to verify/);
    await expect(fetch(house.url.replace('https:', 'http:'))).rejects.toThrow();
  });

  it('gives cookies for TLS alone, and tells browsers to stay with it', async () => {
    const opened = await ask('/api/v1/sessions', { method: 'POST', body: { user: 'admin', password: PASSWORD } });
    expect(opened.status).toBe(201);
    expect((opened.headers['set-cookie'] as string[])[0]).toMatch(/; Secure/);
    expect(opened.headers['strict-transport-security']).toMatch(/^max-age=\d+/);
  });

  it('takes sockets over it', async () => {
    const opened = await ask('/api/v1/sessions', { method: 'POST', body: { user: 'admin', password: PASSWORD } });
    const { token } = JSON.parse(opened.text) as { token: string };
    const socket = io(`${house.url}/display`, {
      transports: ['websocket'],
      parser,
      reconnection: false,
      // biome-ignore lint/suspicious/noExplicitAny: the option of Node's own TLS is not in the type of browsers
      ...({ ca } as any),
      extraHeaders: { authorization: `Bearer ${token}` },
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    socket.disconnect();
  });
});
