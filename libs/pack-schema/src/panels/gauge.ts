import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, limitKeys, rampName, words, z } from './schema.js';

export const gaugeOptions = entry({
  ...common,
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, 'the low end comes first')
    .describe('ends of the dial'),
  unit: words.optional(),
  decimals: decimals.optional(),
  classes: z
    .array(entry({ ...words.shape, below: z.number().optional() }))
    .optional()
    .describe(
      'what ranges of the value are called, from the low end on, the last one without `below`; each is a piece of the dial',
    ),
  levels: z
    .boolean()
    .optional()
    .describe('the value is the number of its class, as in danger level 3: pieces are named by it, borders by nothing'),
  standard: words.optional().describe('who named the classes so, said below them: a standard and its clause'),
  ramp: rampName.optional().describe('colours of the classes; lightness only rises; default: congestion'),
  limits: z
    .array(entry(limitKeys))
    .optional()
    .describe("white marks across the dial; `attribute` reads the asset's own limit"),
});
export type GaugeOptions = z.infer<typeof gaugeOptions>;

export const gaugeSpec: PanelSpec = {
  type: 'gauge',
  about: 'One value on a dial of named classes; only where the class matters more than the figure',
  roles: {
    value: { kinds: ['latest', 'aggregate'], required: true, about: 'the value: the first row' },
  },
  main: 'value',
  options: gaugeOptions,
};
