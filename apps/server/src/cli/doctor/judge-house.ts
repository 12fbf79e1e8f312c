import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { AuditVerdict } from '../../audit/audit.service.js';
import { type LastBackup, lastBackupFile } from '../../ops/last-backup.js';
import { about, bytes, type Finding } from './finding.js';

const HOUR = 3_600_000;
/** A nightly backup that is this old has been missed once, twice. */
const BACKUP_AGE = { warn: 30 * HOUR, fail: 7 * 24 * HOUR };

/** When the last backup was made, and whether it is still there. @param now Unix ms */
export function judgeBackup(dataDir: string, now: number): Finding[] {
  const { findings, ok, warn, fail } = about('backup');
  let last: LastBackup;
  try {
    last = JSON.parse(readFileSync(lastBackupFile(dataDir), 'utf8')) as LastBackup;
  } catch {
    warn('none was ever made here', 'npm run citywall -- backup, every night (deploy/citywall-backup.timer)');
    return findings;
  }
  const age = now - Date.parse(last.at);
  const says = `the last one is ${(age / HOUR).toFixed(age < 48 * HOUR ? 1 : 0)} h old: ${last.file} (${bytes(last.bytes)})`;
  const advice = 'npm run citywall -- backup; does its timer run?';
  if (age > BACKUP_AGE.fail) fail(says, advice);
  else if (age > BACKUP_AGE.warn) warn(says, advice);
  else if (!existsSync(last.file)) warn(`${says}, which is not here any more`, 'know where it was carried to');
  else ok(says);
  return findings;
}

/** @param verdict null: the state cannot be read now */
export function judgeAudit(verdict: AuditVerdict | null): Finding[] {
  const { findings, ok, note, fail } = about('audit');
  if (verdict === null) note('cannot be verified while Redis is away');
  else if (!verdict.ok)
    fail(`broken: ${verdict.problem}`, 'keep all files as they are, and compare with a backup (docs/operations.md)');
  else if (verdict.entries === 0) note('holds no entry yet');
  else ok(`entries ${verdict.first} to ${verdict.last} hold, each sealed with the one before`);
  return findings;
}

/** Whether the machine's clock follows another one. */
export function judgeClock(synchronised: boolean | null = clockSynchronised()): Finding[] {
  const { findings, ok, note, warn } = about('clock');
  if (synchronised === null) note('whether it follows NTP cannot be told here');
  else if (synchronised) ok('follows NTP');
  else warn('follows no other clock', 'timedatectl set-ntp true: ages, alarms and the audit go by it');
  return findings;
}

function clockSynchronised(): boolean | null {
  try {
    const said = execFileSync('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 3_000,
    }).trim();
    return said === 'yes' ? true : said === 'no' ? false : null;
  } catch {
    return null;
  }
}
