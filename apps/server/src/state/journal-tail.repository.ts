import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';

const TAIL = readFileSync(new URL('./journal-tail.lua', import.meta.url), 'utf8');
/** Read at once: bounds the time Redis is held and the memory of the archiver. */
const ENTRIES = 500;
const BYTES = 4 * 1024 * 1024;

/** Journals that can be read to their end as they grow. */
export type TailedJournal = 'occurrences' | 'rejections' | 'alarms' | 'audit' | 'handover';

/** An entry of a journal's stream. */
export interface TailEntry {
  id: string;
  /** names and values in turn */
  fields: Buffer[];
}

/** Entries after a place of a journal, and the journal's figures at the same instant. */
export interface Tail {
  entries: TailEntry[];
  /** whether there are more after these */
  more: boolean;
  /** entries ever added; null where Redis does not count them (before 7.0) */
  added: number | null;
  length: number;
  /** id of the first entry that is left; null: the journal is empty */
  first: string | null;
  /** id of the last entry ever added */
  last: string;
}

const KEYS: Record<TailedJournal, string> = {
  occurrences: 'occ:log',
  rejections: 'rejections',
  alarms: 'alarms:log',
  audit: 'audit',
  handover: 'handover:log',
};

/** Reads the logs of occurrences and alarms, the rejections, the audit and handovers in the order they were written, for the archive. */
@Injectable()
export class JournalTailRepository {
  constructor(private readonly redis: RedisConnection) {}

  async read(system: string, journal: TailedJournal, after: string): Promise<Tail> {
    const key = `cw:{${system}}:${KEYS[journal]}`;
    const [added, length, first, last, more, entries] = (await this.redis.commands.callBuffer(
      'EVAL',
      TAIL,
      1,
      key,
      after,
      ENTRIES,
      BYTES,
    )) as [number, number, Buffer, Buffer, number, [Buffer, Buffer[]][]];
    return {
      entries: entries.map(([id, fields]) => ({ id: id.toString(), fields })),
      more: more === 1,
      added: Number(added) < 0 ? null : Number(added),
      length: Number(length),
      first: first.length ? first.toString() : null,
      last: last.toString(),
    };
  }
}
