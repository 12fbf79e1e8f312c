import type { AlarmOccurrence } from './alarm.js';
import { compileParts, type Parts } from './combination.js';
import { compileCondition, type Measured, type Verdict } from './condition.js';
import type { AlarmCatalogue, AlarmRule, Scalar } from './rule.js';

/** Instead of an asset type: what a rule of outage watches. */
export const SYSTEM = '';

/** A rule made ready. */
export interface CompiledRule {
  rule: AlarmRule;
  /** ms */
  raiseAfter: number;
  clearAfter: number;
  /** ms without a value; null: the rule is none of absence */
  absent: number | null;
  /** ms of the rate; null: none */
  ratePer: number | null;
  /** compared with the same hour a week ago */
  deviates: boolean;
  judge(measured: Measured): Verdict;
  /** several conditions together; null: one */
  parts: Parts | null;
  matches(occurrence: AlarmOccurrence, catalogue: AlarmCatalogue): boolean;
  /** 1: a higher value is worse, -1: a lower one, 0: neither */
  worseSide: 1 | -1 | 0;
  /** asset type that it watches; null: occurrences; `SYSTEM`: the system as a whole */
  type: string | null;
  /** rules whose alarm explains this one's */
  causes: CompiledRule[];
  /** types of the assets at which they are; null among them: of occurrences */
  causeTypes: Set<string | null>;
  /** rules whose alarm this one's alarm explains, by id */
  consequences: Set<string>;
}

/** The rules of a system, found by what they watch. */
export class RuleSet {
  readonly byId: ReadonlyMap<string, CompiledRule>;
  private readonly byMetric = new Map<string, CompiledRule[]>();
  private readonly byType = new Map<string, CompiledRule[]>();

  constructor(rules: readonly AlarmRule[]) {
    const byId = new Map<string, CompiledRule>();
    for (const rule of rules) {
      const compiled = compileRule(rule);
      byId.set(rule.id, compiled);
      const metrics = compiled.parts?.metrics ?? (rule.metric === undefined ? [] : [rule.metric]);
      for (const metric of metrics) push(this.byMetric, metric, compiled);
      if (rule.occurrence !== undefined) push(this.byType, rule.occurrence.type, compiled);
    }
    const outages = [...byId.values()].filter(({ type }) => type === SYSTEM);
    for (const compiled of byId.values()) {
      const named = (compiled.rule.suppressedBy ?? []).flatMap((id) => byId.get(id) ?? []);
      // what falls silent with the platform is explained by that, without being said of each rule
      const implied = compiled.absent === null ? [] : outages.filter(({ rule }) => reaches(rule, compiled));
      for (const cause of new Set([...named, ...implied])) {
        compiled.causes.push(cause);
        compiled.causeTypes.add(cause.type);
        cause.consequences.add(compiled.rule.id);
      }
    }
    this.byId = byId;
  }

  /** @param metric `type/metric` */
  ofMetric(metric: string): readonly CompiledRule[] {
    return this.byMetric.get(metric) ?? NONE;
  }

  ofOccurrence(type: string): readonly CompiledRule[] {
    return this.byType.get(type) ?? NONE;
  }

  /** `type/metric` that rules watch. */
  metrics(): IterableIterator<string> {
    return this.byMetric.keys();
  }
}

/** Whether a rule still watches what it watched; one that is gone does not, one that was unknown before does. */
export function watchesSame(id: string, before: RuleSet, now: RuleSet): boolean {
  const [was, is] = [before.byId.get(id)?.rule, now.byId.get(id)?.rule];
  return is !== undefined && (was === undefined || watched(was) === watched(is));
}

/** What a rule watches, as a text to compare. */
function watched({ metric, occurrence, outage, when }: AlarmRule): string {
  const parts = JSON.stringify([when?.all, when?.any]);
  return `${outage !== undefined} ${metric ?? ''} ${occurrence?.type ?? ''} ${when?.absent !== undefined} ${parts}`;
}

const NONE: readonly CompiledRule[] = [];

/** Whether a rule of outage counts assets of the type that another watches. */
function reaches({ outage }: AlarmRule, { type }: CompiledRule): boolean {
  return type !== null && (outage?.types === undefined || outage.types.includes(type));
}

function compileRule(rule: AlarmRule): CompiledRule {
  const { when = {}, occurrence } = rule;
  const oneOf = (words: string | string[] | undefined) =>
    words === undefined ? null : new Set(Array.isArray(words) ? words : [words]);
  const statuses = oneOf(occurrence?.status);
  const levels = oneOf(occurrence?.level);
  const barring = Object.entries(occurrence?.unless ?? {}).map(([field, words]) => [field, [words].flat()] as const);
  return {
    rule,
    raiseAfter: rule.for ?? 0,
    clearAfter: rule.clearFor ?? 0,
    absent: when.absent ?? null,
    ratePer: when.rate?.per ?? null,
    deviates: when.deviation !== undefined,
    judge: compileCondition(when),
    parts: compileParts(rule),
    matches: ({ type, status, level, fields }, catalogue) =>
      !barring.some(([field, words]) => words.includes((fields[field] ?? null) as Scalar)) &&
      (statuses === null ? !catalogue.closed(type, status) : statuses.has(status)) &&
      (levels === null || (level !== undefined && levels.has(level))),
    worseSide: (when.above ?? when.atLeast) !== undefined ? 1 : (when.below ?? when.atMost) !== undefined ? -1 : 0,
    type: rule.outage !== undefined ? SYSTEM : (rule.metric?.slice(0, rule.metric.indexOf('/')) ?? null),
    causes: [],
    causeTypes: new Set(),
    consequences: new Set(),
  };
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
