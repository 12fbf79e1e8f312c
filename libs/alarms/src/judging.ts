import type { Absence } from './absence.js';
import { type AlarmInput, type AlarmOccurrence, type AlarmReading, alarmId, typeOfAsset } from './alarm.js';
import { ChangeOver } from './change-over.js';
import { combine, NEVER, type PartState, type Parts } from './combination.js';
import type { Context } from './context.js';
import type { Finding } from './finding.js';
import type { Attributes } from './rule.js';
import { type CompiledRule, type RuleSet, watchesSame } from './rule-set.js';
import { inSeason } from './season.js';
import { Usual, type UsualAsked } from './usual.js';

const NO_ATTRIBUTES: Attributes = {};

/** What is known of the parts of a rule at one asset. */
interface PartsKnown {
  rule: string;
  asset: string;
  states: (PartState | undefined)[];
  /** newest value of the rule's own metric */
  value: AlarmInput['value'];
  /** newest input of any part */
  input: AlarmInput;
}

/**
 * What readings and occurrences say about the rules that watch them. It knows series, never states of alarms; times are
 * Unix ms.
 */
export class Judging {
  /** by alarm id */
  private readonly changes = new Map<string, ChangeOver>();
  /** of rules of several conditions, by alarm id: what is known of each, and the newest value of the rule's own metric */
  private readonly parts = new Map<string, PartsKnown>();

  private readonly usual = new Usual();

  constructor(
    private readonly context: Context,
    private readonly absence: Absence,
  ) {}

  /** What rules of deviation need to be told of the past. */
  takeAsked(): UsualAsked[] {
    return this.usual.take();
  }

  /** What was asked for and could not be looked up. */
  forgetAsked(asked: UsualAsked): void {
    this.usual.forget(asked);
  }

  /** What is usual of a series at an hour. What it says of the reading that waited for it. @param mean null: nobody knows */
  learnUsual(asset: string, metric: string, hour: number, mean: number | null): Finding[] {
    const waiting = this.usual.learn(asset, metric, hour, mean);
    return waiting === null ? NOTHING : this.reading(waiting).filter(({ rule }) => rule.deviates);
  }

  /** A newest value of a series. */
  reading(reading: AlarmReading): Finding[] {
    const { system, rules, catalogue, clock, offset } = this.context;
    const { asset, metric, value, at } = reading;
    const watched = this.watched(asset, metric);
    const watching = rules.ofMetric(watched);
    if (watching.length === 0) return NOTHING;
    const known = catalogue.asset(asset);
    const staleAfter = catalogue.staleAfter(watched);
    const doubtful =
      reading.quality === 'bad' ||
      reading.flags.includes('rate') ||
      (staleAfter !== undefined && clock - at > staleAfter);
    const input: AlarmInput = { at, value, origin: reading.origin, feed: reading.feed, stage: null, place: null };
    const subject = { asset, occurrence: null };
    const findings: Finding[] = [];
    for (const rule of watching) {
      if (rule.parts !== null) {
        findings.push(...this.combined(rule, rule.parts, watched, { ...input, asset }, doubtful, staleAfter));
        continue;
      }
      const id = alarmId(system, rule.rule.id, subject);
      if (known?.inService === false || !inSeason(rule.rule.season, clock, offset)) {
        this.absence.forget(id);
        findings.push({ id, rule, subject, verdict: 'idle', input, since: at });
      } else if (rule.absent !== null) {
        const heard = this.absence.hear(id, rule, asset, input);
        if (heard !== null) findings.push(heard);
      } else {
        const attributes = known?.attributes ?? NO_ATTRIBUTES;
        const change = doubtful ? null : this.changeOf(id, rule, at, value);
        const usual = rule.deviates && !doubtful ? this.usual.at(reading) : null;
        // while what is usual is being looked up nothing is said, where nobody knows it the alarm is unknown [AL57]
        if (usual === undefined) continue;
        const unknown = doubtful || (rule.deviates && usual === null);
        const verdict = unknown ? 'unknown' : rule.judge({ value, attributes, change, usual });
        findings.push({ id, rule, subject, verdict, input, since: at });
      }
    }
    return findings;
  }

