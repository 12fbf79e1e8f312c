import type { PanelType } from '../panel.types.js';
import { common, decimals, words, z } from '../schema.js';

export const lineOptions = z.object({
  ...common,
  unit: words.optional(),
  decimals: decimals.optional(),
  /** white lines named at the right end; `attribute` reads the asset's own limit, `value` is a figure */
  limits: z
    .array(
      z.object({
        attribute: z.string().optional(),
        value: z.number().optional(),
        name: words,
        style: z.enum(['solid', 'dashed']).optional(),
      }),
    )
    .optional(),
  /** fixed axis */
  range: z.tuple([z.number(), z.number()]).optional(),
  /** smallest height of the axis, so that noise never fills the panel */
  minSpan: z.number().positive().optional(),
});
export type LineOptions = z.infer<typeof lineOptions>;

export const linePanel: PanelType = {
  type: 'line',
  about: 'One series over time, with its limits and its newest value; a gap stays a gap',
  roles: {
    series: { kinds: ['series'], required: true, about: 'the line' },
    past: { kinds: ['series'], about: 'a line to compare with, dashed' },
    latest: { kinds: ['latest'], about: 'newest value, shown in the title; brings the asset’s limits' },
  },
  main: 'latest',
  options: lineOptions,
  frame: 'panel',
  minimum: { width: 300, height: 140 },
  load: () => import('./LinePanel.vue'),
};
