import { limitOf } from '@citywall/alarms';
import type { AlarmLimit, Asset } from '@citywall/model';
import type { AlarmRule } from '@citywall/pack-schema';

/** The limit that a rule sets for an asset; null where it asks for something else than a size. */
export function limitOfRule(rule: AlarmRule, attributes: Asset['attributes']): AlarmLimit | null {
  const { above, atLeast, below, atMost } = rule.when ?? {};
  const upper = atLeast ?? above;
  const bound = upper ?? atMost ?? below;
  if (bound === undefined) return null;
  const value = limitOf(bound, attributes);
  return value === null ? null : { side: upper === undefined ? 'below' : 'above', value };
}
