import { caseload } from '@citywall/aggregate';
import { LOAD_KINDS } from '@citywall/alarms';
import type { Occurrence, StandingAlarm } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import { type AlarmList, byUrgency, countAlarms, isShown } from '../alarms/alarm-list.js';
import { type Catalogue, systemsOf } from '../api/catalogue.js';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type { NoticesService } from '../notices/notices.service.js';
import type { StateRepository } from '../state/index.js';
import type { HandoverRepository } from './handover.repository.js';
import type { HandoverFacts } from './handover.types.js';
import { ShiftLoad } from './load.js';

/** Open alarms that are written out; the rest is a number. */
const MAX_OPEN = 200;
const MAX_ASIDE = 200;
const MAX_CAUSES = 20;
const COMMENTS = 3;
/** Happenings of alarms that are counted, of all systems together. */
const MAX_HAPPENINGS = 50_000;
/** Cases of one type that are looked at, the newest first. */
const MAX_CASES = 10_000;
const PAGE = 1_000;
/** A note is kept at most so long after its time, ms. */
const LATE_NOTE_MS = 60_000;

/** Draws up what a shift leaves behind, from what stands and what happened. */
export class HandoverDraft {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly list: Pick<AlarmList, 'standing' | 'knows' | 'watchedSince' | 'find'>,
    private readonly conditions: Pick<NoticesService, 'all'>,
    private readonly state: Pick<StateRepository, 'occurrences'>,
    private readonly store: Pick<HandoverRepository, 'happenings' | 'notes'>,
  ) {}

  /**
   * @param from end of the handover before, Unix ms
   * @param to now, Unix ms
   * @param told ids of the notes that the handover before told; absent: there was none
   * @throws Problem `unavailable` where alarms were not read yet: none would be a lie
   */
  async facts(from: number, to: number, told?: ReadonlySet<string>): Promise<HandoverFacts> {
    const packs = systemsOf(this.catalogue);
    const systems = packs.map(({ id }) => id);
    if (!systems.every((system) => this.list.knows(system)))
      throw new Problem('unavailable', 'alarms were not read yet; ask again in a moment', { retryAfter: 1 });
    const standing = [...this.list.standing(systems)].sort(byUrgency);
    const [load, cases, notes] = await Promise.all([
      this.load(systems, from, to),
      this.cases(packs, from),
      // one that was written while the handover before was made may not have been there yet
      this.store.notes(told === undefined ? from : from - LATE_NOTE_MS, to),
    ]);
    const notices = this.conditions.all().map(({ id, reason, subject, system, since, text }) => ({
      id,
      reason,
      subject: subject ?? null,
      system: system ?? null,
      since: iso(since),
      text,
    }));
    return {
      from: iso(from),
      to: iso(to),
      alarms: this.alarms(standing, systems),
      load,
      cases: cases.map(({ simulated: _, ...each }) => each),
      notices,
      notes: notes.filter(({ id }) => !told?.has(id)),
      systems: Object.fromEntries(packs.map(({ id, name }) => [id, name])),
      simulated: standing.some(({ origin }) => origin !== 'live') || cases.some(({ simulated }) => simulated),
    };
  }

  private alarms(standing: readonly StandingAlarm[], systems: readonly string[]): HandoverFacts['alarms'] {
    const open = standing.filter(isShown);
    const causes = new Map<string, number>();
    for (const { suppressedBy, shelved, outOfService } of standing)
      if (suppressedBy !== null && shelved === null && outOfService === null)
        causes.set(suppressedBy, (causes.get(suppressedBy) ?? 0) + 1);
    return {
      counts: countAlarms(standing),
      open: open.slice(0, MAX_OPEN).map(heldOf),
      more: Math.max(0, open.length - MAX_OPEN),
      shelved: standing
        .flatMap((alarm) => {
          const { shelved } = alarm;
          if (shelved === null || alarm.outOfService !== null) return [];
          return { ...asideOf(alarm), ...shelved, at: iso(shelved.at), until: iso(shelved.until) };
        })
        .slice(0, MAX_ASIDE),
      outOfService: standing
        .flatMap((alarm) => {
          const { outOfService } = alarm;
          return outOfService === null ? [] : { ...asideOf(alarm), ...outOfService, at: iso(outOfService.at) };
        })
        .slice(0, MAX_ASIDE),
      suppressed: [...causes]
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
        .slice(0, MAX_CAUSES)
        .map(([cause, count]) => ({ cause, text: this.list.find(cause)?.text ?? null, count })),
      unwatched: systems.filter((system) => this.list.watchedSince(system) === null),
    };
  }

  private async load(systems: readonly string[], from: number, to: number): Promise<HandoverFacts['load']> {
    const load = new ShiftLoad(from, to);
    let left = MAX_HAPPENINGS;
    for (const system of systems) {
      for await (const happening of this.store.happenings(system, from, LOAD_KINDS)) {
        if (left-- <= 0) return load.facts(true);
        load.add(happening);
      }
    }
    return load.facts(false);
  }

  /** Of every type of occurrence that can end: what came in, what lies there, what went out. */
  private async cases(packs: readonly Pack[], from: number) {
    const found: (HandoverFacts['cases'][number] & { simulated: boolean })[] = [];
    for (const pack of packs) {
      for (const [type, { name, closed = [] }] of Object.entries(pack.occurrenceTypes)) {
        if (closed.length === 0) continue;
        const { occurrences, capped } = await this.newest(pack.id, type);
        const { origin, ...load } = caseload(occurrences, ({ status }) => closed.includes(status), from);
        if (load.open + load.opened + load.closed === 0) continue;
        found.push({ system: pack.id, type, name, ...load, capped, simulated: origin !== 'live' });
      }
    }
    return found;
  }

  private async newest(system: string, type: string): Promise<{ occurrences: Occurrence[]; capped: boolean }> {
    const occurrences: Occurrence[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<StateRepository['occurrences']>> = await this.state.occurrences({
        systems: [system],
        type,
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      });
      occurrences.push(...page.items);
      cursor = page.next;
    } while (cursor !== null && occurrences.length < MAX_CASES);
    return { occurrences, capped: cursor !== null };
  }
}

function asideOf({ id, system, name, text, priority, origin }: StandingAlarm) {
  return { id, system, name, text, priority, origin };
}

function heldOf(alarm: StandingAlarm): HandoverFacts['alarms']['open'][number] {
  const { acknowledged, comments, town, state, unknown, raisedAt } = alarm;
  return {
    ...asideOf(alarm),
    town,
    state,
    unknown,
    raisedAt: iso(raisedAt),
    acknowledged: acknowledged && { by: acknowledged.by, at: iso(acknowledged.at) },
    comments: comments.slice(-COMMENTS).map(({ by, at, text }) => ({ by, at: iso(at), text })),
  };
}
