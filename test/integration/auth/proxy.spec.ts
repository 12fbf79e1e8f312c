import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { ask, type House, PASSWORD, startHouse } from '../api/house.js';

const CONF = readFileSync(join(import.meta.dirname, '../../../deploy/nginx.conf'), 'utf8');

/** Headers that the example sets, as nginx fills its variables in. */
function headersOf(incoming: IncomingMessage, peer: string): Record<string, string> {
  const upgrade = String(incoming.headers.upgrade ?? '');
  const values: Record<string, string> = {
    $host: 'wall.example',
    $remote_addr: peer,
    $scheme: 'https',
    $http_upgrade: upgrade,
    $connection_upgrade: upgrade === '' ? 'close' : 'upgrade',
    '""': '',
  };
  const headers: Record<string, string> = {};
  for (const [, name = '', value = ''] of CONF.matchAll(/proxy_set_header (\S+) (\S+);/g)) {
    const filled = values[value];
    if (filled === undefined) throw new Error(`the example sets ${name} to ${value}, which this test does not know`);
    headers[name.toLowerCase()] = filled;
  }
  return headers;
}

/** The example's proxy in miniature: everything the client sent, with the example's headers in place of its own. */
function proxyTo(target: () => number, peer: string): Server {
  const passed = (incoming: IncomingMessage) => {
    const headers: Record<string, string | string[] | undefined> = { ...incoming.headers };
    // an empty value takes a header away
    for (const [name, value] of Object.entries(headersOf(incoming, peer)))
      headers[name] = value === '' ? undefined : value;
    return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  };
  const server = createServer((incoming, outgoing) => {
    const options = { port: target(), host: '127.0.0.1', path: incoming.url, method: incoming.method };
    const sent = request({ ...options, headers: passed(incoming) as Record<string, string> }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(sent);
  });
  server.on('upgrade', (incoming, socket) => {
    const upstream = connect(target(), '127.0.0.1', () => {
      const lines = Object.entries(passed(incoming)).map(([name, value]) => `${name}: ${value}`);
      upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  return server;
}

describe('behind the proxy of deploy/nginx.conf', () => {
  const OURS = { host: 'wall.example', origin: 'https://wall.example' };
  let house: House;
  let proxy: Server;
  let url: string;
  beforeAll(async () => {
    house = await startHouse({
      CITYWALL_ROLES: 'api,push',
      CITYWALL_DEMO: '1',
      CITYWALL_TRUST_PROXY: '1',
      CITYWALL_PUBLIC_URL: 'https://wall.example',
    });
    proxy = proxyTo(() => Number(new URL(house.url).port), '203.0.113.9');
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    proxy?.closeAllConnections();
    proxy?.close();
    await house?.stop();
  });
  const logIn = () =>
    ask(`${url}/api/v1/sessions`, { method: 'POST', headers: OURS, body: { user: 'admin', password: PASSWORD } });

  it('people are where they come from, whatever they claim', async () => {
    for (const claim of [
      {},
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { 'x-forwarded-host': 'localhost' },
    ])
      expect((await ask(`${url}/api/v1/systems`, { headers: { ...OURS, ...claim } })).status).toBe(401);
    const opened = await logIn();
    expect(opened.status).toBe(201);
    const headers = { ...OURS, authorization: `Bearer ${opened.json.token}` };
    const { items } = (await ask(`${url}/api/v1/audit?action=session.open`, { headers })).json;
    expect(items[0]).toMatchObject({ address: '203.0.113.9' });
  });

  it('cookies are for TLS alone, and commands by cookie come from the public address', async () => {
    const opened = await logIn();
    const [set = ''] = opened.headers['set-cookie'] as string[];
    expect(set).toMatch(/; Secure/);
    const cookie = set.split(';')[0] ?? '';
    const leave = (headers: Record<string, string>) =>
      ask(`${url}/api/v1/sessions/current`, { method: 'DELETE', headers: { ...headers, cookie } });
    expect((await leave({ host: 'wall.example', origin: 'https://evil.example' })).status).toBe(403);
    expect((await leave(OURS)).status).toBe(204);
  });

  it('frames pass', async () => {
    const { token } = (await logIn()).json;
    const socket = io(`${url}/display`, {
      transports: ['websocket'],
      parser,
      reconnection: false,
      extraHeaders: { ...OURS, authorization: `Bearer ${token}` },
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    expect(await socket.emitWithAck('join', { v: 0, scene: 'overview' })).toMatchObject({ ok: false });
    socket.disconnect();
  });
});
