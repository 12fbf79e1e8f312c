import { readFileSync } from 'node:fs';
import type { AlarmHappening } from '@citywall/model';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { Handover, HandoverEntry, ShiftNote } from './handover.types.js';

const lua = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const CHANGE = lua('change');
const NOTE = lua('note');
const KEY = 'cw:{house}:handover';
const LOG = `${KEY}:log`;
/** A hundred days of two shifts; older ones are in the archive. */
const KEPT = 200;
const NOTES = 2_000;
/** The archive reads along within seconds. */
const LOG_ENTRIES = 200;
/** Entries of one journal of alarms read at once. */
const PAGE = 1_000;

/** `cw:{house}:handover…` (docs/reference/redis.md). Every method rejects with the error of Redis when it is gone or refuses. */
@Injectable()
export class HandoverRepository {
  constructor(private readonly redis: RedisConnection) {}

  /** Number of the newest, 0 before the first; number of the one that waits for its second signature. */
  async head(): Promise<{ n: number; waiting: number | null }> {
    const [n, waiting] = await this.redis.commands.hmget(`${KEY}:head`, 'n', 'waiting');
    return { n: Number(n ?? 0), waiting: waiting ? Number(waiting) : null };
  }

  async get(n: number): Promise<Handover | null> {
    const text = await this.redis.commands.hget(KEY, String(n));
    return text === null ? null : (JSON.parse(text) as Handover);
  }

  /** Those of some numbers that are kept, in their order. */
  async some(numbers: readonly number[]): Promise<Handover[]> {
    if (numbers.length === 0) return [];
    const texts = await this.redis.commands.hmget(KEY, ...numbers.map(String));
    return texts.flatMap((text) => (text === null ? [] : (JSON.parse(text) as Handover)));
  }

  /** @param before as it was read; null: it is new. Resolves false where it is another one by now, or (new) another one waits. */
  async change(before: Handover | null, after: Handover, kind: 'made' | 'signed' | 'withdrawn'): Promise<boolean> {
    const entry: HandoverEntry = { kind, handover: after };
    const args = [
      after.n,
      before === null ? '' : JSON.stringify(before),
      JSON.stringify(after),
      after.state === 'waiting' ? after.n : '',
      JSON.stringify(entry),
      KEPT,
      LOG_ENTRIES,
    ];
    return (await this.redis.commands.eval(CHANGE, 3, KEY, `${KEY}:head`, LOG, ...args)) === 1;
  }

  async addNote(note: ShiftNote): Promise<void> {
    const entry: HandoverEntry = { kind: 'note', note };
    const args = [Date.parse(note.at), JSON.stringify(note), JSON.stringify(entry), NOTES, LOG_ENTRIES];
    await this.redis.commands.eval(NOTE, 2, `${KEY}:notes`, LOG, ...args);
  }

  /** Oldest first. @param from @param to Unix ms, from excluded, to included */
  async notes(from: number, to: number): Promise<ShiftNote[]> {
    const texts = await this.redis.commands.zrangebyscore(`${KEY}:notes`, `(${from}`, to);
    return texts.map((text) => JSON.parse(text) as ShiftNote);
  }

  /**
   * What happened to the alarms of a system since then and is of a kind, oldest first; what cannot be read is passed over.
   * @param from Unix ms
   */
  async *happenings(
    system: string,
    from: number,
    kinds: readonly AlarmHappening['kind'][],
  ): AsyncGenerator<AlarmHappening> {
    const wanted = kinds.map((kind) => `"kind":"${kind}"`);
    let after = String(from);
    for (;;) {
      const page = await this.redis.commands.xrange(`cw:{${system}}:alarms:log`, after, '+', 'COUNT', PAGE);
      for (const [, [, text = '']] of page) {
        // most are of another kind: those are not worth being parsed
        if (!wanted.some((part) => text.includes(part))) continue;
        try {
          const happening = JSON.parse(text) as AlarmHappening;
          if (kinds.includes(happening.kind)) yield happening;
        } catch {
          // not one of ours: the archive keeps it as it is
        }
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = `(${last[0]}`;
    }
  }
}
