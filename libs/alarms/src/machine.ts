import type { AlarmEventKind } from '@citywall/model';
import {
  type Alarm,
  type AlarmOccurrence,
  type AlarmOutcome,
  type AlarmReading,
  type AlarmSubject,
  isStanding,
} from './alarm.js';
import { ChangeOver } from './change-over.js';
import type { Verdict } from './condition.js';
import { beginDelay, delayDue, freezeDelay, resumeDelay } from './delay.js';
import { DueTimes } from './due-times.js';
import type { AlarmCatalogue, AlarmRule, Attributes } from './rule.js';
import { type CompiledRule, RuleSet } from './rule-set.js';
import { inSeason, nextDay } from './season.js';

export interface AlarmMachineOptions {
  /** Unix ms; nothing is raised or cleared before it */
  now: number;
  /** how many times faster than the clock simulated matter goes; default 1 [AL26] */
  pace?: number;
  /** distance of the city's day from UTC, ms; default +08:00 */
  offset?: number;
}

/** What an alarm takes over from what was judged. */
type Input = Pick<Alarm, 'at' | 'value' | 'origin' | 'feed' | 'stage' | 'place'>;

const NO_ATTRIBUTES: Attributes = {};
const CITY_OFFSET = 8 * 3_600_000;
/** Key among the due times: the city's day is over, seasons may begin and end. */
const NEW_DAY = '';

/**
 * The alarms of one system: readings, occurrences and time in, changed alarms and events out (SPEC.md). It holds only what
 * is not normal, so an input costs by the rules that watch it and nothing by the size of the city. Times are Unix ms; each
 * call moves the machine's clock, which never goes back.
 */
export class AlarmMachine {
  private readonly alarms = new Map<string, Alarm>();
  private readonly due = new DueTimes();
  private readonly changes = new Map<string, ChangeOver>();
  /** last sign of what rules of absence watch, by alarm id */
  private readonly signs = new Map<string, { rule: string; asset: string } & Input>();
  private readonly touched = new Set<string>();
  private readonly recheck = new Set<string>();
  private events: AlarmOutcome['events'] = [];
  private rules: RuleSet;
  private clock: number;
  private pace: number;
  private readonly offset: number;
  /** since when silence is that of others, Unix ms; infinity while we ourselves hear nothing [AL6] */
  private hearsSince: number;

  constructor(
    private readonly system: string,
    rules: readonly AlarmRule[],
    private catalogue: AlarmCatalogue,
    options: AlarmMachineOptions,
  ) {
    this.rules = new RuleSet(rules);
    this.clock = options.now;
    this.hearsSince = options.now;
    this.pace = options.pace ?? 1;
    this.offset = options.offset ?? CITY_OFFSET;
    this.watchSeasons();
  }

  /**
   * Takes back what `take` once gave to be saved. Delays stand still until the alarm is judged by a reading or occurrence,
   * also one it has seen: what went on meanwhile nobody watched.
   */
  restore(alarms: Iterable<Alarm>): void {
    for (const kept of alarms) {
      const alarm = copy(kept);
      if (alarm.raising !== null) freezeDelay(alarm.raising, alarm.at);
      if (alarm.clearing !== null) freezeDelay(alarm.clearing, alarm.at);
      this.alarms.set(alarm.id, alarm);
      this.recheck.add(alarm.id);
      this.ask(alarm.id);
    }
  }

  get(id: string): Readonly<Alarm> | undefined {
    return this.alarms.get(id);
  }

  all(): IterableIterator<Readonly<Alarm>> {
    return this.alarms.values();
  }

  /** Id of the alarm of a rule at an asset, or (no asset: at an occurrence). */
  idOf(rule: string, { asset, occurrence }: AlarmSubject): string {
    return `${this.system}/${rule}/${occurrence === null ? (asset ?? '').slice(this.system.length + 1) : `occurrence:${occurrence}`}`;
  }

