import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const occurrencesOptions = z.object({
  ...common,
  /** fields tried in turn for the line's text; the asset's name, then the type, if none is there */
  text: z.array(z.string()).optional(),
  maxRows: z.number().int().positive().optional(),
  /** words of the statuses; those the pack declares if absent */
  statuses: z.record(z.string(), words).optional(),
});
export type OccurrencesOptions = z.infer<typeof occurrencesOptions>;

export const occurrencesPanel: PanelType = {
  type: 'occurrences',
  about: 'Newest occurrences: time, text, asset, status',
  roles: { rows: { kinds: ['list'], required: true, about: 'the occurrences' } },
  main: 'rows',
  options: occurrencesOptions,
  frame: 'panel',
  minimum: { width: 320, height: 150 },
  load: () => import('./OccurrencesPanel.vue'),
};
