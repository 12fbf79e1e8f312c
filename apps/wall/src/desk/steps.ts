import type { AlarmEntry } from './useAlarmFacts.js';

/** For a while an alarm's condition held, did not, or nobody knew. Times are Unix ms. */
export interface Step {
  from: number;
  to: number;
  is: 'holds' | 'not' | 'unknown';
}

/** What is so from an entry on; undefined: it changes nothing of that. */
function after(kind: string, before: Step['is'] | null): Step['is'] | undefined {
  if (kind === 'raised' || kind === 'worsened') return 'holds';
  if (kind === 'cleared' || kind === 'ended') return 'not';
  if (kind === 'unknown') return 'unknown';
  // what it was before it fell silent is what it is again
  if (kind === 'known') return before ?? 'holds';
  return undefined;
}

/**
 * Whether the condition of an alarm held, out of its own history: a state has no line, but it has times. What was before the
 * first entry that is known is not drawn.
 * @param history oldest first
 */
export function stepsOf(history: readonly AlarmEntry[], from: number, to: number): Step[] {
  const steps: Step[] = [];
  let known: Step['is'] | null = null;
  for (const { kind, at } of history) {
    const is = after(kind, known);
    if (is === undefined) continue;
    if (is !== 'unknown') known = is;
    const last = steps.at(-1);
    if (last?.is === is) continue;
    if (last !== undefined) last.to = at;
    steps.push({ from: at, to, is });
  }
  return steps.filter((step) => step.to > from).map((step) => ({ ...step, from: Math.max(step.from, from) }));
}
