import type { Alarm, AlarmInput } from './alarm.js';
import { alarmId } from './alarm.js';
import type { Context } from './context.js';
import type { Finding } from './finding.js';
import { type CompiledRule, type RuleSet, watchesSame } from './rule-set.js';

/** The last sign of life of a series that a rule of absence watches. */
interface Sign {
  rule: string;
  asset: string;
  input: AlarmInput;
}

/** Judges what is not said: the rules that silence alone makes hold [AL6]. Times are Unix ms. */
export class Absence {
  /** by alarm id */
  private readonly signs = new Map<string, Sign>();
  /** since when silence is that of others; infinity while we ourselves hear nothing */
  private hearsSince: number;

  /** @param alarms those that are not normal, by id */
  constructor(
    private readonly context: Context,
    private readonly alarms: { get(id: string): Readonly<Alarm> | undefined },
  ) {
    this.hearsSince = context.clock;
  }

  /** Ids of all that is watched. */
  ids(): IterableIterator<string> {
    return this.signs.keys();
  }

  /** A value of a series that a rule of absence watches; null: it is not newer than one before. */
  hear(id: string, rule: CompiledRule, asset: string, input: AlarmInput): Finding | null {
    const before = this.signs.get(id);
    if (before !== undefined && input.at <= before.input.at) return null;
    this.signs.set(id, { rule: rule.rule.id, asset, input });
    const fresh = input.at + (rule.absent ?? 0) > this.context.clock;
    return {
      id,
      rule,
      subject: { asset, occurrence: null },
      verdict: fresh ? 'over' : null,
      input,
      since: input.at,
    };
  }

  /** An asset that should speak from `since` on. Ids of what is watched anew. */
  expect(asset: string, metric: string, since: number): string[] {
    const watched: string[] = [];
    for (const rule of this.context.rules.ofMetric(metric)) {
      const id = alarmId(this.context.system, rule.rule.id, { asset, occurrence: null });
      if (rule.absent === null || this.signs.has(id)) continue;
      const { at = since, origin = 'live', feed = '' } = this.alarms.get(id) ?? {};
      this.signs.set(id, {
        rule: rule.rule.id,
        asset,
        input: { at, value: null, origin, feed, stage: null, place: null },
      });
      watched.push(id);
    }
    return watched;
  }

  /** What the silence of a series says by now; null: nothing. */
  silence(id: string): Finding | null {
    const sign = this.signs.get(id);
    const rule = sign && this.context.rules.byId.get(sign.rule);
    const since = this.dueOf(id);
    if (!sign || !rule || since > this.context.clock) return null;
    const subject = { asset: sign.asset, occurrence: null };
    return { id, rule, subject, verdict: 'holds', input: { ...sign.input, value: null }, since };
  }

  /** When the rule begins to hold; infinity where it does already, or none of absence watches. */
  dueOf(id: string): number {
    const sign = this.signs.get(id);
    const rule = sign && this.context.rules.byId.get(sign.rule);
    if (!sign || !rule || rule.absent === null) return Number.POSITIVE_INFINITY;
    const alarm = this.alarms.get(id);
    if (alarm?.outOfService) return Number.POSITIVE_INFINITY;
    const told = alarm !== undefined && (alarm.raising !== null || (alarm.standing === 'active' && !alarm.clearing));
    return told ? Number.POSITIVE_INFINITY : Math.max(sign.input.at, this.hearsSince) + rule.absent;
  }

  /** Whether anything can reach us at all. Whether that is new. */
  hears(hears: boolean): boolean {
    if (hears === Number.isFinite(this.hearsSince)) return false;
    this.hearsSince = hears ? this.context.clock : Number.POSITIVE_INFINITY;
    return true;
  }

  forget(id: string): void {
    this.signs.delete(id);
  }

  /** Other rules than `before`. */
  rulesChanged(before: RuleSet): void {
    for (const [id, { rule }] of this.signs) if (!watchesSame(rule, before, this.context.rules)) this.signs.delete(id);
  }
}
