import type { Pack } from '@citywall/pack-schema';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Clip, ClipError, clipName } from '../../../../../../apps/server/src/simulate/video/clips.repository.js';
import { type ClipStore, PicturesService } from '../../../../../../apps/server/src/simulate/video/pictures.service.js';
import { simulatorFile } from '../../../../../../libs/pack-schema/src/files/simulator.js';
import { assetOf } from '../../../../libs/simulator/city.js';

const NOW = Date.parse('2026-07-09T14:35:00+08:00');

class FakeClips implements ClipStore {
  readonly made = new Set<string>();
  readonly delivered = new Set<string>();
  trouble: ClipError | null = null;
  closed = 0;
  async has(name: string) {
    return this.made.has(name);
  }
  async shows(name: string) {
    return this.made.has(name) || this.delivered.has(name);
  }
  async partFile(clip: string, part: string) {
    return `/video/${clip}/${part}`;
  }
  async tidy() {}
  async make(clip: Clip) {
    if (this.trouble) throw this.trouble;
    this.made.add(clipName(clip));
  }
  close() {
    this.closed += 1;
  }
}

const camera = (key: string, subject?: string) => ({
  ...assetOf(key),
  type: 'camera',
  attributes: subject ? { subject } : {},
});
const pack = {
  id: 'video',
  assets: [
    camera('a', 'river'),
    { ...camera('b'), attributes: { subject: 'square', access: 'private' } },
    camera('c', 'river'),
    camera('d', 'moon'),
    camera('e', 'underpass'),
  ],
  simulator: simulatorFile.parse({ video: { of: 'camera', still: ['c'], stalled: ['d'], gone: ['e'] } }),
} as unknown as Pack;

describe('pictures of simulated cameras', () => {
  let clips: FakeClips;
  let now: number;
  let service: PicturesService;
  const warned = jest.spyOn(Logger.prototype, 'warn');
  beforeEach(() => {
    clips = new FakeClips();
    now = NOW;
    service = new PicturesService(
      { all: () => [{ assets: [], simulator: null } as unknown as Pack, pack] },
      clips,
      () => now,
    );
    jest.spyOn(Logger.prototype, 'log').mockReturnValue();
    warned.mockReset().mockReturnValue();
  });
  afterEach(() => {
    warned.mockReset();
  });

  it('makes each drawing once, and none for a camera that is gone', async () => {
    await service.prepare();
    await service.prepare();
    expect([...clips.made].sort()).toEqual(['junction', 'river', 'river-still', 'square']);
  });

  it('a camera plays its subject, another one a junction; neighbours are not in step', async () => {
    await service.prepare();
    expect(await service.playlist('a', 'sub')).toContain('../clips/river/sub-');
    expect(await service.playlist('c', 'main')).toContain('../clips/river-still/main-');
    expect(await service.playlist('d', 'sub')).toContain('../clips/junction/sub-');
    const at = (text: string | null) => /sub-(\d\d)/.exec(text ?? '')?.[1];
    expect(at(await service.playlist('a', 'sub'))).not.toBe(at(await service.playlist('b', 'sub')));
  });

  it('a stalled stream stays as it was, the others go on', async () => {
    await service.prepare();
    const [stalled, moving] = [await service.playlist('d', 'sub'), await service.playlist('a', 'sub')];
    now += 60_000;
    expect(await service.playlist('d', 'sub')).toBe(stalled);
    expect(await service.playlist('a', 'sub')).not.toBe(moving);
  });

  it('nothing for a camera that is gone, unknown, or whose clip is not made yet', async () => {
    expect(await service.playlist('a', 'sub')).toBeNull();
    await service.prepare();
    expect(await service.playlist('e', 'sub')).toBeNull();
    expect(await service.playlist('zz', 'sub')).toBeNull();
  });

  it('visitors get no picture of a private camera', async () => {
    await service.prepare();
    expect(await service.playlist('a', 'sub', 'visitors')).toContain('../clips/river/');
    expect(await service.playlist('b', 'sub', 'visitors')).toBeNull();
    expect(await service.playlist('b', 'sub', 'staff')).toContain('../clips/square/');
  });

  it('without ffmpeg those that come with the program are shown, and one line says what would help', async () => {
    clips.trouble = new ClipError('ffmpeg: spawn ffmpeg ENOENT', true);
    clips.delivered.add('river');
    await service.prepare();
    expect(await service.playlist('a', 'sub')).toContain('../clips/river/sub-');
    expect(await service.playlist('b', 'sub')).toBeNull();
    expect(warned).toHaveBeenCalledTimes(1);
    expect(String(warned.mock.calls[0]?.[0])).toContain('apt-get install ffmpeg');
  });

  it('gives out parts of its clips and no other file', async () => {
    expect(await service.part('river-still', 'main-07.ts')).toBe('/video/river-still/main-07.ts');
    for (const [clip, part] of [
      ['..', 'main-07.ts'],
      ['river', '../../redis/appendonly.aof'],
      ['river', 'main-007.ts'],
      ['river', 'main.m3u8'],
      ['constructor', 'sub-01.ts'],
    ] as const) {
      expect(await service.part(clip, part)).toBeNull();
    }
  });
});
