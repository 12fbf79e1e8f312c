import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const warningsOptions = z.object({
  ...common,
  /** words of the published colours, keyed red, orange, yellow, blue */
  levels: z.record(z.string(), words).optional(),
  /** which field of the occurrence holds what */
  fields: z
    .object({
      event: z.string().optional(),
      headline: z.string().optional(),
      area: z.string().optional(),
      expires: z.string().optional(),
      exercise: z.string().optional(),
    })
    .optional(),
});
export type WarningsOptions = z.infer<typeof warningsOptions>;

export const warningsPanel: PanelType = {
  type: 'warnings',
  about: 'Strip of published warnings in force; their colours are their own scale, named in the strip',
  roles: { list: { kinds: ['list'], required: true, about: 'warnings, newest first' } },
  main: 'list',
  options: warningsOptions,
  frame: 'bare',
  minimum: { width: 600, height: 44 },
  load: () => import('./WarningsPanel.vue'),
};
