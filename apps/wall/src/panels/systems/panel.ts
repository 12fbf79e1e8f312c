import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const systemsOptions = z.object({
  ...common,
  /** every system of the county in its order; one the view doesn't have is shown as 未接入 */
  order: z.array(words.extend({ id: z.string() })).optional(),
});
export type SystemsOptions = z.infer<typeof systemsOptions>;

export const systemsPanel: PanelType = {
  type: 'systems',
  about: 'Strip of all systems: coverage as ticks, age of the oldest, 未接入 where no pack is',
  roles: { systems: { kinds: ['systems'], required: true, about: 'status of the connected systems' } },
  main: 'systems',
  options: systemsOptions,
  frame: 'bare',
  minimum: { width: 900, height: 66 },
  load: () => import('./SystemsPanel.vue'),
};
