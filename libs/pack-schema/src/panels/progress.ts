import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, words, z } from './schema.js';

const date = entry({ metric: z.string().optional(), attribute: z.string().optional() }).refine(
  ({ metric, attribute }) => (metric === undefined) !== (attribute === undefined),
  'expected a metric or an attribute',
);

export const progressOptions = entry({
  ...common,
  metric: z.string().describe('share that is done, %'),
  plan: z
    .string()
    .optional()
    .describe('metric of the share that should be done by now, %; the share of the time that has passed if absent'),
  start: date.describe('when it begins: a date (2026-03-01), or how many days before its measured time'),
  end: date.describe('when it is to be finished: a date, or how many days after its measured time'),
  lagging: z.number().positive().optional().describe('points behind the plan from which a row is boxed; default: 5'),
  sort: z
    .enum(['lag', 'end'])
    .optional()
    .describe('lag: those most behind first · end: those due first; in the order of the view if absent'),
  days: entry({ before: z.number().positive(), after: z.number().positive() })
    .optional()
    .describe('days before and after now on the axis; bars that begin before or end after run out of it'),
  milestones: entry({
    time: z.string().optional().describe("field that holds when it is due; the occurrence's own time if absent"),
    text: z.string().describe('field with its name'),
    done: z.array(z.string()).describe('statuses of what is reached'),
  })
    .optional()
    .describe('how the role `milestones` is read'),
  decimals: decimals.optional(),
  without: z.array(z.string()).optional().describe('endings of names that the title already says'),
  maxRows: z.number().int().positive().optional(),
  note: words.optional().describe('what the box around a figure means, below the rows'),
});
export type ProgressOptions = z.infer<typeof progressOptions>;

export const progressSpec: PanelSpec = {
  type: 'progress',
  about:
    'Works over time: each bar from its begin to its end, filled as far as it is done, with what was planned and its milestones',
  roles: {
    rows: { kinds: ['latest'], required: true, about: 'a row an asset' },
    milestones: { kinds: ['list'], about: 'milestones, each an occurrence of the asset it belongs to' },
  },
  main: 'rows',
  options: progressOptions,
};
