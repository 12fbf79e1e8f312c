import { MEMBER_KINDS, type PanelSpec } from './panel-spec.js';
import { common, decimals, entry, words, z } from './schema.js';

export const barsOptions = entry({
  ...common,
  direction: z.enum(['columns', 'rows']).optional().describe('columns stand, rows lie; default: columns'),
  name: words.optional().describe('name of the first measure; shown where there are two'),
  secondName: words.optional().describe('name of the second measure'),
  together: z
    .enum(['stacked', 'side', 'part'])
    .optional()
    .describe(
      'how the second stands to the first. stacked: on top · side: beside · part: part of it; default: stacked',
    ),
  unit: words.optional(),
  decimals: decimals.optional(),
  order: z
    .array(z.string())
    .optional()
    .describe('bars in this order, others not shown; the order of the view if absent'),
  words: z
    .record(z.string(), words)
    .optional()
    .describe('names of bars that are not names themselves; of one asset by metric'),
  limits: z
    .array(entry({ value: z.number(), name: words, style: z.enum(['solid', 'dashed']).optional() }))
    .optional()
    .describe('white lines across all bars, named at their end'),
  plan: entry({ attribute: z.string().optional(), name: words })
    .optional()
    .describe("a dashed mark at each bar: the asset's own figure, or the role `plan`"),
  max: z.number().positive().optional().describe('end of the axis; a round figure above the largest if absent'),
  least: z
    .number()
    .positive()
    .optional()
    .describe('smallest height of the axis, so that drizzle never looks like a storm'),
  slot: z
    .enum(['avg', 'max', 'last'])
    .optional()
    .describe(
      'what a slot of a series says: its mean, its largest, or its newest value (what a gauge counted up to its end); default: avg',
    ),
  figures: z.boolean().optional().describe('figures at the bars; default: where they fit'),
});
export type BarsOptions = z.infer<typeof barsOptions>;

const kinds = [...MEMBER_KINDS];

export const barsSpec: PanelSpec = {
  type: 'bars',
  about: 'Bars from zero, standing or lying, with a second measure, a plan and limits; slots of time too',
  roles: {
    rows: { kinds, required: true, about: 'one bar a row, or a slot of time' },
    second: { kinds, about: 'a second measure of the same bars' },
    plan: { kinds, about: 'what was planned or is usual, a dashed mark at each bar' },
  },
  main: 'rows',
  options: barsOptions,
};
