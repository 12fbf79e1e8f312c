import type { PanelType } from '../panel.types.js';
import { common, decimals, rampName, words, z } from '../schema.js';

export const gaugeOptions = z.object({
  ...common,
  /** ends of the dial */
  range: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'the low end comes first'),
  unit: words.optional(),
  decimals: decimals.optional(),
  /** what ranges of the value are called, from the low end on, the last one without `below`; each is a piece of the dial */
  classes: z.array(words.extend({ below: z.number().optional() })).optional(),
  /** who named the classes so, said below them: a standard and its clause */
  standard: words.optional(),
  /** colours of the classes; lightness only rises. @default congestion */
  ramp: rampName.optional(),
  /** white marks across the dial; `attribute` reads the asset's own limit */
  limits: z.array(z.object({ value: z.number().optional(), attribute: z.string().optional(), name: words })).optional(),
});
export type GaugeOptions = z.infer<typeof gaugeOptions>;

export const gaugePanel: PanelType = {
  type: 'gauge',
  about: 'One value on a dial of named classes; only where the class matters more than the figure',
  roles: {
    value: { kinds: ['latest', 'aggregate'], required: true, about: 'the value: the first row' },
  },
  main: 'value',
  options: gaugeOptions,
  frame: 'panel',
  minimum: { width: 300, height: 180 },
  load: () => import('./GaugePanel.vue'),
};
