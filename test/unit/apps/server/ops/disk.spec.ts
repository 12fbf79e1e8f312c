import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { NoticesService } from '../../../../../apps/server/src/notices/notices.service.js';
import { DiskWatch, isLow, type Space, spaceOf } from '../../../../../apps/server/src/ops/disk.js';
import { Meters } from '../../../../../apps/server/src/ops/meters.js';

Logger.overrideLogger(false);
const GB = 1e9;

describe('low', () => {
  it.each([
    [{ free: 0.99 * GB, total: 10 * GB }, true],
    [{ free: 1.01 * GB, total: 10 * GB }, false],
    [{ free: 4.9 * GB, total: 100 * GB }, true],
    [{ free: 5.1 * GB, total: 100 * GB }, false],
  ])('%p: %p', (space, low) => {
    expect(isLow(space, false)).toBe(low);
  });

  it('goes only well above the limit', () => {
    expect(isLow({ free: 1.1 * GB, total: 10 * GB }, true)).toBe(true);
    expect(isLow({ free: 1.21 * GB, total: 10 * GB }, true)).toBe(false);
  });
});

describe('space', () => {
  it('is that of the nearest folder that exists', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'citywall-disk-'));
    try {
      const space = await spaceOf(join(dir, 'not', 'yet'));
      expect(space.total).toBeGreaterThan(0);
      expect(space.free).toBeLessThanOrEqual(space.total);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('watch', () => {
  const watching = (spaces: (Space | Error)[]) => {
    const notices = new NoticesService();
    const meters = new Meters();
    const watch = new DiskWatch('/data', notices, meters, async () => {
      const next = spaces.shift();
      if (!next || next instanceof Error) throw next ?? new Error('no more');
      return next;
    });
    return { notices, meters, watch };
  };

  it('raises once, tells a new figure, clears', async () => {
    const { notices, watch, meters } = watching([
      { free: 0.5 * GB, total: 10 * GB },
      { free: 0.5 * GB, total: 10 * GB },
      { free: 0.3 * GB, total: 10 * GB },
      { free: 5 * GB, total: 10 * GB },
    ]);
    await watch.check();
    await watch.check();
    expect(notices.all()).toMatchObject([
      { id: 'disk-low', count: 1, text: { zh: expect.stringContaining('0.5 GB') } },
    ]);
    await watch.check();
    expect(notices.all()).toMatchObject([{ count: 2, text: { en: expect.stringContaining('0.3 GB (3 %)') } }]);
    await watch.check();
    expect(notices.all()).toEqual([]);
    expect(await meters.text()).toContain('citywall_disk_free_bytes 5000000000');
  });

  it('keeps what it knew when the space cannot be read', async () => {
    const { notices, watch } = watching([{ free: 1, total: GB }, new Error('EIO')]);
    await watch.check();
    await watch.check();
    expect(notices.all()).toHaveLength(1);
  });
});
