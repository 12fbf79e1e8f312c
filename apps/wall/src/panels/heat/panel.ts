import type { PanelType } from '../panel.types.js';
import { common, decimals, rampName, words, z } from '../schema.js';

export const heatOptions = z.object({
  ...common,
  unit: words.optional(),
  decimals: decimals.optional(),
  /** values at which the next step of the ramp begins, rising; as many as the ramp has steps, the first is its low end */
  steps: z.array(z.number()).min(2).max(6),
  ramp: rampName.optional(),
  /** small values are the light ones: a slow road shines */
  invert: z.boolean().optional(),
  /** what the dark and the light end mean, beside the ramp */
  ends: z.object({ dark: words, light: words }).optional(),
  /** the newest value of each member at the right end of its row */
  newest: z.boolean().optional(),
  /** members by their newest value, falling or rising; in the order of the view if absent */
  sort: z.enum(['desc', 'asc']).optional(),
  /** endings of names that the title already says: `果皮箱` of `南阳路02号果皮箱` */
  without: z.array(z.string()).optional(),
  /** how to read the picture, one sentence */
  hint: words.optional(),
});
export type HeatOptions = z.infer<typeof heatOptions>;

export const heatPanel: PanelType = {
  type: 'heat',
  about: 'Time across, members or days down, the lighter the more; what was not measured is hatched',
  roles: {
    cells: { kinds: ['matrix', 'series'], required: true, about: 'matrix: a row a member · series: a row a day' },
    members: { kinds: ['latest'], required: true, about: 'who they are, and how old their newest value is' },
  },
  main: 'members',
  options: heatOptions,
  frame: 'panel',
  minimum: { width: 320, height: 180 },
  load: () => import('./HeatPanel.vue'),
};
