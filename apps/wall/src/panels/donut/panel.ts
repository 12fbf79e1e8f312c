import type { PanelType } from '../panel.types.js';
import { MEMBER_KINDS } from '../parts/members.js';
import { common, decimals, words, z } from '../schema.js';

export const donutOptions = z.object({
  ...common,
  /** what the parts add up to, written in the middle */
  name: words.optional(),
  unit: words.optional(),
  decimals: decimals.optional(),
  /** parts in this order, others not shown; the largest first if absent */
  order: z.array(z.string()).optional(),
  /** names of parts that are not names themselves */
  words: z.record(z.string(), words).optional(),
  /** parts told apart; the smaller ones are one part, 其他. @default 6 */
  parts: z.number().int().min(2).max(8).optional(),
});
export type DonutOptions = z.infer<typeof donutOptions>;

export const donutPanel: PanelType = {
  type: 'donut',
  about: 'Parts of a whole as a ring, with their figures and shares in a table beside it',
  roles: {
    rows: { kinds: MEMBER_KINDS.filter((kind) => kind !== 'series'), required: true, about: 'one part a row' },
  },
  main: 'rows',
  options: donutOptions,
  frame: 'panel',
  minimum: { width: 320, height: 160 },
  load: () => import('./DonutPanel.vue'),
};
