import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { ArchivedJournal, ArchivePositions } from './archive.types.js';

const KEY = 'cw:archive';
const MOVE = readFileSync(new URL('./archive.lua', import.meta.url), 'utf8');
const RELEASE = readFileSync(new URL('./release.lua', import.meta.url), 'utf8');

/** `cw:archive` hash: `<journal>/<system>` → JSON Position; `owner` and `until` (Unix ms of Redis) of the lease. */
@Injectable()
export class ArchiveRepository implements ArchivePositions {
  constructor(private readonly redis: RedisConnection) {}

  async lease(owner: string, ttl: number): Promise<boolean> {
    return (await this.redis.commands.eval(MOVE, 1, KEY, owner, ttl)) === 1;
  }

  async release(owner: string): Promise<void> {
    await this.redis.commands.eval(RELEASE, 1, KEY, owner);
  }

  get(system: string, journal: ArchivedJournal): Promise<string | null> {
    return this.redis.commands.hget(KEY, `${journal}/${system}`);
  }

  async move(
    owner: string,
    ttl: number,
    system: string,
    journal: ArchivedJournal,
    before: string | null,
    after: string,
  ): Promise<boolean> {
    const field = `${journal}/${system}`;
    return (await this.redis.commands.eval(MOVE, 1, KEY, owner, ttl, field, before ?? '', after)) === 1;
  }
}
