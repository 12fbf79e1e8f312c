import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Placing, putInPlace, UNFINISHED_FILE } from '../../../../../apps/server/src/backup/placing.js';
import { workFolder } from '../../../../../apps/server/src/backup/work-folder.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'citywall-placing-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const at = (path: string) => join(dir, path);
const write = (path: string, text: string) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};
const read = (path: string) => readFileSync(at(path), 'utf8');

describe('a backup is put in place', () => {
  const placing = (more: Partial<Placing> = {}): Placing => ({
    dataDir: dir,
    places: [
      { name: 'redis', from: at('work/redis'), to: at('redis') },
      { name: 'archive', from: at('work/archive'), to: at('archive') },
      { name: 'packs', from: at('work/packs'), to: at('site/packs') },
    ],
    aside: at('before'),
    file: 'saved.tar.gz',
    usedBy: () => null,
    ...more,
  });
  const unpacked = () => {
    for (const name of ['redis', 'archive', 'packs']) write(`work/${name}/state`, `new ${name}`);
  };
  beforeEach(() => {
    unpacked();
    write('redis/state', 'old redis');
    write('archive/state', 'old archive');
  });

  it('as a whole, and what was there is kept', async () => {
    expect(await putInPlace(placing())).toBe(true);
    expect([read('redis/state'), read('archive/state'), read('site/packs/state')]).toEqual([
      'new redis',
      'new archive',
      'new packs',
    ]);
    expect([read('before/redis/state'), read('before/archive/state')]).toEqual(['old redis', 'old archive']);
    expect(existsSync(at(UNFINISHED_FILE))).toBe(false);
  });

  it('or not at all: what fails half-way is taken back', async () => {
    // a file where the folder of the packs should be
    write('site', 'a file');
    await expect(putInPlace(placing())).rejects.toMatchObject({
      reason: 'not-placed',
      message: expect.stringContaining('all is as it was'),
    });
    expect([read('redis/state'), read('archive/state'), read('site')]).toEqual(['old redis', 'old archive', 'a file']);
    expect(existsSync(at('before'))).toBe(false);
    expect(existsSync(at(UNFINISHED_FILE))).toBe(false);
  });

  it('not where somebody has begun to run meanwhile', async () => {
    const asked: boolean[] = [];
    const usedBy = () => {
      asked.push(existsSync(at(UNFINISHED_FILE)));
      return 'launcher (process 7)';
    };
    await expect(putInPlace(placing({ usedBy }))).rejects.toMatchObject({ reason: 'running' });
    // a launcher that comes after the question finds the mark
    expect(asked).toEqual([true]);
    expect(read('redis/state')).toBe('old redis');
    expect(existsSync(at(UNFINISHED_FILE))).toBe(false);
  });

  it('and one that was killed half-way leaves its mark until a restore was whole', async () => {
    write(UNFINISHED_FILE, '{"file":"saved.tar.gz","aside":"before-1"}');
    write('site', 'a file');
    await expect(putInPlace(placing())).rejects.toMatchObject({ reason: 'not-placed' });
    expect(existsSync(at(UNFINISHED_FILE))).toBe(true);
    rmSync(at('site'));
    unpacked();
    await putInPlace(placing());
    expect(existsSync(at(UNFINISHED_FILE))).toBe(false);
  });
});

it('removes what killed processes of the same kind left, and nothing of those that live', async () => {
  const dead = 4_194_305; // beyond what Linux gives
  write(`.backup-${dead}-abcdef/snapshot.rdb`, 'x');
  write(`.backup-${process.ppid}-abcdef/snapshot.rdb`, 'x');
  write(`.restore-${dead}-abcdef/redis`, 'x');
  write('.backup-notes', 'x');
  const folder = await workFolder(dir, '.backup');
  expect(existsSync(folder)).toBe(true);
  expect(
    readdirSync(dir)
      .filter((name) => join(dir, name) !== folder)
      .sort(),
  ).toEqual([`.backup-${process.ppid}-abcdef`, '.backup-notes', `.restore-${dead}-abcdef`].sort());
});
