import type { Origin } from '@citywall/model';
import { type Alarm, alarmId, type OutageExtent, typeOfAsset } from './alarm.js';
import type { Context } from './context.js';
import type { Finding } from './finding.js';
import { type CompiledRule, SYSTEM } from './rule-set.js';

const MINUTE = 60_000;
/** Fewer silent assets are single ones, however small the system. */
const FEWEST = 3;
/** What fell silent so long before a system was silent as a whole belongs to it, ms. */
const WHOLE_REACHES = 24 * 60 * MINUTE;
const SUBJECT = { asset: null, occurrence: null };

/** One rule of outage: how many of its assets fall silent in which minute. */
interface Watched {
  rule: CompiledRule;
  types: ReadonlySet<string> | null;
  /** assets that should speak */
  awaited: number;
  /** that ever did */
  spoke: number;
  /** by `code` of a sign, how many */
  counts: Map<number, number>;
}

/**
 * Judges whether many assets fall silent together [AL54]–[AL56]: their platform is gone, not they. A sign of life costs two
 * look-ups; what came of all signs is looked at once a minute, by the minutes in which assets fall silent. Times are Unix ms.
 */
export class Outages {
  /**
   * By asset: the minute from which it is silent, times two; plus one where it was silent before this machine listened, so that
   * nobody knows when it fell silent.
   */
  private readonly signs = new Map<string, number>();
  private watched: Watched[] = [];
  private since: number;
  /** since when nothing can reach us; null: it can */
  private deafSince: number | null = null;
  private origin: Origin = 'live';

  /** @param alarms those that are not normal, by id */
  constructor(
    private readonly context: Context,
    private readonly alarms: { get(id: string): Readonly<Alarm> | undefined },
  ) {
    this.since = context.clock;
    this.rulesChanged();
  }

  /** Other rules, or another catalogue. What was heard of assets that are still there stays. */
  rulesChanged(): void {
    const { rules, catalogue, system } = this.context;
    const outages = [...rules.byId.values()].filter(({ type }) => type === SYSTEM);
    const awaited = outages.length === 0 ? new Map<string, number>() : catalogue.awaited();
    for (const asset of this.signs.keys()) if (!awaited.has(asset)) this.signs.delete(asset);
    this.watched = outages.map((rule) => {
      const types = rule.rule.outage?.types === undefined ? null : new Set(rule.rule.outage.types);
      const counts = new Map<number, number>();
      const mine = (asset: string) => types === null || types.has(typeOfAsset(system, asset));
      let spoke = 0;
      for (const [asset, code] of this.signs) {
        if (!mine(asset)) continue;
        spoke++;
        add(counts, code, 1);
      }
      return { rule, types, awaited: [...awaited.keys()].filter(mine).length, spoke, counts };
    });
  }

  /** When to look again; infinity: nothing is watched. */
  nextDue(): number {
    return this.watched.length === 0
      ? Number.POSITIVE_INFINITY
      : (Math.floor(this.context.clock / MINUTE) + 1) * MINUTE;
  }

  /** A value of an asset. @param at measured */
  hear(asset: string, metric: string, at: number, feed: string, origin: Origin): void {
    if (this.watched.length === 0) return;
    const { catalogue, system, clock } = this.context;
    const type = typeOfAsset(system, asset);
    if (!catalogue.isSign(`${type}/${metric}`)) return;
    const stale = catalogue.awaited().get(asset);
    if (stale === undefined) return;
    this.origin = origin;
    const sign = Math.min(at, clock);
    const code = codeOf(this.silentAt(Math.max(sign, this.since), stale, feed), sign + stale < this.since);
    const before = this.signs.get(asset);
    // a sign that is older than one before says nothing
    if (before !== undefined && (code >> 1 < before >> 1 || (code >> 1 === before >> 1 && code >= before))) return;
    this.signs.set(asset, code);
    for (const one of this.watched) {
      if (one.types !== null && !one.types.has(type)) continue;
      if (before === undefined) one.spoke++;
      else add(one.counts, before, -1);
      add(one.counts, code, 1);
    }
  }

