import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, rampName, words, z } from './schema.js';

export const heatOptions = entry({
  ...common,
  unit: words.optional(),
  decimals: decimals.optional(),
  steps: z
    .array(z.number())
    .min(2)
    .max(6)
    .describe(
      'values at which the next step of the ramp begins, rising; as many as the ramp has steps, the first is its low end',
    ),
  ramp: rampName.optional(),
  invert: z.boolean().optional().describe('small values are the light ones: a slow road shines'),
  ends: entry({ dark: words, light: words })
    .optional()
    .describe('what the dark and the light end mean, beside the ramp'),
  newest: z.boolean().optional().describe('the newest value of each member at the right end of its row'),
  sort: z
    .enum(['desc', 'asc'])
    .optional()
    .describe('members by their newest value, falling or rising; in the order of the view if absent'),
  without: z
    .array(z.string())
    .optional()
    .describe('endings of names that the title already says: `果皮箱` of `南阳路02号果皮箱`'),
  hint: words.optional().describe('how to read the picture, one sentence'),
});
export type HeatOptions = z.infer<typeof heatOptions>;

export const heatSpec: PanelSpec = {
  type: 'heat',
  about: 'Time across, members or days down, the lighter the more; what was not measured is hatched',
  roles: {
    cells: { kinds: ['matrix', 'series'], required: true, about: 'matrix: a row a member · series: a row a day' },
    members: { kinds: ['latest'], required: true, about: 'who they are, and how old their newest value is' },
  },
  main: 'members',
  options: heatOptions,
};
