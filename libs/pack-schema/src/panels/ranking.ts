import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, rampName, words, z } from './schema.js';

export const rankingOptions = entry({
  ...common,
  max: z.number().positive().optional().describe('value at which a bar is full; the largest shown if absent'),
  town: z.boolean().optional().describe("the asset's town beside its name"),
  ramp: rampName.optional().describe('colour of the bars by value; the first series colour if absent'),
  steps: z
    .array(z.number())
    .min(2)
    .max(6)
    .optional()
    .describe(
      'values at which the next step of the ramp begins, as many as it has steps; absent: it is spread over the length of the bars',
    ),
  invert: z.boolean().optional().describe('small values are the light ones: a slow road shines'),
  largestFirst: z
    .boolean()
    .optional()
    .describe('groups of an aggregate by value, the largest first; without it they stand in the order of their names'),
  unit: words.optional(),
  decimals: decimals.optional(),
  without: z
    .array(z.string())
    .optional()
    .describe('endings of names that the title already says: `可燃气体` of `桂溪加油站可燃气体`'),
  limits: z
    .array(entry({ value: z.number(), name: words }))
    .optional()
    .describe('thin lines across the bars with their names below'),
});
export type RankingOptions = z.infer<typeof rankingOptions>;

export const rankingSpec: PanelSpec = {
  type: 'ranking',
  about: 'Bars from zero in order; a stale value stays in its place, hatched, with its age',
  roles: { rows: { kinds: ['rank', 'latest', 'aggregate'], required: true, about: 'one bar a row' } },
  main: 'rows',
  options: rankingOptions,
};