  /** A newest value of a series. */
  reading(reading: AlarmReading, now: number): void {
    this.advance(now);
    const { asset, metric, value, at } = reading;
    const type = asset.slice(this.system.length + 1, asset.indexOf('/', this.system.length + 1));
    const watched = `${type}/${metric}`;
    const rules = this.rules.ofMetric(watched);
    if (rules.length === 0) return;
    const known = this.catalogue.asset(asset);
    const staleAfter = this.catalogue.staleAfter(watched);
    const doubtful =
      reading.quality === 'bad' ||
      reading.flags.includes('rate') ||
      (staleAfter !== undefined && this.clock - at > staleAfter);
    const input: Input = { at, value, origin: reading.origin, feed: reading.feed, stage: null, place: null };
    const subject = { asset, occurrence: null };
    for (const rule of rules) {
      const id = this.idOf(rule.rule.id, subject);
      if (known?.inService === false || !inSeason(rule.rule.season, this.clock, this.offset)) {
        this.end(id);
        this.signs.delete(id);
      } else if (rule.absent !== null) {
        this.hear(id, rule, asset, input);
      } else {
        const attributes = known?.attributes ?? NO_ATTRIBUTES;
        const change = doubtful ? null : this.changeOf(id, rule, at, value);
        this.judge(id, rule, subject, doubtful ? 'unknown' : rule.judge({ value, attributes, change }), input);
      }
    }
  }

  /** A value of before the start, for the change over a time only. In the order of time. */
  learn(asset: string, metric: string, at: number, value: number): void {
    const type = asset.slice(this.system.length + 1, asset.indexOf('/', this.system.length + 1));
    for (const rule of this.rules.ofMetric(`${type}/${metric}`))
      this.changeOf(this.idOf(rule.rule.id, { asset, occurrence: null }), rule, at, value);
  }

  /** A newest stage of an occurrence. */
  occurrence(occurrence: AlarmOccurrence, now: number): void {
    this.advance(now);
    const { type, status, level, fields, place, at, origin, feed } = occurrence;
    const subject = { asset: occurrence.asset ?? null, occurrence: occurrence.id };
    const stage = { type, status, level: level ?? null, fields };
    const input: Input = { at, value: null, origin, feed, stage, place: place ?? null };
    for (const rule of this.rules.ofOccurrence(type)) {
      const id = this.idOf(rule.rule.id, subject);
      if (inSeason(rule.rule.season, this.clock, this.offset))
        this.judge(id, rule, subject, rule.matches(occurrence, this.catalogue) ? 'holds' : 'over', input);
      else this.end(id);
    }
  }

  /** An asset that should speak: rules of absence count from `since`, unless it spoke. */
  expect(asset: string, metric: string, since: number): void {
    for (const rule of this.rules.ofMetric(metric)) {
      const id = this.idOf(rule.rule.id, { asset, occurrence: null });
      if (rule.absent === null || this.signs.has(id)) continue;
      const kept = this.alarms.get(id);
      const at = kept?.at ?? since;
      this.signs.set(id, {
        rule: rule.rule.id,
        asset,
        at,
        value: null,
        origin: kept?.origin ?? 'live',
        feed: kept?.feed ?? '',
        stage: null,
        place: null,
      });
      this.ask(id);
    }
  }

  /** A feed fell silent: what it last said is not known to hold. */
  silent(feed: string, now: number): void {
    this.advance(now);
    for (const alarm of this.alarms.values()) {
      if (alarm.feed !== feed || this.rules.byId.get(alarm.rule)?.absent !== null) continue;
      this.doubt(alarm, this.clock);
      this.ask(alarm.id);
    }
  }

  /** A silent feed speaks again: what reports only changes is known again; the rest is with its next reading. */
  heard(feed: string, now: number): void {
    this.advance(now);
    for (const alarm of this.alarms.values()) {
      if (alarm.feed !== feed || !alarm.unknown || this.staleAt(alarm) !== Number.POSITIVE_INFINITY) continue;
      this.trust(alarm);
      if (alarm.raising !== null) resumeDelay(alarm.raising, this.clock);
      if (alarm.clearing !== null) resumeDelay(alarm.clearing, this.clock);
      this.ask(alarm.id);
    }
  }

