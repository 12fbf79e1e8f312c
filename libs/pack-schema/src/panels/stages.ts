import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const stagesOptions = entry({
  ...common,
  order: z.array(z.string()).min(1).describe("statuses in the order of a case's life; others are not shown"),
  words: z.record(z.string(), words).optional().describe('words of the statuses; those the pack declares if absent'),
  unit: words.optional(),
});
export type StagesOptions = z.infer<typeof stagesOptions>;

export const stagesSpec: PanelSpec = {
  type: 'stages',
  about: 'Cases by stage of their life, columns from left to right',
  roles: {
    stages: { kinds: ['tally'], required: true, about: 'cases a status' },
    overdue: { kinds: ['tally'], about: 'those of them past their time limit' },
  },
  main: 'stages',
  options: stagesOptions,
};
