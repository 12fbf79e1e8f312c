import { mergeOrigin, type Occurrence, type Origin } from '@citywall/model';
import { groupValue, isCounted, sinceOf, type TallySpec } from './tally.js';

export interface FlowSpec extends Omit<TallySpec, 'by'> {
  /** what tells occurrences apart, from left to right; as `by` of a tally */
  stages: readonly string[];
}

export interface FlowLink {
  /** 0: from the first stage to the second */
  step: number;
  from: string;
  to: string;
  count: number;
}

export interface Flow {
  /** stage by stage, the strongest first, equal ones by their values */
  links: FlowLink[];
  /** occurrences counted, those of links beyond MAX_LINKS included */
  total: number;
  /** worst of the occurrences counted */
  origin: Origin;
}

/** Most links between two stages: a field with free text must not make a view of a thousand rows. */
export const MAX_LINKS = 100;

/** Number of occurrences per pair of values of neighbouring stages. One without a value passes through `''`. */
export function flow(occurrences: Iterable<Occurrence>, spec: FlowSpec, now: number): Flow {
  const since = sinceOf(spec.since, now);
  const steps = spec.stages.slice(1).map(() => new Map<string, FlowLink>());
  let total = 0;
  let origin: Origin = 'live';
  for (const occurrence of occurrences) {
    if (!isCounted(occurrence, spec, since)) continue;
    const values = spec.stages.map((by) => groupValue(occurrence, by));
    steps.forEach((links, step) => {
      const [from = '', to = ''] = values.slice(step, step + 2);
      const key = JSON.stringify([from, to]);
      const link = links.get(key);
      if (link === undefined) links.set(key, { step, from, to, count: 1 });
      else link.count++;
    });
    total++;
    origin = mergeOrigin(origin, occurrence.origin);
  }
  const strongest = (a: FlowLink, b: FlowLink) => b.count - a.count || compare(a.from, b.from) || compare(a.to, b.to);
  return { links: steps.flatMap((links) => [...links.values()].sort(strongest).slice(0, MAX_LINKS)), total, origin };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
