import { z } from 'zod';
import { paging, systemParameter, time } from './common.js';

/** A week: sums are kept for eight days. */
export const MAX_HOURS = 168;

const share = (description: string) => z.number().min(0).max(100).nullable().meta({ description });
const count = (description: string) => z.int().min(0).meta({ description });

export const scorecard = z.object({
  system: z.string(),
  feed: z.string().nullable().meta({ description: 'null: the whole system' }),
  state: z.enum(['live', 'silent', 'quiet', 'waiting']).nullable().meta({
    description:
      'of the feed now: silent longer than three times what it promises, silent in its quiet hours (or just after them), or never heard; null for a system',
  }),
  period: z.object({ from: time.meta({ description: 'beginning of an hour' }), to: time }),
  completeness: share(
    'per cent, the lower of: messages that came of those due, assets heard of those expected; null: nothing is promised',
  ),
  timeliness: share('per cent received within maxAge after they were measured; null: the contract says no maxAge'),
  validity: share('per cent good, of all readings, occurrences and rejected parts'),
  uniqueness: share('per cent that were no repetition'),
  counts: z.object({
    messages: count('received'),
    due: count('messages expected while CityWall listened, quiet hours left out'),
    filled: count(
      'of these, came; a surplus in one span does not make up for another; may be ahead of due by the span under way',
    ),
    over: count("messages above the rate's max"),
    judged: count('readings, occurrences and rejected parts'),
    valid: count('of these, good'),
    rejected: count('of these, rejected parts'),
    timed: count('readings and occurrences with a promised delay; what the broker had kept is left out'),
    timely: count('of these, within it'),
    arrived: count('readings and occurrences'),
    duplicates: count('of these, repetitions'),
    assets: z.object({ expected: z.int(), heard: z.int() }).nullable().meta({
      description: 'declared and in service, or seen in 24 h; heard in the period or not yet due. Null: no readings',
    }),
  }),
  silent: z
    .object({
      count: z.int(),
      assets: z.array(
        z.object({
          asset: z.string(),
          lastAt: time.nullable().meta({ description: 'null: never heard' }),
          metrics: z.array(z.string()).meta({ description: 'those that stopped' }),
        }),
      ),
    })
    .meta({ description: 'assets with series that stopped; the first 100, the longest silent first' }),
});

export const scorecardQuery = z.strictObject({
  system: systemParameter.optional(),
  hours: z
    .string()
    .regex(/^\d{1,4}$/, `must be a number from 1 to ${MAX_HOURS}`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= MAX_HOURS, `must be a number from 1 to ${MAX_HOURS}`)
    .default(24)
    .meta({
      description: 'the hour under way and those before it; 1: only the one under way',
      type: 'integer',
      minimum: 1,
      maximum: MAX_HOURS,
      default: 24,
    }),
  ...paging,
});
export type ScorecardQuery = z.output<typeof scorecardQuery>;
