import { type Alarm, type AlarmInput, type AlarmSubject, isAside, isStanding, keptAlarm, subjectOf } from './alarm.js';
import { Causes } from './cause.js';
import type { Verdict } from './condition.js';
import type { Context } from './context.js';
import { beginDelay, delayDue, freezeDelay, resumeDelay } from './delay.js';
import type { Finding } from './finding.js';
import type { Outbox } from './outbox.js';
import { Restless } from './restless.js';
import type { AlarmRule } from './rule.js';
import { type CompiledRule, type RuleSet, watchesSame } from './rule-set.js';
import { inSeason } from './season.js';

/**
 * The alarms that are not normal and how they live: findings and time in; delays, states and causes follow. Where a method
 * gives ids back, what is due at them may have changed. Times are Unix ms.
 */
export class AlarmLives {
  private readonly alarms = new Map<string, Alarm>();
  /** alarms that are judged anew even by an input they have seen */
  private readonly recheck = new Set<string>();
  /** what was last found of alarms that are out of service, to go by when they are back */
  private readonly unheeded = new Map<string, Finding>();

  private readonly restless: Restless;
  private readonly causes: Causes;

  constructor(
    private readonly context: Context,
    private readonly outbox: Outbox,
  ) {
    this.restless = new Restless(context, outbox);
    this.causes = new Causes(context, this.alarms);
  }

  get(id: string): Alarm | undefined {
    return this.alarms.get(id);
  }

  all(): IterableIterator<Alarm> {
    return this.alarms.values();
  }

  ids(): IterableIterator<string> {
    return this.alarms.keys();
  }

  /** Takes an alarm back as it was kept. */
  restore(kept: Alarm): void {
    const alarm = keptAlarm(kept);
    if (alarm.raising !== null) freezeDelay(alarm.raising, alarm.at);
    if (alarm.clearing !== null) freezeDelay(alarm.clearing, alarm.at);
    this.hold(alarm);
    this.recheck.add(alarm.id);
  }

  /** The alarm of an id; one that is normal is made of a rule that watches a metric, at a declared asset. */
  getOrMake(id: string): Alarm | undefined {
    const { rules, system, catalogue, clock } = this.context;
    const alarm = this.alarms.get(id);
    if (alarm !== undefined) return alarm;
    const { rule: ruleId = '', asset = null } = subjectOf(system, id) ?? {};
    const rule = rules.byId.get(ruleId)?.rule;
    if (rule?.metric === undefined || asset === null || catalogue.asset(asset) === undefined) return undefined;
    const input: AlarmInput = { at: 0, value: null, origin: 'live', feed: '', stage: null, place: null };
    const made = create(id, rule, { asset, occurrence: null }, input, clock);
    this.hold(made);
    return made;
  }

  private hold(alarm: Alarm): void {
    this.alarms.set(alarm.id, alarm);
    this.causes.add(alarm);
  }

  /** Follows a finding. Whether there was or is an alarm. */
  follow(finding: Finding): boolean {
    const { id, rule, subject, verdict, input, since } = finding;
    if (verdict === null) return this.alarms.has(id);
    let alarm = this.alarms.get(id);
    if (alarm !== undefined && alarm.outOfService !== null) return this.watchUnheeded(alarm, finding);
    if (verdict === 'idle') return this.end(id);
    const { clock } = this.context;
    const again = this.recheck.delete(id);
    if (alarm === undefined) {
      if (verdict !== 'holds') return false;
      alarm = create(id, rule.rule, subject, input, clock);
      this.hold(alarm);
    } else if (!again && rule.absent === null && rule.parts === null) {
      if (input.at < alarm.at || (input.at === alarm.at && sameInput(alarm, input))) return true;
    }
    const kept = isStanding(alarm) || isAside(alarm);
    alarm.at = Math.max(alarm.at, input.at);
    if (kept) this.outbox.touch(id);
    if (verdict === 'unknown') this.doubt(alarm, clock);
    else {
      takeOver(alarm, input);
      this.trust(alarm);
      this.delay(alarm, verdict, again ? clock : Math.min(since, clock));
      this.settle(alarm, rule);
      this.restless.compare(alarm, rule);
    }
    return true;
  }

