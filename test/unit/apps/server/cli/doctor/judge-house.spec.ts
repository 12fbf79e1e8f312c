import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judgeAudit, judgeBackup, judgeClock } from '../../../../../../apps/server/src/cli/doctor/judge-house.js';

const NOW = Date.parse('2026-07-09T14:35:02+08:00');
const HOUR = 3_600_000;

describe('backup', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-doctor-'));
    mkdirSync(join(dir, 'backups'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const made = (hours: number, file = join(dir, 'backups/last.json')) => {
    const last = { at: new Date(NOW - hours * HOUR).toISOString(), file, bytes: 5_000_000, sha256: '' };
    writeFileSync(join(dir, 'backups/last.json'), JSON.stringify(last));
    return judgeBackup(dir, NOW)[0];
  };

  it('is old, gone, or was never made', () => {
    expect(judgeBackup(join(dir, 'none'), NOW)).toMatchObject([{ verdict: 'warn', says: 'none was ever made here' }]);
    expect(made(11)).toMatchObject({ verdict: 'ok', says: expect.stringContaining('11.0 h old') });
    expect(made(31)).toMatchObject({ verdict: 'warn', advice: expect.stringContaining('timer') });
    expect(made(24 * 8)).toMatchObject({ verdict: 'fail' });
    expect(made(1, join(dir, 'carried away.tar.gz'))).toMatchObject({
      verdict: 'warn',
      says: expect.stringContaining('not here any more'),
    });
  });
});

it('the audit holds, is broken, empty, or cannot be read', () => {
  const verdict = { ok: true, entries: 9, first: 3, last: 11, seal: '' };
  expect(judgeAudit(verdict)).toMatchObject([{ verdict: 'ok', says: expect.stringContaining('3 to 11') }]);
  expect(judgeAudit({ ...verdict, ok: false, problem: 'entry 4 was changed' })).toMatchObject([
    { verdict: 'fail', says: 'broken: entry 4 was changed' },
  ]);
  expect(judgeAudit({ ...verdict, entries: 0 })).toMatchObject([{ verdict: 'note' }]);
  expect(judgeAudit(null)).toMatchObject([{ verdict: 'note' }]);
});

it('the clock follows another one, does not, or cannot tell', () => {
  expect([true, false, null].map((one) => judgeClock(one)[0]?.verdict)).toEqual(['ok', 'warn', 'note']);
});
