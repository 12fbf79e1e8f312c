import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, words, z } from './schema.js';

export const groupsOptions = entry({
  ...common,
  group: words.describe('what a group is called: `镇街`'),
  columns: z
    .array(
      entry({
        id: z.string().describe('of the view’s column'),
        name: words,
        unit: words.optional(),
        decimals: decimals.optional(),
        priority: z
          .literal([1, 2, 3, 4])
          .optional()
          .describe('a count of alarms: drawn with the shape of the priority'),
        max: z.number().positive().optional().describe('a bar behind the figure, full at this value'),
        rest: z
          .enum(['sum', 'max'])
          .optional()
          .describe('what the last line says of the groups that have no line; nothing if absent'),
      }),
    )
    .min(1),
});
export type GroupsOptions = z.infer<typeof groupsOptions>;

export const groupsSpec: PanelSpec = {
  type: 'groups',
  about: 'Groups (towns) side by side in the order of the view, a column a measure; the rest in one line',
  roles: { rows: { kinds: ['groups'], required: true, about: 'the groups' } },
  main: 'rows',
  options: groupsOptions,
};