  /** Time alone: what has held long enough, and what is too old to be known. */
  look(id: string): void {
    const alarm = this.alarms.get(id);
    const rule = alarm && this.context.rules.byId.get(alarm.rule);
    if (!alarm || !rule) return;
    this.settle(alarm, rule);
    this.restless.look(alarm);
    const stale = this.staleAt(alarm);
    if (this.alarms.has(id) && stale <= this.context.clock) this.doubt(alarm, stale);
  }

  /** When an alarm has to be looked at again; infinity: not without an input. */
  dueOf(id: string): number {
    const alarm = this.alarms.get(id);
    const rule = alarm && this.context.rules.byId.get(alarm.rule);
    if (!alarm || !rule) return Number.POSITIVE_INFINITY;
    const due = Math.min(this.raiseDue(alarm, rule), this.clearDue(alarm, rule), this.restless.dueOf(alarm));
    return alarm.unknown ? due : Math.min(due, this.staleAt(alarm));
  }

  /** An alarm was raised before the start. */
  recall(id: string, at: number): void {
    this.restless.recall(id, at);
  }

  /** A feed fell silent. */
  silent(feed: string): string[] {
    const { rules, clock } = this.context;
    const concerned = [...this.alarms.values()].filter(
      (alarm) => alarm.feed === feed && isOfOneInput(rules.byId.get(alarm.rule)),
    );
    for (const alarm of concerned) this.doubt(alarm, clock);
    return concerned.map(({ id }) => id);
  }

  /** A silent feed speaks again. */
  heard(feed: string): string[] {
    const { rules, clock } = this.context;
    const concerned = [...this.alarms.values()].filter(
      (alarm) =>
        alarm.feed === feed &&
        alarm.unknown &&
        isOfOneInput(rules.byId.get(alarm.rule)) &&
        this.staleAt(alarm) === Number.POSITIVE_INFINITY,
    );
    for (const alarm of concerned) {
      this.trust(alarm);
      if (alarm.raising !== null) resumeDelay(alarm.raising, clock);
      if (alarm.clearing !== null) resumeDelay(alarm.clearing, clock);
    }
    return concerned.map(({ id }) => id);
  }

  /** Out of service from here on: it is not judged; what it was is remembered for when it is back. */
  retire(alarm: Alarm): void {
    const { id, asset, occurrence, at, value, origin, feed, stage, place } = alarm;
    const rule = this.context.rules.byId.get(alarm.rule);
    const verdict = alarm.clearing === null ? 'holds' : 'over';
    if (rule !== undefined && (alarm.standing === 'active' || alarm.raising !== null)) {
      const input = { at, value, origin, feed, stage, place };
      this.unheeded.set(id, { id, rule, subject: { asset, occurrence }, verdict, input, since: at });
    }
    this.still(alarm);
  }

  private still(alarm: Alarm): void {
    alarm.standing = 'none';
    alarm.acknowledged = null;
    alarm.raising = null;
    alarm.clearing = null;
    alarm.unknown = false;
    alarm.suppressedBy = null;
    alarm.cause = null;
  }

  /** An alarm is back in service: what was last found of it counts from now on. */
  judgeAgain(alarm: Alarm): void {
    const finding = this.unheeded.get(alarm.id);
    this.unheeded.delete(alarm.id);
    this.recheck.add(alarm.id);
    if (finding !== undefined) this.follow(finding);
    this.look(alarm.id);
  }

  /** An alarm that is normal and not set aside is no longer held. */
  rest(alarm: Alarm): void {
    const held = isStanding(alarm) || alarm.raising !== null || isAside(alarm);
    if (!held && this.alarms.get(alarm.id) === alarm) this.drop(alarm);
  }

  /** Other rules than `before`, or another catalogue. */
  rulesChanged(before: RuleSet): void {
    const { rules, catalogue } = this.context;
    for (const alarm of this.alarms.values()) {
      const outOfService = alarm.asset !== null && catalogue.asset(alarm.asset)?.inService === false;
      if (!watchesSame(alarm.rule, before, rules)) {
        this.end(alarm.id, 'for good');
        continue;
      }
      if (outOfService) this.end(alarm.id);
      const priority = rules.byId.get(alarm.rule)?.rule.priority ?? alarm.priority;
      if (priority !== alarm.priority) {
        alarm.priority = priority;
        this.outbox.change(alarm, this.context.clock);
      }
      if (!this.alarms.has(alarm.id)) continue;
      this.recheck.add(alarm.id);
    }
    this.causes.rebuild();
    for (const alarm of this.alarms.values()) this.explain(alarm);
  }

