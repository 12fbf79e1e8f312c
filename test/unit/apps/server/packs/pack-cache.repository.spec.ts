import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { DECODERS } from '../../../../../apps/server/src/packs/decoders.js';
import { loadPacks } from '../../../../../apps/server/src/packs/load.js';
import { buildOf, PackCacheRepository } from '../../../../../apps/server/src/packs/pack-cache.repository.js';
import { loaded, texts } from '../../../../support/builtin-packs.js';

const dir = mkdtempSync(join(tmpdir(), 'citywall-unit-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const file = (name: string) => join(dir, name, 'packs.bin');

describe('checked packs of the last start', () => {
  it('come back as they were, without those that have problems', async () => {
    const cache = new PackCacheRepository(file('whole'), 'this');
    const bad = { id: 'bad', problems: [{ file: 'f', line: 1, col: 1, message: 'm', path: '' }], print: 'p' };
    await cache.write([...loaded.values(), bad]);
    expect(await cache.read()).toStrictEqual(loaded);
    expect(readdirSync(join(dir, 'whole'))).toEqual(['packs.bin']);
  });

  it('need no more judging where the texts are the same, nor the city that they make up', async () => {
    const cache = new PackCacheRepository(file('same'), 'this');
    await cache.write(loaded.values());
    const before = await cache.read();
    const again = loadPacks(texts, { decoders: DECODERS, before });
    expect([...again].every(([id, entry]) => before.get(id) === entry)).toBe(true);
    const [water = { root: '', files: new Map() }] = texts.packs.get('water') ?? [];
    const changed = new Map(water.files).set('metrics.yaml', 'metrics: []');
    const packs = new Map(texts.packs).set('water', [{ ...water, files: changed }]);
    const judged = loadPacks({ ...texts, packs }, { decoders: DECODERS, before });
    expect(judged.get('water')?.problems).not.toEqual([]);
    expect(judged.get('traffic')).toBe(before.get('traffic'));
  });

  it('are none for another build, where a byte is other, where some are missing, and where there is no file', async () => {
    const cache = new PackCacheRepository(file('other'), 'this');
    expect((await cache.read()).size).toBe(0);
    await cache.write(loaded.values());
    expect((await new PackCacheRepository(file('other'), 'that').read()).size).toBe(0);
    const bytes = readFileSync(file('other'));
    const changed = Buffer.from(bytes);
    changed[changed.length - 9] = 255 - (changed.at(-9) ?? 0);
    for (const broken of [changed, bytes.subarray(0, -2), bytes.subarray(0, 20), Buffer.alloc(0)]) {
      writeFileSync(file('other'), broken);
      expect((await cache.read()).size).toBe(0);
    }
  });

  it('are not kept where they cannot be, and nobody minds', async () => {
    writeFileSync(join(dir, 'taken'), '');
    await new PackCacheRepository(file('taken'), 'this').write(loaded.values());
    expect(readFileSync(join(dir, 'taken'), 'utf8')).toBe('');
  });
});

describe('a build', () => {
  it('is another one when its program or the name of any part is', async () => {
    const program = join(dir, 'whole', 'packs.js');
    const build = () => buildOf(pathToFileURL(program));
    writeFileSync(program, 'one');
    const first = await build();
    expect(await build()).toBe(first);
    writeFileSync(program, 'two');
    const second = await build();
    writeFileSync(join(dir, 'whole', 'part-a1b2.js'), '');
    expect(new Set([first, second, await build()]).size).toBe(3);
  });
});