  /** Whether inputs can reach the machine at all. While they can't, silence is our own: no absence counts. */
  hears(hears: boolean, now: number): void {
    this.advance(now);
    if (hears === Number.isFinite(this.hearsSince)) return;
    this.hearsSince = hears ? this.clock : Number.POSITIVE_INFINITY;
    for (const id of this.signs.keys()) this.ask(id);
  }

  /** A person has seen the alarm. */
  acknowledge(id: string, by: string, now: number): 'done' | 'no-alarm' | 'already' {
    this.advance(now);
    const alarm = this.alarms.get(id);
    if (alarm === undefined || !isStanding(alarm)) return 'no-alarm';
    if (alarm.acknowledged !== null) return 'already';
    alarm.acknowledged = { by, at: this.clock };
    this.tell('acknowledged', alarm, this.clock);
    if (alarm.standing === 'cleared') this.finish(alarm);
    return 'done';
  }

  /**
   * Other rules or another catalogue. Alarms of rules that still watch the same stay, and are judged anew with the next
   * reading of their series, also one they have seen; the others end.
   */
  setRules(rules: readonly AlarmRule[], catalogue: AlarmCatalogue, now: number): void {
    this.advance(now);
    const before = this.rules;
    this.rules = new RuleSet(rules);
    this.catalogue = catalogue;
    const same = (id: string) => {
      const [was, is] = [before.byId.get(id)?.rule, this.rules.byId.get(id)?.rule];
      return is !== undefined && (was === undefined || watches(was) === watches(is));
    };
    for (const [id, sign] of this.signs) if (!same(sign.rule)) this.signs.delete(id);
    for (const alarm of this.alarms.values()) {
      if (!same(alarm.rule) || (alarm.asset !== null && catalogue.asset(alarm.asset)?.inService === false)) {
        this.end(alarm.id);
        continue;
      }
      const priority = this.rules.byId.get(alarm.rule)?.rule.priority ?? alarm.priority;
      if (priority !== alarm.priority) this.touched.add(alarm.id);
      alarm.priority = priority;
      this.recheck.add(alarm.id);
    }
    for (const alarm of this.alarms.values()) this.explain(alarm, this.clock);
    this.askAll();
  }

  /** Simulated matter goes so many times faster than the clock from now on. */
  setPace(pace: number, now: number): void {
    this.advance(now);
    this.pace = pace;
    this.askAll();
  }

  /** Lets time pass: what is due until `now` happens at its own time, in order. */
  advance(now: number): void {
    for (let next = this.due.take(now); next !== null; next = this.due.take(now)) {
      this.clock = Math.max(this.clock, next.due);
      if (next.key === NEW_DAY) this.newDay();
      else this.look(next.key, this.clock);
    }
    this.clock = Math.max(this.clock, now);
  }

  /** When `advance` has to be called at the latest, Unix ms; null: not without an input. */
  nextDue(): number | null {
    return this.due.next();
  }

  /** Whether there is something to tell since the last `take`. */
  get eventful(): boolean {
    return this.events.length > 0;
  }

  /** Whether there is something to keep since the last `take`, if only a newer value. */
  get changed(): boolean {
    return this.touched.size > 0;
  }

  /** What came of the inputs since the last call. */
  take(): AlarmOutcome {
    const outcome: AlarmOutcome = { saved: [], gone: [], events: this.events };
    for (const id of this.touched) {
      const alarm = this.alarms.get(id);
      if (alarm === undefined) outcome.gone.push(id);
      else outcome.saved.push(copy(alarm));
    }
    this.touched.clear();
    this.events = [];
    return outcome;
  }

