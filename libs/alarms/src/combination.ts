import { compileCondition, type Verdict } from './condition.js';
import type { AlarmRule, Attributes, ConditionTerm } from './rule.js';

/** Conditions of a rule that each watch a metric of their own. */
export interface Parts {
  /** type of the assets that the rule is about */
  type: string;
  tree: Tree;
  /** `type/metric` that are watched, each once */
  metrics: readonly string[];
  list: readonly Part[];
}

/** How parts belong together; a number is the place of a part in the list. */
export interface Tree {
  mode: 'all' | 'any';
  terms: readonly (number | Tree)[];
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
  /** stale after; `NEVER`: it reports only changes */
  until: number;
  feed: string;
  /** its feed fell silent after it */
  silent: boolean;
}

/** What all parts say together, and until when if nothing else is heard. */
export interface Combined {
  /** null: a part was not heard yet, and the others do not decide */
  verdict: Verdict | 'unknown' | null;
  /** Unix ms */
  knownUntil: number;
}

/** Beyond every time there is; it can be written as JSON. */
export const NEVER = Number.MAX_SAFE_INTEGER;

export function compileParts({ metric, when = {} }: AlarmRule): Parts | null {
  if ((when.all ?? when.any) === undefined || metric === undefined) return null;
  const type = metric.slice(0, metric.indexOf('/'));
  const list: Part[] = [];
  const compile = (term: ConditionTerm): number | Tree => {
    if ('all' in term) return { mode: 'all', terms: term.all.map(compile) };
    if ('any' in term) return { mode: 'any', terms: term.any.map(compile) };
    const { metric: watched, of, ...condition } = term;
    const test = compileCondition(condition);
    return (
      list.push({
        metric: of === undefined ? `${type}/${watched}` : watched,
        of: of ?? null,
        judge: (value, attributes) => test({ value, attributes, change: null, usual: null }),
      }) - 1
    );
  };
  const mode = when.all === undefined ? 'any' : 'all';
  const tree: Tree = { mode, terms: (when.all ?? when.any ?? []).map(compile) };
  return { type, tree, metrics: [...new Set(list.map((part) => part.metric))], list };
}

/** A part that is not known leaves the whole unknown, unless the rest decides alone. */
export function combine(tree: Tree, parts: readonly (PartState | undefined)[], now: number): Combined {
  const verdict = verdictAt(tree, parts, now);
  if (verdict === 'unknown' || verdict === null) return { verdict, knownUntil: NEVER };
  // knowing less never turns one verdict into another, only into none
  const ends = parts.flatMap((part) => (part === undefined ? [] : part.until)).sort((a, b) => a - b);
  const end = ends.find((until) => until >= now && verdictAt(tree, parts, until + 1) !== verdict);
  return { verdict, knownUntil: end ?? NEVER };
}

function verdictAt({ mode, terms }: Tree, parts: readonly (PartState | undefined)[], now: number): Combined['verdict'] {
  const [decides, other] = mode === 'all' ? (['over', 'holds'] as const) : (['holds', 'over'] as const);
  let whole: Combined['verdict'] = other;
  for (const term of terms) {
    const verdict = typeof term === 'number' ? ofPart(parts[term], now) : verdictAt(term, parts, now);
    if (verdict === decides) return decides;
    if (verdict === 'unknown') whole = 'unknown';
    else if (verdict === null && whole !== 'unknown') whole = null;
    else if (verdict === 'between' && whole === other) whole = 'between';
  }
  return whole;
}

function ofPart(part: PartState | undefined, now: number): Combined['verdict'] {
  if (part === undefined) return null;
  return part.silent || part.until < now ? 'unknown' : part.verdict;
}
