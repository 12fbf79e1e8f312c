import type { PanelType } from '../panel.types.js';
import { common, decimals, words, z } from '../schema.js';

export const levelOptions = z.object({
  ...common,
  /** metric of the level; others of the same asset are named in `beside` */
  metric: z.string(),
  /** the asset that is drawn large; the one farthest over its normal limit if absent */
  asset: z.string().optional(),
  /** dam: a cross-section with its dam · tank: a vessel with a scale from its floor to its top */
  drawing: z.enum(['dam', 'tank']).optional(),
  /** limits from the top down; `normal` is the one that levels are held against */
  limits: z
    .array(
      z.object({
        attribute: z.string().optional(),
        value: z.number().optional(),
        name: words,
        normal: z.boolean().optional(),
      }),
    )
    .min(1),
  /** tank: where its floor and its top are */
  range: z.tuple([z.number(), z.number()]).optional(),
  unit: words.optional(),
  decimals: decimals.optional(),
  /** further metrics of the asset in one line below the level: inflow, outflow */
  beside: z
    .array(z.object({ metric: z.string(), name: words, unit: words.optional(), decimals: decimals.optional() }))
    .optional(),
  /** the other assets of the view in a row, all with their normal limit on the same line */
  others: z.boolean().optional(),
});
export type LevelOptions = z.infer<typeof levelOptions>;

export const levelPanel: PanelType = {
  type: 'level',
  about: 'One reservoir or tank as a cross-section with its limits, the others beside it on the line of the same limit',
  roles: { levels: { kinds: ['latest'], required: true, about: 'the level, and what stands beside it' } },
  main: 'levels',
  options: levelOptions,
  frame: 'panel',
  minimum: { width: 260, height: 200 },
  load: () => import('./LevelPanel.vue'),
};
