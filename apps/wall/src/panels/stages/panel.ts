import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const stagesOptions = z.object({
  ...common,
  /** statuses in the order of a case's life; others are not shown */
  order: z.array(z.string()).min(1),
  /** words of the statuses; those the pack declares if absent */
  words: z.record(z.string(), words).optional(),
  unit: words.optional(),
});
export type StagesOptions = z.infer<typeof stagesOptions>;

export const stagesPanel: PanelType = {
  type: 'stages',
  about: 'Cases by stage of their life, columns from left to right',
  roles: {
    stages: { kinds: ['tally'], required: true, about: 'cases a status' },
    overdue: { kinds: ['tally'], about: 'those of them past their time limit' },
  },
  main: 'stages',
  options: stagesOptions,
  frame: 'panel',
  minimum: { width: 360, height: 150 },
  load: () => import('./StagesPanel.vue'),
};
