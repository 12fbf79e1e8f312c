import type { PanelType } from '../panel.types.js';
import { MEMBER_KINDS } from '../parts/members.js';
import { common, decimals, words, z } from '../schema.js';

export const barsOptions = z.object({
  ...common,
  /** columns stand, rows lie. @default columns */
  direction: z.enum(['columns', 'rows']).optional(),
  /** names of the first and the second measure; shown where there are two */
  name: words.optional(),
  secondName: words.optional(),
  /** how the second stands to the first. stacked: on top · side: beside · part: part of it. @default stacked */
  together: z.enum(['stacked', 'side', 'part']).optional(),
  unit: words.optional(),
  decimals: decimals.optional(),
  /** bars in this order, others not shown; the order of the view if absent */
  order: z.array(z.string()).optional(),
  /** names of bars that are not names themselves */
  words: z.record(z.string(), words).optional(),
  /** white lines across all bars, named at their end */
  limits: z
    .array(z.object({ value: z.number(), name: words, style: z.enum(['solid', 'dashed']).optional() }))
    .optional(),
  /** a dashed mark at each bar: the asset's own figure, or the role `plan` */
  plan: z.object({ attribute: z.string().optional(), name: words }).optional(),
  /** end of the axis; a round figure above the largest if absent */
  max: z.number().positive().optional(),
  /** smallest height of the axis, so that drizzle never looks like a storm */
  least: z.number().positive().optional(),
  /** what a slot of a series says: its mean, its largest, or its newest value (what a gauge counted up to its end). @default avg */
  slot: z.enum(['avg', 'max', 'last']).optional(),
  /** figures at the bars. @default where they fit */
  figures: z.boolean().optional(),
});
export type BarsOptions = z.infer<typeof barsOptions>;

const kinds = [...MEMBER_KINDS];

export const barsPanel: PanelType = {
  type: 'bars',
  about: 'Bars from zero, standing or lying, with a second measure, a plan and limits; slots of time too',
  roles: {
    rows: { kinds, required: true, about: 'one bar a row, or a slot of time' },
    second: { kinds, about: 'a second measure of the same bars' },
    plan: { kinds, about: 'what was planned or is usual, a dashed mark at each bar' },
  },
  main: 'rows',
  options: barsOptions,
  frame: 'panel',
  minimum: { width: 300, height: 140 },
  load: () => import('./BarsPanel.vue'),
};
