import type { AlarmEventKind } from '@citywall/model';
import type { z } from 'zod';
import { type Catalogue, systemIds } from '../api/catalogue.js';
import { decodeCursor, encodeCursor } from '../api/cursor.js';
import type { AlarmHistoryQuery, alarmHappening } from '../api/schemas/alarms.js';
import { iso } from '../api/schemas/common.js';
import { compareIds } from '../archive/archive.types.js';
import type { AlarmHistory, HistoryRange } from './alarm-history.repository.js';
import type { KeptHappening } from './alarm-list.js';

export type HappeningItem = z.input<typeof alarmHappening>;

export interface HistoryWanted {
  system?: string | undefined;
  priority?: number | undefined;
  kind?: AlarmEventKind | undefined;
  from?: number | undefined;
  to?: number | undefined;
  q?: string | undefined;
}

const LIST = 'alarm-history';
/** Entries of one alarm that are told with it. */
const OF_ONE = 100;
/** How far back the archive is read for an alarm that stands no more, ms. */
const LOOKED_BACK = 31 * 86_400_000;

/** What happened to alarms, searched over the journals of all systems. */
export class AlarmHistoryService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly journals: Pick<AlarmHistory, 'newest' | 'recent' | 'archived'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Newest first. */
  async page(query: AlarmHistoryQuery): Promise<{ items: HappeningItem[]; next: string | null }> {
    const { limit, cursor, ...wanted } = query;
    const after = cursor === undefined ? null : (decodeCursor(LIST, cursor, ['string', 'string']) as [string, string]);
    const found: KeptHappening[] = [];
    for await (const happening of this.search(wanted, after)) {
      found.push(happening);
      if (found.length > limit) break;
    }
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(happeningOf),
      next: found.length > limit && last ? encodeCursor(LIST, [last.entry, last.alarm.system]) : null,
    };
  }

  /**
   * Everything that is wanted, newest first: by the place in the journals, then by system.
   * @param after entry and system: only what comes after it
   */
  async *search(wanted: HistoryWanted, after: [string, string] | null = null): AsyncGenerator<KeptHappening> {
    const { from, to } = wanted;
    const range: HistoryRange = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(after === null ? {} : { before: after[0] }),
    };
    const open = await Promise.all(
      systemIds(this.catalogue, wanted.system).map(async (system) => {
        const entries = this.journals.newest(system, range);
        return { system, entries, head: (await entries.next()).value as KeptHappening | undefined };
      }),
    );
    try {
      for (;;) {
        const next = open.reduce<(typeof open)[number] | null>(
          (best, one) => (one.head !== undefined && (best?.head === undefined || isFirst(one, best)) ? one : best),
          null,
        );
        if (next?.head === undefined) return;
        const { head, system } = next;
        next.head = (await next.entries.next()).value as KeptHappening | undefined;
        const seen = after !== null && compareIds(head.entry, after[0]) === 0 && system <= after[1];
        if (!seen && matches(head, wanted)) yield head;
      }
    } finally {
      for (const { entries } of open) await entries.return(undefined);
    }
  }

  /**
   * What happened to one alarm, newest first: as far as Redis has it, and its present life whole, out of the archive where
   * Redis has not kept its beginning.
   * @param raisedAt when that life began, Unix ms; absent: it stands no more, its last one is looked for
   */
  async of(system: string, id: string, raisedAt?: number): Promise<KeptHappening[]> {
    const found: KeptHappening[] = [];
    const needle = `"id":${JSON.stringify(id)}`;
    let oldest: string | null = null;
    for await (const [entry, happening] of this.journals.recent(system, { needle })) {
      oldest = entry;
      if (happening?.alarm.id === id) found.push({ ...happening, entry });
      if (found.length >= OF_ONE) return found;
    }
    if (found.some(({ kind }) => kind === 'raised')) return found;
    const from = raisedAt ?? this.now() - LOOKED_BACK;
    for await (const happening of this.journals.archived(system, { needle, from }, oldest)) {
      if (happening.alarm.id !== id) continue;
      found.push(happening);
      if (found.length >= OF_ONE || happening.kind === 'raised') break;
    }
    return found;
  }
}

type Head = { system: string; head?: KeptHappening | undefined };

function isFirst(a: Head, b: Head): boolean {
  const order = compareIds(a.head?.entry ?? '0-0', b.head?.entry ?? '0-0');
  return order > 0 || (order === 0 && a.system < b.system);
}

function matches({ kind, at, by = '', note = '', alarm }: KeptHappening, wanted: HistoryWanted): boolean {
  if (wanted.kind !== undefined && kind !== wanted.kind) return false;
  if (wanted.priority !== undefined && alarm.priority !== wanted.priority) return false;
  if (wanted.from !== undefined && at < wanted.from) return false;
  if (wanted.to !== undefined && at > wanted.to) return false;
  if (wanted.q === undefined) return true;
  const q = wanted.q.toLowerCase();
  return [alarm.id, alarm.name ?? '', alarm.text.zh, alarm.text.en, by, note].some((text) =>
    text.toLowerCase().includes(q),
  );
}

export function happeningOf({ kind, at, by, note, alarm }: KeptHappening): HappeningItem {
  const { id, system, rule, asset, occurrence, name, priority, state, unknown, value, unit, text, town } = alarm;
  return {
    at: iso(at),
    kind,
    by: by ?? null,
    note: note ?? null,
    id,
    system,
    rule,
    asset,
    occurrence,
    name,
    priority,
    state,
    unknown,
    value,
    unit,
    text,
    town,
    suppressedBy: alarm.suppressedBy,
    origin: alarm.origin,
  };
}