  private judge(
    id: string,
    rule: CompiledRule,
    subject: AlarmSubject,
    verdict: Verdict | 'unknown',
    input: Input,
    since: number = input.at,
  ): void {
    const again = this.recheck.delete(id);
    let alarm = this.alarms.get(id);
    if (alarm === undefined) {
      if (verdict !== 'holds') return;
      alarm = create(id, rule.rule, subject, input, this.clock);
      this.alarms.set(id, alarm);
    } else if (!again && rule.absent === null) {
      if (input.at < alarm.at || (input.at === alarm.at && sameInput(alarm, input))) return;
    }
    const kept = isStanding(alarm);
    alarm.at = Math.max(alarm.at, input.at);
    if (kept) this.touched.add(id);
    if (verdict === 'unknown') this.doubt(alarm, this.clock);
    else {
      alarm.value = input.value;
      alarm.origin = input.origin;
      alarm.feed = input.feed;
      alarm.stage = input.stage;
      alarm.place = input.place;
      const from = again ? this.clock : Math.min(since, this.clock);
      this.trust(alarm);
      this.follow(alarm, verdict, from);
      this.settle(alarm, rule);
    }
    if (this.alarms.has(id)) this.ask(id);
  }

  /** Begins and ends the delays as the verdict says. */
  private follow(alarm: Alarm, verdict: Verdict, since: number): void {
    if (alarm.standing === 'active') {
      if (verdict !== 'over') alarm.clearing = null;
      else if (alarm.clearing === null) alarm.clearing = beginDelay(since);
      else resumeDelay(alarm.clearing, since);
    } else if (verdict !== 'holds') {
      if (alarm.raising !== null) this.touched.add(alarm.id);
      alarm.raising = null;
      if (alarm.standing === 'none') this.drop(alarm);
    } else if (alarm.raising === null) {
      alarm.raising = beginDelay(since);
      this.touched.add(alarm.id);
    } else resumeDelay(alarm.raising, since);
  }

  /** Raises or clears what has held long enough, as far as its input reaches. */
  private settle(alarm: Alarm, rule: CompiledRule): void {
    const until = Math.min(this.clock, this.staleAt(alarm));
    if (this.raiseDue(alarm, rule) <= until) this.raise(alarm);
    if (this.clearDue(alarm, rule) <= until) this.clear(alarm);
  }

  private raise(alarm: Alarm): void {
    alarm.standing = 'active';
    alarm.acknowledged = null;
    alarm.raising = null;
    alarm.clearing = null;
    alarm.clearedAt = null;
    alarm.raisedAt = this.clock;
    alarm.suppressedBy = this.causeOf(alarm);
    this.tell('raised', alarm, this.clock);
    this.explainConsequences(alarm);
  }

  private clear(alarm: Alarm): void {
    const seen = alarm.acknowledged !== null || alarm.suppressedBy !== null || alarm.priority > 2;
    alarm.standing = seen ? 'none' : 'cleared';
    alarm.clearing = null;
    alarm.clearedAt = this.clock;
    this.tell('cleared', alarm, this.clock);
    this.explainConsequences(alarm);
    if (seen) this.drop(alarm);
  }

  /** A cleared alarm that was acknowledged: normal, or pending where its condition holds again. */
  private finish(alarm: Alarm): void {
    alarm.standing = 'none';
    if (alarm.raising === null) this.drop(alarm);
  }

  private drop(alarm: Alarm): void {
    this.alarms.delete(alarm.id);
    this.touched.add(alarm.id);
    if (!this.signs.has(alarm.id)) this.due.forget(alarm.id);
  }

  /** The alarm is no longer judged: its rule, season or asset is out of use. */
  private end(id: string): void {
    const alarm = this.alarms.get(id);
    if (alarm === undefined) return;
    const told = isStanding(alarm);
    const active = alarm.standing === 'active';
    alarm.standing = 'none';
    alarm.raising = null;
    alarm.clearing = null;
    if (told) this.tell('ended', alarm, this.clock);
    if (active) this.explainConsequences(alarm);
    this.drop(alarm);
  }

  private doubt(alarm: Alarm, at: number): void {
    if (alarm.unknown) return;
    if (alarm.raising !== null) freezeDelay(alarm.raising, at);
    if (alarm.clearing !== null) freezeDelay(alarm.clearing, at);
    if (!this.waits(alarm)) return;
    alarm.unknown = true;
    if (alarm.standing === 'active') this.tell('unknown', alarm, this.clock);
    else this.touched.add(alarm.id);
  }

