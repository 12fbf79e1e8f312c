import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readNotifications } from '../../../../../apps/server/src/notifications/targets.js';

describe('notifications.yaml with its secrets', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-targets-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const read = (target: string, env: Record<string, string> = {}) => {
    writeFileSync(join(dir, 'notifications.yaml'), `targets:\n  duty: ${target}\n`);
    return readNotifications(dir, undefined, env);
  };

  it('is the address that they make; what is missing is named with its place, no value is', () => {
    const target = `{ url: 'https://bot.example/send?key=\${env:KEY}', format: wecom }`;
    expect(read(target, { KEY: 'abc' }).notifications?.targets.get('duty')?.url).toBe(
      'https://bot.example/send?key=abc',
    );
    expect(read(target).problems).toMatchObject([{ line: 2, message: 'the environment has no KEY' }]);
  });

  it('does not send the key of a bot in the clear, also not by an address that is a secret', () => {
    const target = `{ url: '\${env:URL}', format: dingtalk }`;
    const { notifications, problems } = read(target, { URL: 'http://bot.example/?access_token=abc' });
    expect(notifications).toBeNull();
    expect(problems).toMatchObject([{ line: 2, message: expect.stringContaining('in the clear') }]);
    expect(JSON.stringify(problems)).not.toContain('abc');
    expect(read(target, { URL: 'https://bot.example/?access_token=abc' }).problems).toEqual([]);
  });

  it('names no value of an address that is none', () => {
    const { problems } = read(`{ url: '\${env:URL}' }`, { URL: 'ftp://user:hunter2@x/' });
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});
