import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const coverageOptions = z.object({
  ...common,
  /** other words for a type, by `system/type`; the pack's if absent */
  names: z.record(z.string(), words).optional(),
});
export type CoverageOptions = z.infer<typeof coverageOptions>;

export const coveragePanel: PanelType = {
  type: 'coverage',
  about: 'How many assets of each type have a fresh value, and how old the oldest of them is',
  roles: { types: { kinds: ['coverage'], required: true, about: 'one row a type' } },
  main: 'types',
  options: coverageOptions,
  frame: 'panel',
  minimum: { width: 300, height: 130 },
  load: () => import('./CoveragePanel.vue'),
};
