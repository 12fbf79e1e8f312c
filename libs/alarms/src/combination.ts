import { compileCondition, type Verdict } from './condition.js';
import type { AlarmRule, Attributes } from './rule.js';

/** Conditions of a rule that each watch a metric of their own. */
export interface Parts {
  /** type of the assets that the rule is about */
  type: string;
  mode: 'all' | 'any';
  /** `type/metric` that are watched, each once */
  metrics: readonly string[];
  list: readonly Part[];
}

interface Part {
  /** `type/metric` */
  metric: string;
  /** attribute that names the asset it is a metric of; null: the rule's own */
  of: string | null;
  judge(value: Parameters<ReturnType<typeof compileCondition>>[0]['value'], attributes: Attributes): Verdict;
}

/** What is known of one part at one asset. Times are Unix ms. */
export interface PartState {
  verdict: Verdict | 'unknown';
  at: number;
  /** stale after */
  until: number;
}

/** What all parts say together, and until when if nothing else is heard. */
export interface Combined {
  /** null: a part was not heard yet, and the others do not decide */
  verdict: Verdict | 'unknown' | null;
  /** Unix ms */
  knownUntil: number;
}

/** Beyond every time there is; it can be written as JSON. */
const NEVER = Number.MAX_SAFE_INTEGER;

export function compileParts({ metric, when = {} }: AlarmRule): Parts | null {
  const parts = when.all ?? when.any;
  if (parts === undefined || metric === undefined) return null;
  const type = metric.slice(0, metric.indexOf('/'));
  const list = parts.map(({ metric: watched, of, ...condition }): Part => {
    const test = compileCondition(condition);
    return {
      metric: of === undefined ? `${type}/${watched}` : watched,
      of: of ?? null,
      judge: (value, attributes) => test({ value, attributes, change: null, usual: null }),
    };
  });
  const metrics = [...new Set(list.map((part) => part.metric))];
  return { type, mode: when.all === undefined ? 'any' : 'all', metrics, list };
}

/** A part that is not known leaves the whole unknown, unless the rest decides alone. */
export function combine(mode: 'all' | 'any', parts: readonly (PartState | undefined)[], now: number): Combined {
  const verdict = verdictAt(mode, parts, now);
  if (verdict === 'unknown' || verdict === null) return { verdict, knownUntil: NEVER };
  // knowing less never turns one verdict into another, only into none
  const ends = parts.flatMap((part) => (part === undefined ? [] : part.until)).sort((a, b) => a - b);
  const end = ends.find((until) => until >= now && verdictAt(mode, parts, until + 1) !== verdict);
  return { verdict, knownUntil: end ?? NEVER };
}

function verdictAt(mode: 'all' | 'any', parts: readonly (PartState | undefined)[], now: number): Combined['verdict'] {
  const [decides, other] = mode === 'all' ? (['over', 'holds'] as const) : (['holds', 'over'] as const);
  let whole: Combined['verdict'] = other;
  for (const part of parts) {
    const verdict = part === undefined ? null : part.until < now ? 'unknown' : part.verdict;
    if (verdict === decides) return decides;
    if (verdict === 'unknown') whole = 'unknown';
    else if (verdict === null && whole !== 'unknown') whole = null;
    else if (verdict === 'between' && whole === other) whole = 'between';
  }
  return whole;
}