  /** A new day of the city: seasons may have ended. */
  newDay(): string[] {
    const { rules, clock, offset } = this.context;
    const over = [...this.alarms.values()].filter(
      ({ rule }) => !inSeason(rules.byId.get(rule)?.rule.season, clock, offset),
    );
    for (const { id } of over) this.end(id);
    return over.map(({ id }) => id);
  }

  /** Begins and ends the delays as the verdict says. */
  private delay(alarm: Alarm, verdict: Verdict, since: number): void {
    if (alarm.standing === 'active') {
      if (verdict !== 'over') {
        if (alarm.clearing !== null) this.restless.flip(alarm, true);
        alarm.clearing = null;
      } else if (alarm.clearing === null) {
        alarm.clearing = beginDelay(since);
        this.restless.flip(alarm, false);
      } else resumeDelay(alarm.clearing, since);
    } else if (verdict !== 'holds') {
      if (alarm.raising !== null) this.outbox.touch(alarm.id);
      alarm.raising = null;
      if (alarm.standing === 'none') this.drop(alarm);
    } else if (alarm.raising === null) {
      alarm.raising = beginDelay(since);
      this.outbox.touch(alarm.id);
    } else resumeDelay(alarm.raising, since);
  }

  /** Raises or clears what has held long enough, as far as its input reaches. */
  private settle(alarm: Alarm, rule: CompiledRule): void {
    const until = Math.min(this.context.clock, this.staleAt(alarm));
    if (this.raiseDue(alarm, rule) <= until) this.raise(alarm);
    if (this.clearDue(alarm, rule) <= until) this.clear(alarm);
  }

  private raise(alarm: Alarm): void {
    alarm.standing = 'active';
    alarm.acknowledged = null;
    alarm.raising = null;
    alarm.clearing = null;
    alarm.clearedAt = null;
    alarm.raisedAt = this.context.clock;
    const cause = this.causes.of(alarm);
    alarm.suppressedBy = cause?.rule ?? null;
    alarm.cause = cause?.id ?? null;
    alarm.seenValue = null;
    alarm.worsened = worsenedFrom(alarm, this.causes.explainedAtSubject(alarm));
    this.outbox.tell('raised', alarm, this.context.clock);
    this.restless.countRaising(alarm);
    this.explainConsequences(alarm);
  }

  private clear(alarm: Alarm): void {
    this.restless.calm(alarm);
    const seen = alarm.acknowledged !== null || alarm.suppressedBy !== null || isAside(alarm) || alarm.priority > 2;
    alarm.standing = seen ? 'none' : 'cleared';
    alarm.clearing = null;
    alarm.clearedAt = this.context.clock;
    this.outbox.tell('cleared', alarm, this.context.clock);
    this.explainConsequences(alarm);
    if (seen) this.drop(alarm);
  }

  /** It is normal: forgotten, but for what people set aside. */
  private drop(alarm: Alarm): void {
    this.outbox.touch(alarm.id);
    if (isAside(alarm)) {
      this.still(alarm);
      return;
    }
    this.alarms.delete(alarm.id);
    this.causes.remove(alarm);
    this.unheeded.delete(alarm.id);
    this.recheck.delete(alarm.id);
  }

  /**
   * The alarm is no longer judged: its rule, season or asset is out of use. What is out of service stays so, unless its rule is
   * gone `for good`. Whether there was one.
   */
  private end(id: string, how: 'for now' | 'for good' = 'for now'): boolean {
    const alarm = this.alarms.get(id);
    if (alarm === undefined) return false;
    if (alarm.outOfService !== null && how === 'for now') return true;
    const told = isStanding(alarm) || isAside(alarm);
    const active = alarm.standing === 'active';
    alarm.standing = 'none';
    alarm.raising = null;
    alarm.clearing = null;
    alarm.shelved = null;
    alarm.outOfService = null;
    if (told) this.outbox.tell('ended', alarm, this.context.clock);
    if (active) this.explainConsequences(alarm);
    this.drop(alarm);
    return true;
  }

  /** Out of service: its value is followed, nothing comes of it. */
  private watchUnheeded(alarm: Alarm, finding: Finding): true {
    const { input, verdict } = finding;
    const before = this.unheeded.get(alarm.id);
    if (before !== undefined && input.at < before.input.at) return true;
    this.unheeded.set(alarm.id, finding);
    alarm.at = Math.max(alarm.at, input.at);
    if (verdict !== 'unknown') takeOver(alarm, input);
    this.outbox.touch(alarm.id);
    return true;
  }

