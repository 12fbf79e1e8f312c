import { describe, expect, it } from '@jest/globals';
import { type ExposureRules, exposure, isSecure } from '../../../../../apps/server/src/auth/exposure.js';

const rules: ExposureRules = {
  host: '0.0.0.0',
  port: 8080,
  adminPassword: 'correct horse battery',
  tls: true,
  trustProxy: false,
  insecure: false,
};

describe('exposure', () => {
  it.each(['127.0.0.1', 'localhost', '::1', '[::1]', '127.0.0.2'])('asks nothing of %s', (host) => {
    expect(exposure({ ...rules, host, adminPassword: undefined, tls: false })).toEqual({
      problems: [],
      statement: null,
    });
  });

  it('is content with a password and TLS, or a proxy of ours', () => {
    expect(exposure(rules).problems).toEqual([]);
    expect(exposure(rules).statement).toMatch(/every address of this machine, port 8080, with TLS/);
    expect(exposure({ ...rules, tls: false, trustProxy: true }).problems).toEqual([]);
  });

  it.each([
    ['no password', { adminPassword: undefined }, /set CITYWALL_ADMIN_PASSWORD/],
    ['an empty password', { adminPassword: '' }, /set CITYWALL_ADMIN_PASSWORD/],
    ['a short password', { adminPassword: 'short' }, /needs 12 characters/],
    ['neither TLS nor proxy', { tls: false }, /set CITYWALL_TLS_CERT/],
  ])('refuses %s', (_what, change, sentence) => {
    const { problems } = exposure({ ...rules, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    expect(problems[0]).toMatch(/^CITYWALL_HOST=0\.0\.0\.0/);
  });

  it('tells all problems at once, and never a password', () => {
    expect(exposure({ ...rules, adminPassword: 'short', tls: false }).problems).toHaveLength(2);
    expect(JSON.stringify(exposure({ ...rules, adminPassword: 'hunter2' }))).not.toContain('hunter2');
  });

  it('CITYWALL_INSECURE=1 goes on, and says what is exposed', () => {
    const { problems, statement } = exposure({ ...rules, adminPassword: undefined, tls: false, insecure: true });
    expect(problems).toEqual([]);
    expect(statement).toMatch(/WITHOUT ENCRYPTION/);
  });

  it('knows when browsers come over TLS', () => {
    expect(isSecure({ tls: null, publicUrl: null })).toBe(false);
    expect(isSecure({ tls: null, publicUrl: 'http://wall' })).toBe(false);
    expect(isSecure({ tls: null, publicUrl: 'https://wall' })).toBe(true);
    expect(isSecure({ tls: { cert: '', key: '' }, publicUrl: null })).toBe(true);
  });
});
