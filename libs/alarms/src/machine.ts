import { Absence } from './absence.js';
import {
  type Alarm,
  type AlarmOccurrence,
  type AlarmOutcome,
  type AlarmReading,
  type AlarmSubject,
  alarmId,
} from './alarm.js';
import type { AlarmCommand, CommandAnswer } from './command.js';
import type { Context } from './context.js';
import { DueTimes } from './due-times.js';
import type { Finding } from './finding.js';
import { AlarmHandling } from './handling.js';
import { Judging } from './judging.js';
import { AlarmLives } from './lives.js';
import { Outages } from './outages.js';
import { Outbox } from './outbox.js';
import type { AlarmCatalogue, AlarmRule } from './rule.js';
import { RuleSet } from './rule-set.js';
import { nextDay } from './season.js';
import type { UsualAsked } from './usual.js';

export interface AlarmMachineOptions {
  /** Unix ms; nothing is raised or cleared before it */
  now: number;
  /** how many times faster than the clock simulated matter goes; default 1 [AL26] */
  pace?: number;
  /** distance of the city's day from UTC, ms; default +08:00 */
  offset?: number;
}

const CITY_OFFSET = 8 * 3_600_000;
/** Key among the due times: the city's day is over, seasons may begin and end. */
const NEW_DAY = '';
/** Another one: a minute is over, assets may have fallen silent together. No alarm has such an id. */
const MINUTE_OVER = ' ';

/**
 * The alarms of one system: readings, occurrences and time in, changed alarms and events out (SPEC.md). It holds only what
 * is not normal, so an input costs by the rules that watch it and nothing by the size of the city. Times are Unix ms; each
 * call moves the machine's clock, which never goes back. What inputs say is judged in `judging` and `absence`, how alarms
 * live by it in `lives`, what people do in `handling`; here is what brings them together: the clock and what is due.
 */
export class AlarmMachine {
  private readonly context: { -readonly [key in keyof Context]: Context[key] };
  private readonly outbox = new Outbox();
  private readonly lives: AlarmLives;
  private readonly handling: AlarmHandling;
  private readonly absence: Absence;
  private readonly outages: Outages;
  private readonly judging: Judging;
  private readonly due = new DueTimes();

  constructor(system: string, rules: readonly AlarmRule[], catalogue: AlarmCatalogue, options: AlarmMachineOptions) {
    const { now, pace = 1, offset = CITY_OFFSET } = options;
    this.context = { system, rules: new RuleSet(rules), catalogue, clock: now, pace, offset };
    this.lives = new AlarmLives(this.context, this.outbox);
    this.handling = new AlarmHandling(this.context, this.outbox, this.lives);
    this.absence = new Absence(this.context, this.lives);
    this.outages = new Outages(this.context, this.lives);
    this.judging = new Judging(this.context, this.absence);
    this.watchSeasons();
    this.due.ask(MINUTE_OVER, this.outages.nextDue());
  }

  /**
   * Takes back what `take` once gave to be saved. Delays stand still until the alarm is judged by a reading or occurrence,
   * also one it has seen: what went on meanwhile nobody watched.
   */
  restore(alarms: Iterable<Alarm>): void {
    for (const alarm of alarms) {
      this.lives.restore(alarm);
      this.ask(alarm.id);
    }
  }

  get(id: string): Readonly<Alarm> | undefined {
    return this.lives.get(id);
  }

  all(): IterableIterator<Readonly<Alarm>> {
    return this.lives.all();
  }

  /** Id of the alarm of a rule at an asset, or (no asset: at an occurrence). */
  idOf(rule: string, subject: AlarmSubject): string {
    return alarmId(this.context.system, rule, subject);
  }

  /** A newest value of a series. */
  reading(reading: AlarmReading, now: number): void {
    this.advance(now);
    this.outages.hear(reading.asset, reading.metric, reading.at, reading.feed, reading.origin);
    for (const finding of this.judging.reading(reading)) this.follow(finding);
  }

  /** A value of before the start, for the change over a time only. In the order of time. */
  learn(asset: string, metric: string, at: number, value: number): void {
    this.judging.learn(asset, metric, at, value);
  }

  /** What rules of deviation need to be told of the past, each once; answer with `learnUsual` or `forgetAsked`. */
  takeAsked(): UsualAsked[] {
    return this.judging.takeAsked();
  }

  /** What is usual of a series at an hour, as it was asked for. @param mean null: there is too little history */
  learnUsual({ asset, metric, hour }: UsualAsked, mean: number | null, now: number): void {
    this.advance(now);
    for (const finding of this.judging.learnUsual(asset, metric, hour, mean)) this.follow(finding);
  }

  /** It could not be looked up: it is asked for again with the next reading. */
  forgetAsked(asked: UsualAsked): void {
    this.judging.forgetAsked(asked);
  }

  /** A newest stage of an occurrence. */
  occurrence(occurrence: AlarmOccurrence, now: number): void {
    this.advance(now);
    for (const finding of this.judging.occurrence(occurrence)) this.follow(finding);
  }