  private doubt(alarm: Alarm, at: number): void {
    if (alarm.unknown || alarm.outOfService !== null) return;
    if (alarm.raising !== null) freezeDelay(alarm.raising, at);
    if (alarm.clearing !== null) freezeDelay(alarm.clearing, at);
    if (!waits(alarm)) return;
    alarm.unknown = true;
    if (alarm.standing === 'active') this.outbox.tell('unknown', alarm, this.context.clock);
    else this.outbox.touch(alarm.id);
  }

  private trust(alarm: Alarm): void {
    if (!alarm.unknown) return;
    alarm.unknown = false;
    if (alarm.standing === 'active') this.outbox.tell('known', alarm, this.context.clock);
    else this.outbox.touch(alarm.id);
  }

  private explain(alarm: Alarm): void {
    if (alarm.standing !== 'active') return;
    const cause = this.causes.of(alarm);
    if ((cause?.id ?? null) === alarm.cause && (cause?.rule ?? null) === alarm.suppressedBy) return;
    const before = alarm.suppressedBy;
    alarm.suppressedBy = cause?.rule ?? null;
    alarm.cause = cause?.id ?? null;
    if (before === null) this.outbox.tell('suppressed', alarm, this.context.clock);
    else if (cause === null) this.outbox.tell('released', alarm, this.context.clock);
    else this.outbox.change(alarm, this.context.clock);
  }

  /** A cause began or ended. */
  explainConsequences(cause: Alarm): void {
    for (const alarm of this.causes.explainedBy(cause)) this.explain(alarm);
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
    return delayDue(alarm.clearing, this.restless.clearAfter(alarm, rule) / this.paceOf(alarm));
  }

  /** When the input of a metric's alarm becomes stale; infinity where it never does. */
  private staleAt(alarm: Alarm): number {
    const rule = this.context.rules.byId.get(alarm.rule);
    if (rule?.rule.metric === undefined || rule.absent !== null) return Number.POSITIVE_INFINITY;
    if (!waits(alarm)) return Number.POSITIVE_INFINITY;
    if (alarm.knownUntil !== null) return alarm.knownUntil + 1;
    const staleAfter = this.context.catalogue.staleAfter(rule.rule.metric);
    return staleAfter === undefined ? Number.POSITIVE_INFINITY : alarm.at + staleAfter + 1;
  }

  private paceOf({ origin }: Pick<Alarm, 'origin'>): number {
    return origin === 'simulated' ? this.context.pace : 1;
  }
}

/** Silence itself is what rules of absence judge, and several conditions may come from several feeds. */
function isOfOneInput(rule: CompiledRule | undefined): boolean {
  return rule?.absent === null && rule.parts === null;
}

/** Whether its input matters: one that is over, or set aside and normal, waits for nothing but people, and is never unknown. */
function waits(alarm: Alarm): boolean {
  return alarm.standing === 'active' || alarm.raising !== null;
}

/** A step of a ladder: the gravest active alarm below that this one explains. */
function worsenedFrom(alarm: Alarm, below: Iterable<Alarm>): Alarm['worsened'] {
  let from: Alarm | null = null;
  for (const one of below)
    if (one.standing === 'active' && one.priority > alarm.priority && (from === null || one.priority < from.priority))
      from = one;
  return from && { from: `P${from.priority}`, to: `P${alarm.priority}`, at: alarm.raisedAt ?? 0 };
}

function takeOver(alarm: Alarm, input: AlarmInput): void {
  alarm.value = input.value;
  alarm.origin = input.origin;
  alarm.feed = input.feed;
  alarm.stage = input.stage;
  alarm.place = input.place;
  alarm.knownUntil = input.knownUntil ?? null;
  alarm.extent = input.extent ?? null;
}

function create(id: string, rule: AlarmRule, subject: AlarmSubject, input: AlarmInput, now: number): Alarm {
  return keptAlarm({
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
    version: now,
    ...input,
  });
}

function sameInput(alarm: Alarm, { value, stage }: AlarmInput): boolean {
  if (stage !== null) {
    const before = alarm.stage;
    return before !== null && before.status === stage.status && before.level === stage.level;
  }
  return Array.isArray(value) ? String(value) === String(alarm.value) : value === alarm.value;
}
