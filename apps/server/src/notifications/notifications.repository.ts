import { readFileSync } from 'node:fs';
import type { AlarmHappening, Notice } from '@citywall/model';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { Minute } from './flood.js';
import type { DeadLetter, Delivered, Delivery, Kept, TargetState, Write } from './notifications.types.js';

const lua = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const WRITE = lua('write');
const MOVE = lua('move');
const RELEASE = lua('release');
const LEASE = 'cw:{notify}:lease';
const TERM = 'cw:{notify}:term';
const HASHES = ['positions', 'minutes', 'notices', 'open', 'queue', 'targets', 'dead', 'again', 'delivered'] as const;
const key = (hash: Write['hash']) => `cw:{notify}:${hash}`;
/** Entries of one journal read at once. */
const ENTRIES = 200;

/** An entry of a system's alarms journal. */
export interface Happened {
  system: string;
  entry: string;
  happening: AlarmHappening;
}

/** `cw:{notify}:…` (docs/reference/redis.md). Every method rejects with the error of Redis when it is gone or refuses. */
@Injectable()
export class NotificationsRepository {
  constructor(private readonly redis: RedisConnection) {}

  /**
   * Takes or renews the lease, and writes under it, all or nothing. Resolves with its term; 0 where another process sends, or
   * did since `term`: then nothing was written, and what is remembered of that term is not true any more.
   * @param term that of the last call; another one than it comes back where the lease is new
   */
  async write(owner: string, ttl: number, term: number, writes: readonly Write[] = []): Promise<number> {
    const args = writes.flatMap(({ hash, field, value }) => [
      HASHES.indexOf(hash) + 3,
      field,
      value === null ? '' : JSON.stringify(value),
    ]);
    const keys = [LEASE, TERM, ...HASHES.map(key)];
    return Number(await this.redis.commands.eval(WRITE, keys.length, ...keys, owner, ttl, term, ...args));
  }

  async release(owner: string): Promise<void> {
    await this.redis.commands.eval(RELEASE, 1, LEASE, owner);
  }

  async kept(): Promise<Kept> {
    const [positions, minutes, notices, open, queue, targets] = await Promise.all([
      this.all<string>('positions'),
      this.all<Minute>('minutes'),
      this.all<Notice>('notices'),
      this.all<string[]>('open'),
      this.all<Delivery>('queue'),
      this.all<TargetState>('targets'),
    ]);
    return { positions, minutes, notices, open, queue, targets };
  }

  /** Dead letters that somebody wants to be sent again. */
  again(): Promise<Map<string, DeadLetter>> {
    return this.all<DeadLetter>('again');
  }

  dead(): Promise<Map<string, DeadLetter>> {
    return this.all<DeadLetter>('dead');
  }

  queue(): Promise<Map<string, Delivery>> {
    return this.all<Delivery>('queue');
  }

  targets(): Promise<Map<string, TargetState>> {
    return this.all<TargetState>('targets');
  }

  /** The newest that were delivered, by their place in the ring. */
  delivered(): Promise<Map<string, Delivered>> {
    return this.all<Delivered>('delivered');
  }

  /** Whether a process sends now. */
  async sending(): Promise<boolean> {
    return (await this.redis.commands.exists(LEASE)) === 1;
  }

  countDead(): Promise<number> {
    return this.redis.commands.hlen(key('dead'));
  }

  /** Resolves false where there is no such dead letter (any more). */
  async takeDead(id: string, again: boolean): Promise<boolean> {
    return (await this.redis.commands.eval(MOVE, 2, key('dead'), key('again'), id, again ? 1 : 0)) === 1;
  }

  /** Id of the newest entry of a system's alarms journal; `0-0` where it is empty. */
  async newest(system: string): Promise<string> {
    const [entry] = await this.redis.commands.xrevrange(journal(system), '+', '-', 'COUNT', 1);
    return entry?.[0] ?? '0-0';
  }

  /** Entries after the positions, oldest first within a system, at most 200 of each; what cannot be read is passed over. */
  async after(positions: ReadonlyMap<string, string>): Promise<{ happened: Happened[]; read: Map<string, string> }> {
    const systems = [...positions.keys()];
    const pipeline = this.redis.commands.pipeline();
    for (const system of systems) pipeline.xrange(journal(system), `(${positions.get(system)}`, '+', 'COUNT', ENTRIES);
    const happened: Happened[] = [];
    const read = new Map<string, string>();
    ((await pipeline.exec()) ?? []).forEach(([error, entries], index) => {
      if (error) throw error;
      const system = systems[index] as string;
      for (const [entry, fields] of entries as [string, string[]][]) {
        read.set(system, entry);
        try {
          happened.push({ system, entry, happening: JSON.parse(fields[1] ?? '') as AlarmHappening });
        } catch {
          // not one of ours: the archive keeps it as it is
        }
      }
    });
    return { happened, read };
  }

  private async all<Value>(hash: Write['hash']): Promise<Map<string, Value>> {
    const fields = Object.entries(await this.redis.commands.hgetall(key(hash)));
    return new Map(fields.map(([field, text]) => [field, JSON.parse(text) as Value]));
  }
}

const journal = (system: string) => `cw:{${system}}:alarms:log`;