  private trust(alarm: Alarm): void {
    if (!alarm.unknown) return;
    alarm.unknown = false;
    if (alarm.standing === 'active') this.tell('known', alarm, this.clock);
    else this.touched.add(alarm.id);
  }

  /** First rule whose active alarm at the same subject explains this one. */
  private causeOf(alarm: Alarm): string | null {
    for (const cause of this.rules.byId.get(alarm.rule)?.rule.suppressedBy ?? [])
      if (this.alarms.get(this.idOf(cause, alarm))?.standing === 'active') return cause;
    return null;
  }

  private explain(alarm: Alarm, at: number): void {
    if (alarm.standing !== 'active') return;
    const cause = this.causeOf(alarm);
    if (cause === alarm.suppressedBy) return;
    const before = alarm.suppressedBy;
    alarm.suppressedBy = cause;
    if (before === null) this.tell('suppressed', alarm, at);
    else if (cause === null) this.tell('released', alarm, at);
    else this.touched.add(alarm.id);
  }

  private explainConsequences(cause: Alarm): void {
    for (const rule of this.rules.byId.get(cause.rule)?.consequences ?? []) {
      const alarm = this.alarms.get(this.idOf(rule, cause));
      if (alarm !== undefined) this.explain(alarm, this.clock);
    }
  }

  /** A value of a series that a rule of absence watches. */
  private hear(id: string, rule: CompiledRule, asset: string, input: Input): void {
    const before = this.signs.get(id);
    if (before !== undefined && input.at <= before.at) return;
    this.signs.set(id, { rule: rule.rule.id, asset, ...input });
    if (input.at + (rule.absent ?? 0) > this.clock) this.judge(id, rule, { asset, occurrence: null }, 'over', input);
    this.ask(id);
  }

  /** Something at an alarm may be due. */
  private look(id: string, now: number): void {
    const sign = this.signs.get(id);
    const silent = sign && this.rules.byId.get(sign.rule);
    if (sign && silent && this.absentAt(id) <= now) {
      const since = this.absentAt(id);
      this.judge(id, silent, { asset: sign.asset, occurrence: null }, 'holds', { ...sign, value: null }, since);
    }
    const alarm = this.alarms.get(id);
    const rule = alarm && this.rules.byId.get(alarm.rule);
    if (alarm && rule) {
      this.settle(alarm, rule);
      const stale = this.staleAt(alarm);
      if (this.alarms.has(id) && stale <= now) this.doubt(alarm, stale);
    }
    this.ask(id);
  }

  /** Whether its input matters: one that is over and holds nothing waits for a person alone, and is never unknown. */
  private waits(alarm: Alarm): boolean {
    return alarm.standing !== 'cleared' || alarm.raising !== null;
  }

  private ask(id: string): void {
    const alarm = this.alarms.get(id);
    const rule = alarm && this.rules.byId.get(alarm.rule);
    let due = this.absentAt(id);
    if (alarm && rule) {
      due = Math.min(due, this.raiseDue(alarm, rule), this.clearDue(alarm, rule));
      if (!alarm.unknown) due = Math.min(due, this.staleAt(alarm));
    }
    this.due.ask(id, due);
  }

  /** When it will be raised by time alone; infinity: not without an input. */
  private raiseDue(alarm: Alarm, rule: CompiledRule): number {
    const { raising } = alarm;
    if (raising === null) return Number.POSITIVE_INFINITY;
    const pace = this.paceOf(alarm);
    // Hurried values come no more often than others: one of them alone would outlast the shortened delay.
    const hurried = pace > 1 && rule.raiseAfter > 0 && this.staleAt(alarm) !== Number.POSITIVE_INFINITY;
    if (hurried && raising.since !== null && alarm.at <= raising.since) return Number.POSITIVE_INFINITY;
    return delayDue(raising, rule.raiseAfter / pace);
  }

