import type { PanelType } from '../panel.types.js';
import { common, decimals, words, z } from '../schema.js';

const comparison = z.object({
  /** said at the line's end: 昨日, 上周日 */
  name: words,
});

export const lineOptions = z.object({
  ...common,
  unit: words.optional(),
  decimals: decimals.optional(),
  /** white lines named at the right end; `attribute` reads the asset's own limit, `value` is a figure */
  limits: z
    .array(
      z.object({
        attribute: z.string().optional(),
        value: z.number().optional(),
        name: words,
        style: z.enum(['solid', 'dashed']).optional(),
      }),
    )
    .optional(),
  /** fixed axis */
  range: z.tuple([z.number(), z.number()]).optional(),
  /** said in the head: the change since then, read from the line (hour) or from the role `past` (yesterday, week) */
  compare: z.enum(['hour', 'yesterday', 'week']).optional(),
  /** smallest height of the axis, so that noise never fills the panel */
  minSpan: z.number().positive().optional(),
  /** of the role `past` */
  past: comparison.optional(),
  /** of the role `earlier` */
  earlier: comparison.optional(),
  /** of the role `normal`; 常态 if absent */
  normal: comparison.optional(),
  /** of the role `rain` */
  rain: z
    .object({
      /** whose rain, and over which time: 桂溪站 5 分钟 */
      name: words,
      /** the metric's own if absent */
      unit: words.optional(),
      /** smallest height of its axis, so that drizzle never hangs down like a storm */
      least: z.number().positive().optional(),
    })
    .optional(),
});
export type LineOptions = z.infer<typeof lineOptions>;

export const linePanel: PanelType = {
  type: 'line',
  about: 'One series over time with its limits, what is usual, other days and the rain above it; a gap stays a gap',
  roles: {
    series: { kinds: ['series'], required: true, about: 'the line' },
    past: { kinds: ['series'], about: 'the same series on another day (shift), dashed' },
    earlier: { kinds: ['series'], about: 'the same series on a day before that, dotted' },
    normal: { kinds: ['normal'], about: 'band of what is usual at this time of day' },
    rain: { kinds: ['series'], about: 'columns that hang from the top, a slot each; its newest value is the slot’s' },
    latest: { kinds: ['latest'], about: 'newest value, shown in the title; brings the asset’s limits' },
  },
  main: 'latest',
  options: lineOptions,
  frame: 'panel',
  minimum: { width: 300, height: 140 },
  load: () => import('./LinePanel.vue'),
};
