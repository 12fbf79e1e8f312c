import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const healthOptions = entry({
  ...common,
  classes: z
    .array(entry({ ...words.shape, below: z.number().optional() }))
    .min(2)
    .max(6)
    .describe(
      'words for ranges of the index, the lowest first, the last one without `below`; drawn as a scale of as many steps',
    ),
});
export type HealthOptions = z.infer<typeof healthOptions>;

export const healthSpec: PanelSpec = {
  type: 'health',
  about:
    'An index with its class, its weighted parts, and the measures of one part: the lowest, or the one that is chosen',
  roles: { index: { kinds: ['index'], required: true, about: 'the index' } },
  main: 'index',
  options: healthOptions,
};
