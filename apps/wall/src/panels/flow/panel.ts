import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const flowOptions = z.object({
  ...common,
  /** one entry a stage of the view, from left to right: its name, the order of its values, words for them */
  stages: z
    .array(
      z.object({
        name: words,
        order: z.array(z.string()).optional(),
        words: z.record(z.string(), words).optional(),
        /** most values told apart; the smallest others become one. 8 if absent */
        most: z.number().int().min(2).max(12).optional(),
      }),
    )
    .min(2)
    .max(5),
  unit: words.optional(),
});
export type FlowOptions = z.infer<typeof flowOptions>;

export const flowPanel: PanelType = {
  type: 'flow',
  about: 'Where cases come from and what becomes of them: columns of values with their counts, bands between them',
  roles: { links: { kinds: ['flow'], required: true, about: 'number of cases from one value to the next' } },
  main: 'links',
  options: flowOptions,
  frame: 'panel',
  minimum: { width: 440, height: 200 },
  load: () => import('./FlowPanel.vue'),
};
