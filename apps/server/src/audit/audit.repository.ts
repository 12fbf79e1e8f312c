import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { AuditEntry, AuditHead } from './audit.types.js';
import { BEGINNING } from './seal.js';

const APPEND = readFileSync(new URL('./append.lua', import.meta.url), 'utf8');
const KEY = 'cw:{house}:audit';
const HEAD = `${KEY}:head`;
/** Entries in Redis; older ones are in the archive. */
const KEPT = 20_000;
const PAGE = 1_000;

/** The newest part of the audit, in Redis. Every method rejects with the error of Redis when it is gone or refuses. */
@Injectable()
export class AuditRepository {
  constructor(private readonly redis: RedisConnection) {}

  async head(): Promise<AuditHead> {
    const [n, seal] = await this.redis.commands.hmget(HEAD, 'n', 'seal');
    return n && seal ? { n: Number(n), seal } : BEGINNING;
  }

  /** False: another entry was first. */
  async append(entry: AuditEntry, before: AuditHead): Promise<boolean> {
    const { n, seal } = entry;
    const text = JSON.stringify(entry);
    const args = [before.n === 0 ? '' : before.seal, n, seal, text, KEPT];
    return (await this.redis.commands.eval(APPEND, 2, KEY, HEAD, ...args)) === 1;
  }

  /** Newest first. */
  async *newest(): AsyncGenerator<AuditEntry> {
    let to = '+';
    for (;;) {
      const page = await this.redis.commands.xrevrange(KEY, to, '-', 'COUNT', PAGE);
      for (const [, fields] of page) yield JSON.parse(fields[1] ?? '{}') as AuditEntry;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      to = `(${last[0]}`;
    }
  }
}
