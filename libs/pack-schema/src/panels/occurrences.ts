import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const occurrencesOptions = entry({
  ...common,
  text: z
    .array(z.string())
    .optional()
    .describe("fields tried in turn for the line's text; the asset's name, then the type, if none is there"),
  words: z.record(z.string(), words).optional().describe('words of what stands in those fields; as it came if absent'),
  level: z.boolean().optional().describe('the level in the words its pack declares, beside the text'),
  maxRows: z.number().int().positive().optional(),
  statuses: z.record(z.string(), words).optional().describe('words of the statuses; those the pack declares if absent'),
});
export type OccurrencesOptions = z.infer<typeof occurrencesOptions>;

export const occurrencesSpec: PanelSpec = {
  type: 'occurrences',
  about: 'Newest occurrences: time, text, asset, status',
  roles: { rows: { kinds: ['list'], required: true, about: 'the occurrences' } },
  main: 'rows',
  options: occurrencesOptions,
};