  /** A value of one of several conditions: what they say together, at each asset that it concerns. */
  private *combined(
    rule: CompiledRule,
    { type, tree, list }: Parts,
    watched: string,
    input: AlarmInput & { asset: string },
    doubtful: boolean,
    staleAfter: number | undefined,
  ): Generator<Finding> {
    const { system, catalogue } = this.context;
    const until = staleAfter === undefined ? NEVER : input.at + staleAfter;
    const told = new Set<PartsKnown>();
    list.forEach((part, index) => {
      if (part.metric !== watched) return;
      for (const asset of part.of === null ? [input.asset] : catalogue.referring(type, part.of, input.asset)) {
        const id = alarmId(system, rule.rule.id, { asset, occurrence: null });
        let known = this.parts.get(id);
        if (known === undefined) {
          known = { rule: rule.rule.id, asset, states: list.map(() => undefined), value: null, input };
          this.parts.set(id, known);
        }
        const before = known.states[index];
        if (before !== undefined && input.at < before.at) continue;
        const attributes = catalogue.asset(input.asset)?.attributes ?? NO_ATTRIBUTES;
        const verdict = doubtful || input.value === null ? 'unknown' : part.judge(input.value, attributes);
        known.states[index] = { verdict, at: input.at, until, feed: input.feed, silent: false };
        if (part.of === null && part.metric === rule.rule.metric && !doubtful) known.value = input.value;
        const { asset: _, ...rest } = input;
        known.input = rest;
        told.add(known);
      }
    });
    for (const known of told) yield this.together(known, rule, { tree }, input.at);
  }

  /** What several conditions say together at an asset. */
  private together(
    { asset, states, value, input }: PartsKnown,
    rule: CompiledRule,
    { tree }: Pick<Parts, 'tree'>,
    since: number,
  ): Finding {
    const { system, catalogue, clock, offset } = this.context;
    const subject = { asset, occurrence: null };
    const id = alarmId(system, rule.rule.id, subject);
    if (catalogue.asset(asset)?.inService === false || !inSeason(rule.rule.season, clock, offset))
      return { id, rule, subject, verdict: 'idle', input: { ...input, value }, since };
    const { verdict, knownUntil } = combine(tree, states, clock);
    return { id, rule, subject, verdict, input: { ...input, value, knownUntil }, since };
  }

  /** A feed fell silent: what came from it is a part of nothing that is known. */
  silent(feed: string): Finding[] {
    return this.hush(feed, true, (state) => !state.silent);
  }

  /** It speaks again: what reports only changes is known again, the rest with its next value. */
  heard(feed: string): Finding[] {
    return this.hush(feed, false, (state) => state.silent && state.until === NEVER);
  }

  private hush(feed: string, silent: boolean, concerned: (state: PartState) => boolean): Finding[] {
    const findings: Finding[] = [];
    for (const known of this.parts.values()) {
      const rule = this.context.rules.byId.get(known.rule);
      const hushed = known.states.filter((state) => state?.feed === feed && concerned(state)) as PartState[];
      if (hushed.length === 0 || !rule?.parts) continue;
      for (const state of hushed) state.silent = silent;
      findings.push(this.together(known, rule, rule.parts, this.context.clock));
    }
    return findings;
  }

  /** Other rules: what is known of their parts is judged anew. */
  rulesChanged(before: RuleSet): void {
    for (const [id, { rule }] of this.parts) if (!watchesSame(rule, before, this.context.rules)) this.parts.delete(id);
  }

  /** A value of before the start, for the change over a time only. In the order of time. */
  learn(asset: string, metric: string, at: number, value: number): void {
    const { system, rules } = this.context;
    for (const rule of rules.ofMetric(this.watched(asset, metric)))
      this.changeOf(alarmId(system, rule.rule.id, { asset, occurrence: null }), rule, at, value);
  }

  /** A newest stage of an occurrence. */
  occurrence(occurrence: AlarmOccurrence): Finding[] {
    const { system, rules, catalogue, clock, offset } = this.context;
    const { type, status, level, fields, place, at, origin, feed } = occurrence;
    const subject = { asset: occurrence.asset ?? null, occurrence: occurrence.id };
    const stage = { type, status, level: level ?? null, fields };
    const input: AlarmInput = { at, value: null, origin, feed, stage, place: place ?? null };
    return rules.ofOccurrence(type).map((rule) => {
      const id = alarmId(system, rule.rule.id, subject);
      const runs = inSeason(rule.rule.season, clock, offset);
      const verdict = runs ? (rule.matches(occurrence, catalogue) ? 'holds' : 'over') : 'idle';
      return { id, rule, subject, verdict, input, since: at };
    });
  }

  /** `type/metric` of a series */
  private watched(asset: string, metric: string): string {
    return `${typeOfAsset(this.context.system, asset)}/${metric}`;
  }

  private changeOf(id: string, rule: CompiledRule, at: number, value: unknown): number | null {
    if (rule.ratePer === null || typeof value !== 'number') return null;
    const series = this.changes.get(id) ?? new ChangeOver(rule.ratePer);
    this.changes.set(id, series);
    return series.take(at, value);
  }
}

const NOTHING: Finding[] = [];
