import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Words } from '@citywall/model';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type NoticesService, noticeId } from '../notices/notices.service.js';
import type { Meters } from './meters.js';

/** Bytes free and in all where a directory is. */
export interface Space {
  free: number;
  total: number;
}

const LOW_BYTES = 1_000_000_000;
const LOW_SHARE = 0.05;
/** Free space has to be so much above the limit before the notice goes, or it would come and go with every file. */
const CLEAR_FACTOR = 1.2;
const CHECK_EVERY = 10_000;

/**
 * Whether the space is low: below 1 GB or 5 % (design §6).
 * @param was whether it was low before
 */
export function isLow({ free, total }: Space, was: boolean): boolean {
  const limit = Math.max(LOW_BYTES, total * LOW_SHARE);
  return free < (was ? limit * CLEAR_FACTOR : limit);
}

/** Space at a directory, or at the nearest folder above that exists already. */
export async function spaceOf(directory: string): Promise<Space> {
  try {
    const { bavail, blocks, bsize } = await statfs(directory);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch (error) {
    const above = dirname(directory);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === directory) throw error;
    return spaceOf(above);
  }
}

/** Raises `disk-low` while the data directory's disk is nearly full, before Redis has to refuse. */
export class DiskWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DiskWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private low = false;

  constructor(
    private readonly directory: string,
    private readonly notices: NoticesService,
    private readonly meters: Meters,
    private readonly space: (directory: string) => Promise<Space> = spaceOf,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.check(), CHECK_EVERY);
    await this.check();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async check(): Promise<void> {
    try {
      const space = await this.space(this.directory);
      this.meters.diskFree.set(space.free);
      this.low = isLow(space, this.low);
      if (this.low) {
        const text = words(space);
        // Raised again only when the figure shown changes, so that `count` does not count the watch's rounds.
        if (this.notices.get(noticeId('disk-low'))?.text.en !== text.en) this.notices.raise('disk-low', { text });
      } else {
        this.notices.clear(noticeId('disk-low'));
      }
    } catch (error) {
      this.logger.warn(
        `free space of ${this.directory} cannot be read: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

function words({ free, total }: Space): Words {
  const gigabytes = (free / 1e9).toFixed(1);
  const share = total > 0 ? ((free / total) * 100).toFixed(0) : '0';
  return {
    zh: `数据盘仅剩 ${gigabytes} GB（${share}%），写满后将停止接收数据`,
    en: `Data disk has ${gigabytes} GB (${share} %) left; when it is full nothing is accepted any more`,
  };
}
