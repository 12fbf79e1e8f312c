import type { PanelType } from '../panel.types.js';
import { common, decimals, words, z } from '../schema.js';

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
    }),
  ),
  /** rows by the place of a state's value in `order`, then by name */
  sort: z.object({ metric: z.string(), order: z.array(z.string()) }).optional(),
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
