import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const flowOptions = entry({
  ...common,
  stages: z
    .array(
      entry({
        name: words,
        order: z.array(z.string()).optional(),
        words: z.record(z.string(), words).optional(),
        most: z
          .number()
          .int()
          .min(2)
          .max(12)
          .optional()
          .describe('most values told apart; the smallest others become one. 8 if absent'),
      }),
    )
    .min(2)
    .max(5)
    .describe('one entry a stage of the view, from left to right: its name, the order of its values, words for them'),
  unit: words.optional(),
});
export type FlowOptions = z.infer<typeof flowOptions>;

export const flowSpec: PanelSpec = {
  type: 'flow',
  about: 'Where cases come from and what becomes of them: columns of values with their counts, bands between them',
  roles: { links: { kinds: ['flow'], required: true, about: 'number of cases from one value to the next' } },
  main: 'links',
  options: flowOptions,
};
