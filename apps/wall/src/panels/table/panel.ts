import type { PanelType } from '../panel.types.js';
import { common, condition, decimals, words, z } from '../schema.js';

export const tableOptions = z.object({
  ...common,
  /** beside the name, one column a metric of the view or an attribute of the asset */
  columns: z.array(
    z.object({
      metric: z.string().optional(),
      attribute: z.string().optional(),
      name: words,
      unit: words.optional(),
      decimals: decimals.optional(),
      /** words of a state's values; a column with words is drawn as chips */
      words: z.record(z.string(), words).optional(),
      /** values that ask for attention are boxed; the same words as `where` of an aggregate */
      attention: condition.optional(),
    }),
  ),
  /** what the box around a value means, below the rows: `框内低于安全库存` */
  note: words.optional(),
  /** rows by the place of a state's value in `order`, or by a figure rising or falling; then by name */
  sort: z.object({ metric: z.string(), order: z.union([z.array(z.string()), z.enum(['asc', 'desc'])]) }).optional(),
  /** endings of names that the title already says: `救灾物资库` of `桂溪救灾物资库` */
  without: z.array(z.string()).optional(),
  maxRows: z.number().int().positive().optional(),
});
export type TableOptions = z.infer<typeof tableOptions>;

export const tablePanel: PanelType = {
  type: 'table',
  about: 'One row an asset, one column a metric or attribute',
  roles: { rows: { kinds: ['latest'], required: true, about: 'values of the assets' } },
  main: 'rows',
  options: tableOptions,
  frame: 'panel',
  minimum: { width: 340, height: 150 },
  load: () => import('./TablePanel.vue'),
};
