import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DRAWINGS } from '@citywall/pack-schema';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_PLACES } from '../../../apps/server/src/config/index.js';
import { ClipError, ClipsRepository } from '../../../apps/server/src/simulate/video/clips.repository.js';
import { PARTS } from '../../../apps/server/src/simulate/video/playlist.js';

/** With ffmpeg clips are really made; without it, what is said instead is what counts. Either way it is tested. */
const INSTALLED = spawnSync('ffmpeg', ['-version']).status === 0;

describe(`clips of simulated cameras (${INSTALLED ? 'with' : 'without'} ffmpeg here)`, () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'citywall-clips-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it(
    INSTALLED
      ? 'are made whole: two streams of parts that play by themselves'
      : 'cannot be made: the program is missing',
    async () => {
      const clips = new ClipsRepository(directory, DEFAULT_PLACES.clipsDir);
      if (!INSTALLED) {
        await expect(clips.make({ drawing: 'river', still: true })).rejects.toMatchObject({ missing: true });
        expect(await clips.has('river-still')).toBe(false);
        return;
      }
      await clips.make({ drawing: 'river', still: true });
      expect(await clips.has('river-still')).toBe(true);
      expect(await readdir(directory)).toEqual([expect.stringMatching(/^v\d+$/)]);
      for (const stream of ['main', 'sub']) {
        for (let part = 0; part < PARTS; part++) {
          const bytes = await readFile(
            await clips.partFile('river-still', `${stream}-${String(part).padStart(2, '0')}.ts`),
          );
          // MPEG transport stream: packets of 188 bytes that begin with 0x47
          expect([bytes.length % 188, bytes[0], bytes[188]]).toEqual([0, 0x47, 0x47]);
        }
      }
    },
  );

  it('a program that is not there is told from one that fails, and neither leaves a folder', async () => {
    const absent = new ClipsRepository(directory, DEFAULT_PLACES.clipsDir, join(directory, 'no-such-program'));
    await expect(absent.make({ drawing: 'river', still: true })).rejects.toMatchObject({ missing: true });
    const failing = new ClipsRepository(directory, DEFAULT_PLACES.clipsDir, process.execPath);
    const refused = failing.make({ drawing: 'river', still: true });
    await expect(refused).rejects.toBeInstanceOf(ClipError);
    await expect(refused).rejects.toMatchObject({ missing: false });
    expect(await readdir(directory)).toEqual([]);
  });

  it('those that come with the program stand in for a clip that was not made, in both sizes and every drawing', async () => {
    const clips = new ClipsRepository(directory, DEFAULT_PLACES.clipsDir);
    expect(await clips.shows('moon')).toBe(false);
    for (const clip of [...DRAWINGS, 'river-still']) {
      expect([await clips.has(clip), await clips.shows(clip)]).toEqual([false, true]);
      for (let part = 0; part < PARTS; part++) {
        const name = `${String(part).padStart(2, '0')}.ts`;
        const bytes = await readFile(await clips.partFile(clip, `main-${name}`));
        expect([bytes.length % 188, bytes[0], bytes[188]]).toEqual([0, 0x47, 0x47]);
        expect(await clips.partFile(clip, `sub-${name}`)).toBe(await clips.partFile(clip, `main-${name}`));
      }
    }
  });

  it('older drawings and cut-off encodings are thrown away', async () => {
    for (const name of ['v0', 'making-river', 'v1']) await mkdir(join(directory, name));
    await writeFile(join(directory, 'v0', 'main-00.ts'), 'old');
    await new ClipsRepository(directory, DEFAULT_PLACES.clipsDir).tidy();
    expect(await readdir(directory)).toEqual(['v1']);
  });
});
