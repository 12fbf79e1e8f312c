import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, limitKeys, words, z } from './schema.js';

export const levelOptions = entry({
  ...common,
  metric: z.string().describe('metric of the level; others of the same asset are named in `beside`'),
  asset: z
    .string()
    .optional()
    .describe('the asset that is drawn large; the one farthest over its normal limit if absent'),
  drawing: z
    .enum(['dam', 'tank'])
    .optional()
    .describe('dam: a cross-section with its dam · tank: a vessel with a scale from its floor to its top'),
  limits: z
    .array(
      entry({
        ...limitKeys,
        normal: z.boolean().optional(),
      }),
    )
    .min(1)
    .describe('limits from the top down; `normal` is the one that levels are held against'),
  range: z.tuple([z.number(), z.number()]).optional().describe('tank: where its floor and its top are'),
  unit: words.optional(),
  decimals: decimals.optional(),
  beside: z
    .array(entry({ metric: z.string(), name: words, unit: words.optional(), decimals: decimals.optional() }))
    .optional()
    .describe('further metrics of the asset in one line below the level: inflow, outflow'),
  others: z
    .boolean()
    .optional()
    .describe('the other assets of the view in a row, all with their normal limit on the same line'),
});
export type LevelOptions = z.infer<typeof levelOptions>;

export const levelSpec: PanelSpec = {
  type: 'level',
  about: 'One reservoir or tank as a cross-section with its limits, the others beside it on the line of the same limit',
  roles: { levels: { kinds: ['latest'], required: true, about: 'the level, and what stands beside it' } },
  main: 'levels',
  options: levelOptions,
};
