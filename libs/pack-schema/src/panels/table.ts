import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, memberCondition, words, z } from './schema.js';

export const tableOptions = entry({
  ...common,
  columns: z
    .array(
      entry({
        metric: z.string().optional(),
        attribute: z.string().optional(),
        name: words,
        unit: words.optional(),
        decimals: decimals.optional(),
        words: z
          .record(z.string(), words)
          .optional()
          .describe("words of a state's values; a column with words is drawn as chips"),
        attention: memberCondition
          .optional()
          .describe('values that ask for attention are boxed; the same words as `where` of an aggregate'),
      }),
    )
    .describe('beside the name, one column a metric of the view or an attribute of the asset'),
  note: words.optional().describe('what the box around a value means, below the rows: `框内低于安全库存`'),
  sort: entry({ metric: z.string(), order: z.union([z.array(z.string()), z.enum(['asc', 'desc'])]) })
    .optional()
    .describe("rows by the place of a state's value in `order`, or by a figure rising or falling; then by name"),
  without: z
    .array(z.string())
    .optional()
    .describe('endings of names that the title already says: `救灾物资库` of `桂溪救灾物资库`'),
  maxRows: z.number().int().positive().optional(),
});
export type TableOptions = z.infer<typeof tableOptions>;

export const tableSpec: PanelSpec = {
  type: 'table',
  about: 'One row an asset, one column a metric or attribute',
  roles: { rows: { kinds: ['latest'], required: true, about: 'values of the assets' } },
  main: 'rows',
  options: tableOptions,
};
