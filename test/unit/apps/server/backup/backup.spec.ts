import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cutArchive } from '../../../../../apps/server/src/backup/archive-cut.js';
import { backupName, keepNewest } from '../../../../../apps/server/src/backup/backup.js';
import { sourcesOf } from '../../../../../apps/server/src/backup/sources.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'citywall-backup-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const write = (path: string, text: string | Buffer) => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
};

it('names a backup by the hour of the county', () => {
  expect(backupName(Date.parse('2026-07-09T20:35:02Z'))).toBe('citywall-20260710-043502.tar.gz');
});

it('keeps the newest of its own, and touches nothing else', async () => {
  for (const day of ['01', '02', '03']) write(`citywall-202607${day}-032000.tar.gz`, '');
  write('citywall.tar.gz', '');
  write('last.json', '{}');
  expect(await keepNewest(dir, 2)).toEqual(['citywall-20260701-032000.tar.gz']);
  expect(readdirSync(dir).sort()).toEqual([
    'citywall-20260702-032000.tar.gz',
    'citywall-20260703-032000.tar.gz',
    'citywall.tar.gz',
    'last.json',
  ]);
});

it('takes the archive and the packs; no caches, no run files, no drafts, nothing endless', async () => {
  for (const path of ['archive/audit/house/2026-07-09.ndjson', 'cache/packs.json', 'run/redis.conf', 'mosquitto/db'])
    write(`data/${path}`, 'x');
  write('data/archive/audit/house/2026-07-08.ndjson.gz.part', 'x');
  write('packs/brokers.yaml', 'x');
  write('mounted/water.yaml', 'x');
  symlinkSync(join(dir, 'mounted'), join(dir, 'packs/water'));
  symlinkSync(join(dir, 'packs'), join(dir, 'packs/itself'));
  symlinkSync(join(dir, 'nowhere'), join(dir, 'packs/gone'));
  const names = (await sourcesOf(join(dir, 'data'), join(dir, 'packs'))).map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['archive/audit/house/2026-07-09.ndjson', 'packs/brokers.yaml']);
  expect(names).toContain('packs/water/water.yaml');
  expect(names.some((name) => /cache|run\/|mosquitto|part|gone/.test(name))).toBe(false);
  expect(await sourcesOf(join(dir, 'none'), null)).toEqual([]);
});

it('takes notifications.yaml of a site without packs, which stands in the data directory', async () => {
  write('data/notifications.yaml', 'targets: {}');
  expect(await sourcesOf(join(dir, 'data'), null)).toEqual([
    { name: 'packs/notifications.yaml', path: join(dir, 'data/notifications.yaml') },
  ]);
  write('packs/brokers.yaml', 'x');
  const names = (await sourcesOf(join(dir, 'data'), join(dir, 'packs'))).map(({ name }) => name);
  expect(names).toEqual(['packs/brokers.yaml']);
});

describe('an archive is cut to the moment of its state', () => {
  const folder = 'archive/occurrences/water';
  const cut = (day: string, offset: number) =>
    cutArchive(join(dir, 'archive'), new Map([['occurrences/water', { day, offset }]]));

  it('in the middle of a day', async () => {
    write(`${folder}/2026-07-08.ndjson.gz`, gzipSync('yesterday\n'));
    write(`${folder}/2026-07-09.ndjson`, 'one\ntwo\nthree\n');
    await cut('2026-07-09', 8);
    expect(readdirSync(join(dir, folder))).toEqual(['2026-07-08.ndjson.gz', '2026-07-09.ndjson']);
    expect(readFileSync(join(dir, folder, '2026-07-09.ndjson'), 'utf8')).toBe('one\ntwo\n');
  });

  it('of a day that was closed while it was copied, and before days that had not begun', async () => {
    write(`${folder}/2026-07-09.ndjson.gz`, gzipSync('one\ntwo\nthree\n'));
    write(`${folder}/2026-07-10.ndjson`, 'four\n');
    await cut('2026-07-09', 4);
    expect(readdirSync(join(dir, folder))).toEqual(['2026-07-09.ndjson']);
    expect(readFileSync(join(dir, folder, '2026-07-09.ndjson'), 'utf8')).toBe('one\n');
  });

  it('of a day of which nothing was written yet', async () => {
    write(`${folder}/2026-07-10.ndjson.gz`, gzipSync('four\n'));
    await cut('2026-07-10', 0);
    expect(readdirSync(join(dir, folder))).toEqual([]);
  });
});
