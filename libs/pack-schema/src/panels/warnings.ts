import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const warningsOptions = entry({
  ...common,
  levels: z
    .record(z.string(), words)
    .optional()
    .describe('words of the published colours, keyed red, orange, yellow, blue'),
  fields: entry({
    event: z.string().optional(),
    headline: z.string().optional(),
    area: z.string().optional(),
    expires: z.string().optional(),
    exercise: z.string().optional(),
  })
    .optional()
    .describe('which field of the occurrence holds what'),
});
export type WarningsOptions = z.infer<typeof warningsOptions>;

export const warningsSpec: PanelSpec = {
  type: 'warnings',
  about: 'Strip of published warnings in force; their colours are their own scale, named in the strip',
  roles: { list: { kinds: ['list'], required: true, about: 'warnings, newest first' } },
  main: 'list',
  options: warningsOptions,
};
