import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, limitKeys, words, z } from './schema.js';

const comparison = entry({
  name: words.describe("said at the line's end: 昨日, 上周日"),
});

export const lineOptions = entry({
  ...common,
  unit: words.optional(),
  decimals: decimals.optional(),
  limits: z
    .array(
      entry({
        ...limitKeys,
        style: z.enum(['solid', 'dashed']).optional(),
      }),
    )
    .optional()
    .describe("white lines named at the right end; `attribute` reads the asset's own limit, `value` is a figure"),
  range: z.tuple([z.number(), z.number()]).optional().describe('fixed axis'),
  compare: z
    .enum(['hour', 'yesterday', 'week'])
    .optional()
    .describe(
      'said in the head: the change since then, read from the line (hour) or from the role `past` (yesterday, week)',
    ),
  minSpan: z
    .number()
    .positive()
    .optional()
    .describe('smallest height of the axis, so that noise never fills the panel'),
  past: comparison.optional().describe('of the role `past`'),
  earlier: comparison.optional().describe('of the role `earlier`'),
  normal: comparison.optional().describe('of the role `normal`; 常态 if absent'),
  rain: entry({
    name: words.describe('whose rain, and over which time: 桂溪站 5 分钟'),
    unit: words.optional().describe("the metric's own if absent"),
    least: z
      .number()
      .positive()
      .optional()
      .describe('smallest height of its axis, so that drizzle never hangs down like a storm'),
  })
    .optional()
    .describe('of the role `rain`'),
});
export type LineOptions = z.infer<typeof lineOptions>;

export const lineSpec: PanelSpec = {
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
  named: (options: LineOptions) =>
    (['past', 'earlier', 'normal', 'rain'] as const)
      .filter((role) => options[role] !== undefined)
      .map((role) => ({ role, path: [role] })),
};
