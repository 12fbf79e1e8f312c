import type { AlarmCatalogue } from './rule.js';
import type { RuleSet } from './rule-set.js';

/** What all parts of a machine go by. The machine alone changes it. */
export interface Context {
  readonly system: string;
  readonly rules: RuleSet;
  readonly catalogue: AlarmCatalogue;
  /** the machine's clock, Unix ms; it never goes back */
  readonly clock: number;
  /** how many times faster than the clock simulated matter goes [AL26] */
  readonly pace: number;
  /** distance of the city's day from UTC, ms */
  readonly offset: number;
}
