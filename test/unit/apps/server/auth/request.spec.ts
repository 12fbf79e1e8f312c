import { describe, expect, it } from '@jest/globals';
import {
  bearerOf,
  checkHost,
  clientAddress,
  cookieOf,
  type HostRules,
  isLoopbackClient,
  isLoopbackHost,
  isSameOrigin,
  type RequestHead,
} from '../../../../../apps/server/src/auth/request.js';

const local: HostRules = { trustProxy: false };
const published: HostRules = { trustProxy: false, publicUrl: 'https://wall.example.org' };
const behindProxy: HostRules = { trustProxy: true, publicUrl: 'https://wall.example.org' };

const request = (headers: RequestHead['headers'], remoteAddress = '127.0.0.1'): RequestHead => ({
  headers,
  socket: { remoteAddress },
});

describe('Host', () => {
  it.each([
    '127.0.0.1:8080',
    'localhost',
    'LOCALHOST:8080',
    'localhost.:80',
    '[::1]:8080',
    '127.8.9.1',
    'wall.localhost',
  ])('takes loopback: %s', (host) => {
    expect(checkHost(request({ host }), local).ok).toBe(true);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evillocalhost',
    '192.168.1.5:8080',
    '[fe80::1]',
    '0.0.0.0:8080',
    'a b',
    'user@localhost',
    '',
  ])('refuses %p', (host) => {
    expect(checkHost(request({ host }), local).ok).toBe(false);
  });

  it('refuses a request without one', () => {
    expect(checkHost(request({}), local).ok).toBe(false);
  });

  it('takes the public name only when it is configured, with any port', () => {
    expect(checkHost(request({ host: 'wall.example.org' }), local).ok).toBe(false);
    expect(checkHost(request({ host: 'WALL.example.org:8443' }), published).ok).toBe(true);
    expect(checkHost(request({ host: 'other.example.org' }), published).ok).toBe(false);
  });

  it.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'])(
    'is never loopback when %s says that somebody forwarded it',
    (name) => {
      const verdict = checkHost(request({ host: '127.0.0.1:8080', [name]: 'anything' }), published);
      expect(verdict).toEqual({ ok: false, detail: expect.stringContaining('CITYWALL_TRUST_PROXY') });
      expect(checkHost(request({ host: 'wall.example.org', [name]: 'anything' }), published).ok).toBe(true);
    },
  );

  it('is what the proxy says it was asked for, when the proxy is ours', () => {
    const headers = { host: '127.0.0.1:8080', 'x-forwarded-for': '203.0.113.9' };
    expect(checkHost(request(headers), behindProxy).ok).toBe(true);
    expect(checkHost(request({ ...headers, 'x-forwarded-host': 'wall.example.org' }), behindProxy).ok).toBe(true);
    expect(checkHost(request({ ...headers, 'x-forwarded-host': 'evil.example' }), behindProxy).ok).toBe(false);
  });

  it('does not believe x-forwarded-host of a stranger', () => {
    expect(checkHost(request({ host: 'evil.example', 'x-forwarded-host': 'wall.example.org' }), published).ok).toBe(
      false,
    );
  });
});

describe('Origin', () => {
  it.each(['http://localhost:5173', 'http://127.0.0.1:8080', 'http://[::1]'])('takes loopback: %s', (origin) => {
    expect(checkHost(request({ host: 'localhost', origin }), local).ok).toBe(true);
  });

  it.each(['http://evil.example', 'null', 'file://', 'chrome-extension://abc', 'http://localhost.evil.example'])(
    'refuses %s',
    (origin) => {
      expect(checkHost(request({ host: 'localhost', origin }), local).ok).toBe(false);
    },
  );
});

describe('client', () => {
  it('is loopback by address, whatever the Host says', () => {
    expect(isLoopbackClient(request({ host: 'localhost' }, '::ffff:127.0.0.1'), local)).toBe(true);
    expect(isLoopbackClient(request({ host: 'localhost' }, '192.168.1.7'), local)).toBe(false);
    expect(isLoopbackClient(request({ host: 'localhost', 'x-forwarded-for': '127.0.0.1' }), local)).toBe(false);
  });

  it('behind our proxy is whom the proxy saw last', () => {
    const seen = request({ 'x-forwarded-for': '127.0.0.1, 203.0.113.9' });
    expect(clientAddress(seen, behindProxy)).toBe('203.0.113.9');
    expect(isLoopbackClient(seen, behindProxy)).toBe(false);
    expect(clientAddress(seen, published)).toBe('127.0.0.1');
    // A proxy that forwards but does not say for whom: nobody is at home.
    expect(isLoopbackClient(request({ via: '1.1 proxy' }), behindProxy)).toBe(false);
  });
});

describe('same origin', () => {
  const ours = { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' };

  it('is the very host and port', () => {
    expect(isSameOrigin(request(ours), local)).toBe(true);
    expect(isSameOrigin(request({ ...ours, origin: 'http://127.0.0.1:3000' }), local)).toBe(false);
    expect(isSameOrigin(request({ ...ours, origin: 'http://localhost:8080' }), local)).toBe(false);
    expect(isSameOrigin(request({ host: 'localhost:80', origin: 'http://localhost' }), local)).toBe(true);
  });

  it('is the public address', () => {
    const headers = { host: 'inner:8080', origin: 'https://wall.example.org' };
    expect(isSameOrigin(request(headers), published)).toBe(true);
    expect(isSameOrigin(request({ ...headers, origin: 'http://wall.example.org' }), published)).toBe(false);
  });

  it('needs a word of the browser', () => {
    expect(isSameOrigin(request({ host: 'localhost' }), local)).toBe(false);
    expect(isSameOrigin(request({ host: 'localhost', 'sec-fetch-site': 'same-origin' }), local)).toBe(true);
    expect(isSameOrigin(request({ host: 'localhost', 'sec-fetch-site': 'same-site' }), local)).toBe(false);
    expect(isSameOrigin(request({ host: 'localhost', origin: 'null', 'sec-fetch-site': 'same-origin' }), local)).toBe(
      false,
    );
  });
});

describe('credentials', () => {
  it('reads one cookie among others', () => {
    const head = request({ cookie: 'a=1; citywall_session=to-ken_; xcitywall_session=2' });
    expect(cookieOf(head, 'citywall_session')).toBe('to-ken_');
    expect(cookieOf(head, 'session')).toBeUndefined();
  });

  it('reads a bearer token and nothing else', () => {
    expect(bearerOf(request({ authorization: 'bearer abc-_.~+/=' }))).toBe('abc-_.~+/=');
    expect(bearerOf(request({ authorization: 'Basic abc' }))).toBeUndefined();
    expect(bearerOf(request({ authorization: `Bearer ${'x'.repeat(513)}` }))).toBeUndefined();
  });

  it('knows loopback names', () => {
    expect(isLoopbackHost('notlocalhost')).toBe(false);
    expect(isLoopbackHost('128.0.0.1')).toBe(false);
  });
});
