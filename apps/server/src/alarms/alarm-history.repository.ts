import { join } from 'node:path';
import type { AlarmHappening } from '@citywall/model';
import { compareIds } from '../archive/archive.types.js';
import { dayFiles } from '../archive/archive-files.repository.js';
import { dayOf, dayPlus } from '../archive/chain.js';
import { linesOf } from '../archive/lines.js';
import type { RedisConnection } from '../infra/redis.connection.js';
import type { KeptHappening } from './alarm-list.js';
import { veiled } from './told.js';

const PAGE = 1_000;

/** What is looked for. Times are Unix ms. */
export interface HistoryRange {
  /** id of an entry: from there on, itself among them */
  before?: string;
  from?: number;
  to?: number;
  /** a text that must stand in an entry as it is kept: what lacks it is not parsed */
  needle?: string;
}

/** The journals of alarms, newest first: Redis, then what only the archive has. */
export class AlarmHistory {
  /** @param archive folder of the archive */
  constructor(
    private readonly redis: RedisConnection,
    private readonly archive: string,
  ) {}

  /** Of a system, everything that is kept. Rejects with the error of Redis when it is gone. */
  async *newest(system: string, range: HistoryRange): AsyncGenerator<KeptHappening> {
    let oldest: string | null = null;
    for await (const [entry, happening] of this.recent(system, range)) {
      oldest = entry;
      if (isBefore(entry, range.from)) return;
      if (happening !== null) yield { ...happening, entry };
    }
    yield* this.archived(system, range, oldest);
  }

  /** Only what Redis has of it; of entries without the needle the id alone. */
  async *recent(system: string, { before, needle }: HistoryRange): AsyncGenerator<[string, AlarmHappening | null]> {
    let to = before ?? '+';
    for (;;) {
      const page = await this.redis.commands.xrevrange(`cw:{${system}}:alarms:log`, to, '-', 'COUNT', PAGE);
      for (const [entry, fields] of page) {
        const text = fields[1] ?? '{}';
        yield [entry, needle === undefined || text.includes(needle) ? readHappening(text) : null];
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      to = `(${last[0]}`;
    }
  }

  /**
   * What only the archive has: entries older than `oldest`; a day is in memory at a time.
   * @param oldest id of an entry; null: everything
   */
  async *archived(system: string, range: HistoryRange, oldest: string | null): AsyncGenerator<KeptHappening> {
    const { from, to, before, needle } = range;
    const files = (await dayFiles(join(this.archive, 'alarms', system))).filter(
      // an entry is kept, at the latest, some time after it happened: a day more is looked at
      ({ day }) => (to === undefined || day <= dayPlus(dayOf(to), 1)) && (from === undefined || day >= dayOf(from)),
    );
    for (const { path } of files.reverse()) {
      const entries: KeptHappening[] = [];
      for await (const { bytes, whole } of linesOf(path)) {
        if (!whole || (needle !== undefined && !bytes.includes(needle))) continue;
        const { id, kind, at, by, note, alarm } = JSON.parse(bytes.toString()) as { id?: string } & AlarmHappening;
        // lines that tell a gap hold none
        if (id === undefined || alarm === undefined) continue;
        if (oldest !== null && compareIds(id, oldest) >= 0) continue;
        if (before !== undefined && compareIds(id, before) > 0) continue;
        const done = { ...(by === undefined ? {} : { by }), ...(note === undefined ? {} : { note }) };
        entries.push({ entry: id, kind, at, ...done, alarm: veiled(alarm) });
      }
      yield* entries.reverse();
    }
  }
}

function readHappening(text: string): AlarmHappening {
  const happening = JSON.parse(text) as AlarmHappening;
  return happening.alarm === undefined ? happening : { ...happening, alarm: veiled(happening.alarm) };
}

/** Whether an entry was kept before a moment: what happened later can't stand in it, nor in older ones. */
function isBefore(entry: string, from: number | undefined): boolean {
  return from !== undefined && Number(entry.split('-')[0]) < from;
}
