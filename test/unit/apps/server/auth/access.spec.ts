import { describe, expect, it } from '@jest/globals';
import { type AccessRules, DisplayAccess } from '../../../../../apps/server/src/auth/access.js';
import type { RequestHead } from '../../../../../apps/server/src/auth/request.js';
import type { Session } from '../../../../../apps/server/src/auth/session.js';

const administrator: Session = { user: 'admin', roles: ['administrator'], grants: [], expiresAt: 10 };
const guide: Session = { user: 'guide', roles: ['guide'], grants: [], expiresAt: 10 };
const lookup = async (token: string) => ({ good: administrator, guide })[token] ?? null;

const access = (rules: Partial<AccessRules> = {}) =>
  new DisplayAccess({ trustProxy: false, demo: true, ...rules }, lookup);
const request = (headers: RequestHead['headers'] = {}, remoteAddress = '127.0.0.1'): RequestHead => ({
  headers: { host: '127.0.0.1:8080', ...headers },
  socket: { remoteAddress },
});
const OURS = 'http://127.0.0.1:8080';

describe('reading', () => {
  it('needs no log-in on this machine in demo mode', async () => {
    expect(await access().check(request())).toEqual({ ok: true });
  });

  it.each([
    ['without demo mode', access({ demo: false }), request()],
    ['from another machine', access(), request({}, '192.168.1.7')],
    ['forwarded from elsewhere', access({ trustProxy: true }), request({ 'x-forwarded-for': '203.0.113.9' })],
  ])('needs one %s', async (_when, rules, head) => {
    expect(await rules.check(head)).toMatchObject({ ok: false, reason: 'unauthorized' });
  });

  it('refuses a foreign host even with a session', async () => {
    const verdict = await access().check(request({ host: 'evil.example', authorization: 'Bearer good' }));
    expect(verdict).toMatchObject({ ok: false, reason: 'host-refused' });
  });

  it('takes a bearer token or the cookie', async () => {
    const closed = access({ demo: false });
    const expected = { ok: true, session: administrator };
    expect(await closed.check(request({ authorization: 'Bearer good' }))).toEqual(expected);
    expect(await closed.check(request({ cookie: 'citywall_session=good' }))).toEqual(expected);
    expect(await closed.check(request({ cookie: 'citywall_session=good', origin: OURS }))).toEqual(expected);
  });

  it('a cookie sent by another page counts for nothing', async () => {
    const cookie = 'citywall_session=good';
    const closed = access({ demo: false });
    for (const headers of [
      { origin: 'http://localhost:3000' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect(await closed.check(request({ cookie, ...headers }))).toMatchObject({ ok: false, reason: 'unauthorized' });
    }
    expect(await access().check(request({ cookie, 'sec-fetch-site': 'cross-site' }))).toEqual({ ok: true });
  });

  it('takes the cookie of a paired display for reading alone, from our own page, behind a log-in', async () => {
    const display: Session = { user: 'display/1', roles: ['display'], grants: [], expiresAt: null };
    const asked: string[] = [];
    const closed = new DisplayAccess({ trustProxy: false, demo: false }, lookup, async (token, address) => {
      asked.push(`${token} ${address}`);
      return token === 'paired' ? display : null;
    });
    const cookie = 'citywall_display=paired';
    expect(await closed.check(request({ cookie }, '192.168.1.7'))).toEqual({ ok: true, session: display });
    expect(asked).toEqual(['paired 192.168.1.7']);
    expect(await closed.check(request({ cookie, origin: 'http://localhost:3000' }))).toMatchObject({ ok: false });
    expect(await closed.check(request({ authorization: 'Bearer paired' }))).toMatchObject({ ok: false });
    expect(await closed.check(request({ cookie: 'citywall_display=revoked' }))).toMatchObject({ ok: false });
    expect(await closed.check(request({ cookie: `citywall_session=good; ${cookie}` }))).toMatchObject({
      session: administrator,
    });
    // a session that ended leaves a display what it is
    expect(await closed.check(request({ cookie: `citywall_session=old; ${cookie}` }))).toMatchObject({
      session: display,
    });
    expect(await closed.checkCommand(request({ cookie, origin: OURS }))).toMatchObject({
      ok: false,
      reason: 'unauthorized',
    });
  });

  it('an ended token is told, an ended cookie does not keep a demo out', async () => {
    expect(await access().check(request({ authorization: 'Bearer old' }))).toMatchObject({ ok: false });
    expect(await access().check(request({ cookie: 'citywall_session=old' }))).toEqual({ ok: true });
  });
});

describe('a command', () => {
  it('needs a session even on this machine in demo mode', async () => {
    expect(await access().checkCommand(request())).toMatchObject({ ok: false, reason: 'unauthorized' });
    expect(await access().checkCommand(request({ authorization: 'Bearer old' }))).toMatchObject({ ok: false });
  });

  it('by token needs no origin, by cookie it does', async () => {
    expect(await access().checkCommand(request({ authorization: 'Bearer good' }))).toMatchObject({ ok: true });
    const cookie = 'citywall_session=good';
    expect(await access().checkCommand(request({ cookie }))).toMatchObject({ ok: false, reason: 'cross-site' });
    expect(await access().checkCommand(request({ cookie, origin: 'http://localhost:3000' }))).toMatchObject({
      reason: 'cross-site',
    });
    expect(await access().checkCommand(request({ cookie, origin: OURS }))).toMatchObject({
      ok: true,
      session: administrator,
    });
    expect(await access().checkCommand(request({ cookie, 'sec-fetch-site': 'same-origin' }))).toMatchObject({
      ok: true,
    });
  });
});

describe('what a session is looked at for', () => {
  it('is told to whoever keeps it: a page that asks is no sign of life, a command, a program and a screen are', async () => {
    const uses: string[] = [];
    const watched = new DisplayAccess({ trustProxy: false, demo: false }, async (_token, use) => {
      uses.push(use);
      return administrator;
    });
    const cookie = { cookie: 'citywall_session=good' };
    await watched.check(request(cookie));
    await watched.check(request({ authorization: 'Bearer good' }));
    await watched.check(request(cookie), 'watch');
    await watched.check(request({ authorization: 'Bearer good' }), 'poll');
    await watched.checkCommand(request({ ...cookie, origin: OURS }));
    expect(uses).toEqual(['poll', 'act', 'watch', 'poll', 'act']);
  });
});
