import type { PanelType } from '../panel.types.js';
import { common, decimals, rampName, words, z } from '../schema.js';

export const rankingOptions = z.object({
  ...common,
  /** value at which a bar is full; the largest shown if absent */
  max: z.number().positive().optional(),
  /** the asset's town beside its name */
  town: z.boolean().optional(),
  /** colour of the bars by value; the first series colour if absent */
  ramp: rampName.optional(),
  /** values at which the next step of the ramp begins, as many as it has steps; absent: it is spread over the length of the bars */
  steps: z.array(z.number()).min(2).max(6).optional(),
  /** small values are the light ones: a slow road shines */
  invert: z.boolean().optional(),
  /** groups of an aggregate by value, the largest first; without it they stand in the order of their names */
  largestFirst: z.boolean().optional(),
  unit: words.optional(),
  decimals: decimals.optional(),
  /** endings of names that the title already says: `可燃气体` of `桂溪加油站可燃气体` */
  without: z.array(z.string()).optional(),
  /** thin lines across the bars with their names below */
  limits: z.array(z.object({ value: z.number(), name: words })).optional(),
});
export type RankingOptions = z.infer<typeof rankingOptions>;

export const rankingPanel: PanelType = {
  type: 'ranking',
  about: 'Bars from zero in order; a stale value stays in its place, hatched, with its age',
  roles: { rows: { kinds: ['rank', 'latest', 'aggregate'], required: true, about: 'one bar a row' } },
  main: 'rows',
  options: rankingOptions,
  frame: 'panel',
  minimum: { width: 300, height: 140 },
  load: () => import('./RankingPanel.vue'),
};
