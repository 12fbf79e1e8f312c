import { MEMBER_KINDS, type PanelSpec } from './panel-spec.js';
import { common, decimals, entry, words, z } from './schema.js';

export const donutOptions = entry({
  ...common,
  name: words.optional().describe('what the parts add up to, written in the middle'),
  unit: words.optional(),
  decimals: decimals.optional(),
  order: z.array(z.string()).optional().describe('parts in this order, others not shown; the largest first if absent'),
  words: z
    .record(z.string(), words)
    .optional()
    .describe('names of parts that are not names themselves; of one asset by metric'),
  parts: z
    .number()
    .int()
    .min(2)
    .max(8)
    .optional()
    .describe('parts told apart; the smaller ones are one part, 其他; default: 6'),
});
export type DonutOptions = z.infer<typeof donutOptions>;

export const donutSpec: PanelSpec = {
  type: 'donut',
  about: 'Parts of a whole as a ring, with their figures and shares in a table beside it',
  roles: {
    rows: { kinds: MEMBER_KINDS.filter((kind) => kind !== 'series'), required: true, about: 'one part a row' },
  },
  main: 'rows',
  options: donutOptions,
};
