import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ImagesRepository, MAX_IMAGE_BYTES } from '../../../../../apps/server/src/packs/images.repository.js';

let root: string;
let images: ImagesRepository;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'citywall-images-'));
  const builtinPacksDir = join(root, 'builtin');
  const packsDir = join(root, 'site');
  await mkdir(join(builtinPacksDir, 'water/images/deep.png'), { recursive: true });
  await mkdir(join(packsDir, 'water/images'), { recursive: true });
  await writeFile(join(builtinPacksDir, 'water/pack.yaml'), 'id: water');
  await writeFile(join(builtinPacksDir, 'water/images/plan.png'), 'built in');
  await writeFile(join(builtinPacksDir, 'water/images/dam.svg'), '<svg/>');
  await writeFile(join(builtinPacksDir, 'water/images/notes.txt'), 'no picture');
  await writeFile(join(packsDir, 'water/images/plan.png'), 'of the site');
  await writeFile(join(root, 'secret.png'), 'secret');
  await symlink(join(root, 'secret.png'), join(packsDir, 'water/images/leak.png'));
  await symlink('plan.png', join(packsDir, 'water/images/same.png'));
  await writeFile(join(packsDir, 'water/images/huge.jpg'), '');
  await truncate(join(packsDir, 'water/images/huge.jpg'), MAX_IMAGE_BYTES + 1);
  await writeFile(join(packsDir, 'water/images/large.jpg'), '');
  await truncate(join(packsDir, 'water/images/large.jpg'), MAX_IMAGE_BYTES);
  images = new ImagesRepository({ builtinPacksDir, packsDir });
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('pictures of packs', () => {
  it('are those of the site before the built-in ones', async () => {
    expect(await images.find('water', 'plan.png')).toMatchObject({
      found: 'yes',
      path: expect.stringMatching(/site.water.images.plan\.png$/),
      type: 'image/png',
    });
    expect(await images.find('water', 'dam.svg')).toMatchObject({ found: 'yes', type: 'image/svg+xml' });
    expect(await images.find('water', 'same.png')).toMatchObject({ found: 'yes' });
  });

  it.each([
    ['water', 'nowhere.png'],
    ['water', 'notes.txt'],
    ['water', 'deep.png'],
    ['water', 'leak.png'],
    ['water', '../pack.yaml'],
    ['water', '../../../secret.png'],
    ['water', '..%2fsecret.png'],
    ['water', '.png'],
    ['water', 'plan.png\0'],
    ['..', 'secret.png'],
    ['nobody', 'plan.png'],
    ['WATER', 'plan.png'],
  ])('nothing else is one: %s %s', async (pack, name) => {
    expect(await images.find(pack, name)).toEqual({ found: 'no' });
  });

  it('are not given out above their largest size', async () => {
    expect(await images.find('water', 'huge.jpg')).toEqual({ found: 'too-large', bytes: MAX_IMAGE_BYTES + 1 });
    expect(await images.find('water', 'large.jpg')).toMatchObject({ found: 'yes' });
  });
});
