import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Pack } from '@citywall/pack-schema';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { LoadedPack } from '../../../../../apps/server/src/packs/load.js';
import type { PackReader, PacksRead, Reading } from '../../../../../apps/server/src/packs/reading.js';
import { begun, readInThread } from '../../../../../apps/server/src/packs/reading-thread.js';
import { loaded as builtin } from '../../../../support/builtin-packs.js';

const dir = mkdtempSync(join(tmpdir(), 'citywall-unit-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const places = { builtinPacksDir: '/packs', recipesDir: '/recipes', packsDir: null };
/** A thread of the given program. */
const thread = (name: string, program: string, reading: Reading = { places }): PackReader => {
  const file = join(dir, `${name}.mjs`);
  writeFileSync(file, `import { parentPort, workerData } from 'node:worker_threads';\n${program}`);
  return readInThread(pathToFileURL(file), { ...reading, cacheFile: join(dir, 'packs.json') });
};
const entry = (id: string, order: number): LoadedPack => ({
  id,
  pack: { id, order } as unknown as Pack,
  problems: [],
  print: id,
});

describe('a thread that reads packs', () => {
  it('is told what to read, and what is known already', async () => {
    const read = thread(
      'told',
      `const { reading, before, running } = workerData;
       parentPort.postMessage({ print: JSON.stringify([reading, [...before.keys()], [...running.keys()]]), loaded: new Map(), kept: [] });`,
      { places, without: ['cases'] },
    );
    const water = entry('water', 1);
    const { print } = await read(new Map([['water', water]]), new Map([['traffic', water.pack as Pack]]));
    expect(JSON.parse(print)).toEqual([{ places, without: ['cases'] }, ['water'], ['traffic']]);
  });

  it('gives a pack back that did not change as the very object it was', async () => {
    const read = thread(
      'kept',
      `const { pack, ...water } = workerData.before.get('water');
       const loaded = new Map([['water', water], ['traffic', { id: 'traffic', pack: { id: 'traffic' }, problems: [], print: 'new' }]]);
       parentPort.postMessage({ print: 'p', loaded, kept: ['water'] });`,
    );
    const water = entry('water', 1);
    const { loaded } = await read(new Map([['water', water]]), new Map());
    expect(loaded.get('water')?.pack).toBe(water.pack);
    expect(loaded.get('traffic')).toEqual({ id: 'traffic', pack: { id: 'traffic' }, problems: [], print: 'new' });
  });

  it.each([
    ['fails', `throw new Error('EACCES: /packs')`, 'EACCES: /packs'],
    ['ends', 'process.exit(3)', 'ended with 3 before it was done'],
  ])('that %s before it is done is an error', async (name, program, said) => {
    await expect(thread(name, program)(new Map(), new Map())).rejects.toThrow(said);
  });
});

describe('a reading that has begun', () => {
  const counting = () => {
    let calls = 0;
    const read: PackReader = async () => ({ loaded: new Map(), print: `${++calls}` });
    return { read, calls: () => calls };
  };

  it('is under way before anybody asks, and is that of the first who asks', async () => {
    const { read, calls } = counting();
    const ahead = begun(read);
    expect(calls()).toBe(1);
    const prints = [await ahead(new Map(), new Map()), await ahead(new Map(), new Map())].map(({ print }) => print);
    expect(prints).toEqual(['1', '2']);
  });

  it('that failed says so to who asks', async () => {
    const ahead = begun((): Promise<PacksRead> => Promise.reject(new Error('no such folder')));
    await expect(ahead(new Map(), new Map())).rejects.toThrow('no such folder');
  });
});

describe('what goes between threads', () => {
  it('is all of a pack: nothing in one is lost when it is copied', () => {
    expect(builtin.size).toBeGreaterThan(10);
    expect(structuredClone(builtin)).toEqual(builtin);
  });
});