  /** Whether anything can reach us at all: while nothing can, and until all had the time to speak again, silence is ours. */
  hears(hears: boolean): Finding[] {
    const { clock, catalogue } = this.context;
    if (hears === (this.deafSince === null)) return [];
    if (!hears) {
      this.deafSince = clock;
      return this.watched.flatMap(({ rule }) => {
        const id = alarmId(this.context.system, rule.rule.id, SUBJECT);
        const alarm = this.alarms.get(id);
        return alarm === undefined ? [] : [this.finding(rule, 'unknown', 0, alarm.extent)];
      });
    }
    const spokeAt = Math.floor((this.deafSince ?? clock) / MINUTE);
    const awaited = catalogue.awaited();
    for (const [asset, code] of this.signs) {
      if (code >> 1 > spokeAt) this.signs.set(asset, Math.max(code, codeOf(clock + (awaited.get(asset) ?? 0), false)));
    }
    this.deafSince = null;
    this.since = clock;
    this.rulesChanged();
    return [];
  }

  /** A minute is over. */
  look(): Finding[] {
    if (this.deafSince !== null) return [];
    return this.watched.flatMap((one) => this.judge(one) ?? []);
  }

  private judge(one: Watched): Finding | null {
    const { rule, awaited, spoke, counts } = one;
    const { clock, system } = this.context;
    const { share = 100, within = 0 } = rule.rule.outage ?? {};
    const minute = Math.floor(clock / MINUTE);
    const window = minute - Math.ceil(within / MINUTE);
    // silent by now, of them lately; and those that were silent before we listened, though they may still speak
    let [silent, lately, doubtful] = [0, 0, 0];
    for (const [code, count] of counts) {
      const [at, old] = [code >> 1, (code & 1) === 1];
      if (at <= minute) {
        silent += count;
        if (!old && at > window) lately += count;
      } else if (old) doubtful += count;
    }
    const alarm = this.alarms.get(alarmId(system, rule.rule.id, SUBJECT));
    if (alarm !== undefined && (alarm.standing === 'active' || alarm.raising !== null) && alarm.extent !== null) {
      const lost = Math.max(0, silent + doubtful - alarm.extent.before);
      const peak = Math.max(alarm.extent.peak, lost);
      const verdict = lost * 2 <= peak ? 'over' : 'holds';
      return this.finding(rule, verdict, percent(lost, awaited), { ...alarm.extent, peak });
    }
    const enough = Math.max(FEWEST, Math.ceil((share / 100) * awaited));
    if (lately >= enough) {
      const extent = { from: clock - within, before: silent - lately, peak: lately };
      return this.finding(rule, 'holds', percent(lately, awaited), extent);
    }
    if (silent === spoke && spoke >= enough) {
      const extent = { from: clock - WHOLE_REACHES, before: 0, peak: silent };
      return this.finding(rule, 'holds', percent(silent, awaited), extent);
    }
    return alarm?.outOfService ? this.finding(rule, 'over', percent(lately, awaited), null) : null;
  }

  private finding(
    rule: CompiledRule,
    verdict: Finding['verdict'],
    value: number,
    extent: OutageExtent | null,
  ): Finding {
    const { clock, system } = this.context;
    const input = { at: clock, value, origin: this.origin, feed: '', stage: null, place: null, extent };
    return { id: alarmId(system, rule.rule.id, SUBJECT), rule, subject: SUBJECT, verdict, input, since: clock };
  }

  /** When an asset whose last sign is from `sign` is silent; in quiet hours nothing is awaited. */
  private silentAt(sign: number, stale: number, feed: string): number {
    const at = sign + stale;
    const quiet = this.context.catalogue.quietUntil(feed, at);
    return quiet === at ? at : quiet + stale;
  }
}

function codeOf(silentAt: number, old: boolean): number {
  return (Math.floor(silentAt / MINUTE) + 1) * 2 + (old ? 1 : 0);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((100 * part) / whole);
}

function add(counts: Map<number, number>, code: number, step: 1 | -1): void {
  const count = (counts.get(code) ?? 0) + step;
  if (count === 0) counts.delete(code);
  else counts.set(code, count);
}