  /** An alarm was raised before the start, not long ago: it counts for chattering. In the order of time. @param at Unix ms */
  recall(id: string, at: number): void {
    this.lives.recall(id, at);
  }

  /** An asset that should speak: rules of absence count from `since`, unless it spoke. */
  expect(asset: string, metric: string, since: number): void {
    for (const id of this.absence.expect(asset, metric, since)) this.ask(id);
  }

  /** A feed fell silent: what it last said is not known to hold. */
  silent(feed: string, now: number): void {
    this.advance(now);
    for (const id of this.lives.silent(feed)) this.ask(id);
    for (const finding of this.judging.silent(feed)) this.follow(finding);
  }

  /** A silent feed speaks again: what reports only changes is known again; the rest is with its next reading. */
  heard(feed: string, now: number): void {
    this.advance(now);
    for (const id of this.lives.heard(feed)) this.ask(id);
    for (const finding of this.judging.heard(feed)) this.follow(finding);
  }

  /** Whether inputs can reach the machine at all. While they can't, silence is our own: no absence counts. */
  hears(hears: boolean, now: number): void {
    this.advance(now);
    for (const finding of this.outages.hears(hears)) this.follow(finding);
    if (!this.absence.hears(hears)) return;
    for (const id of this.absence.ids()) this.ask(id);
  }

  /** Somebody does something to an alarm. */
  command(command: AlarmCommand, now: number): CommandAnswer {
    this.advance(now);
    const answer = this.handling.command(command);
    this.ask(command.id);
    return answer;
  }

  /**
   * Other rules or another catalogue. Alarms of rules that still watch the same stay, and are judged anew with the next
   * reading of their series, also one they have seen; the others end.
   */
  setRules(rules: readonly AlarmRule[], catalogue: AlarmCatalogue, now: number): void {
    this.advance(now);
    const before = this.context.rules;
    this.context.rules = new RuleSet(rules);
    this.context.catalogue = catalogue;
    this.absence.rulesChanged(before);
    this.judging.rulesChanged(before);
    this.outages.rulesChanged();
    this.lives.rulesChanged(before);
    this.askAll();
  }

  /** Simulated matter goes so many times faster than the clock from now on. */
  setPace(pace: number, now: number): void {
    this.advance(now);
    this.context.pace = pace;
    this.askAll();
  }

  /** Lets time pass: what is due until `now` happens at its own time, in order. */
  advance(now: number): void {
    for (let next = this.due.take(now); next !== null; next = this.due.take(now)) {
      this.context.clock = Math.max(this.context.clock, next.due);
      if (next.key === NEW_DAY) this.newDay();
      else if (next.key === MINUTE_OVER) this.minuteOver();
      else this.look(next.key);
    }
    this.context.clock = Math.max(this.context.clock, now);
  }

  /** When `advance` has to be called at the latest, Unix ms; null: not without an input. */
  nextDue(): number | null {
    return this.due.next();
  }

  /** Whether there is something to tell since the last `take`. */
  get eventful(): boolean {
    return this.outbox.eventful;
  }

  /** Whether there is something to keep since the last `take`, if only a newer value. */
  get changed(): boolean {
    return this.outbox.changed;
  }

  /** What came of the inputs since the last call. */
  take(): AlarmOutcome {
    return this.outbox.take(this.lives);
  }

  private follow(finding: Finding): void {
    // What is normal and stays so, by far the most, has nothing due.
    if (this.lives.follow(finding) || finding.rule.absent !== null) this.ask(finding.id);
  }

  /** Something at an alarm may be due. */
  private look(id: string): void {
    const silence = this.absence.silence(id);
    if (silence !== null) this.lives.follow(silence);
    this.lives.look(id);
    this.handling.look(id);
    this.ask(id);
  }

  private newDay(): void {
    for (const id of this.lives.newDay()) this.ask(id);
    this.watchSeasons();
  }

  private minuteOver(): void {
    for (const finding of this.outages.look()) this.follow(finding);
    this.due.ask(MINUTE_OVER, this.outages.nextDue());
  }

  private ask(id: string): void {
    const due = Math.min(this.lives.dueOf(id), this.handling.dueOf(id), this.absence.dueOf(id));
    if (due === Number.POSITIVE_INFINITY && this.lives.get(id) === undefined) this.due.forget(id);
    else this.due.ask(id, due);
  }

  private askAll(): void {
    this.due.clear();
    for (const id of this.lives.ids()) this.ask(id);
    for (const id of this.absence.ids()) this.ask(id);
    this.watchSeasons();
    this.due.ask(MINUTE_OVER, this.outages.nextDue());
  }

  private watchSeasons(): void {
    if ([...this.context.rules.byId.values()].some(({ rule }) => rule.season !== undefined))
      this.due.ask(NEW_DAY, nextDay(this.context.clock, this.context.offset));
  }
}