  private clearDue(alarm: Alarm, rule: CompiledRule): number {
    if (alarm.clearing === null) return Number.POSITIVE_INFINITY;
    return delayDue(alarm.clearing, rule.clearAfter / this.paceOf(alarm));
  }

  private askAll(): void {
    this.due.clear();
    for (const id of this.alarms.keys()) this.ask(id);
    for (const id of this.signs.keys()) this.ask(id);
    this.watchSeasons();
  }

  /** When a rule of absence begins to hold; infinity where it does already, or is none. */
  private absentAt(id: string): number {
    const sign = this.signs.get(id);
    const rule = sign && this.rules.byId.get(sign.rule);
    if (!sign || !rule || rule.absent === null) return Number.POSITIVE_INFINITY;
    const alarm = this.alarms.get(id);
    const told = alarm !== undefined && (alarm.raising !== null || (alarm.standing === 'active' && !alarm.clearing));
    return told ? Number.POSITIVE_INFINITY : Math.max(sign.at, this.hearsSince) + rule.absent;
  }

  /** When the input of a metric's alarm becomes stale; infinity where it never does. */
  private staleAt(alarm: Alarm): number {
    const rule = this.rules.byId.get(alarm.rule);
    if (rule?.rule.metric === undefined || rule.absent !== null) return Number.POSITIVE_INFINITY;
    if (!this.waits(alarm)) return Number.POSITIVE_INFINITY;
    const staleAfter = this.catalogue.staleAfter(rule.rule.metric);
    return staleAfter === undefined ? Number.POSITIVE_INFINITY : alarm.at + staleAfter + 1;
  }

  private changeOf(id: string, rule: CompiledRule, at: number, value: unknown): number | null {
    if (rule.ratePer === null || typeof value !== 'number') return null;
    const series = this.changes.get(id) ?? new ChangeOver(rule.ratePer);
    this.changes.set(id, series);
    return series.take(at, value);
  }

  private newDay(): void {
    for (const alarm of this.alarms.values())
      if (!inSeason(this.rules.byId.get(alarm.rule)?.rule.season, this.clock, this.offset)) this.end(alarm.id);
    this.watchSeasons();
  }

  private watchSeasons(): void {
    if ([...this.rules.byId.values()].some(({ rule }) => rule.season !== undefined))
      this.due.ask(NEW_DAY, nextDay(this.clock, this.offset));
  }

  private paceOf({ origin }: Pick<Alarm, 'origin'>): number {
    return origin === 'simulated' ? this.pace : 1;
  }

  private tell(kind: AlarmEventKind, alarm: Alarm, at: number): void {
    alarm.changedAt = at;
    this.touched.add(alarm.id);
    this.events.push({ kind, at, alarm: copy(alarm) });
  }
}

function create(id: string, rule: AlarmRule, subject: AlarmSubject, input: Input, now: number): Alarm {
  return {
    id,
    rule: rule.id,
    asset: subject.asset,
    occurrence: subject.occurrence,
    priority: rule.priority,
    standing: 'none',
    acknowledged: null,
    unknown: false,
    raising: null,
    clearing: null,
    raisedAt: null,
    clearedAt: null,
    changedAt: now,
    suppressedBy: null,
    ...input,
  };
}

function copy(alarm: Alarm): Alarm {
  return {
    ...alarm,
    raising: alarm.raising && { ...alarm.raising },
    clearing: alarm.clearing && { ...alarm.clearing },
  };
}

function sameInput(alarm: Alarm, { value, stage }: Input): boolean {
  if (stage !== null) {
    const before = alarm.stage;
    return before !== null && before.status === stage.status && before.level === stage.level;
  }
  return Array.isArray(value) ? String(value) === String(alarm.value) : value === alarm.value;
}

/** What a rule watches, as a text to compare. */
function watches({ metric, occurrence, when }: AlarmRule): string {
  return `${metric ?? ''} ${occurrence?.type ?? ''} ${when?.absent !== undefined}`;
}
