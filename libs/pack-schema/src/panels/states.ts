import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

const stateWords = entry({
  ...words.shape,
  tone: z
    .enum(['on', 'off', 'attention'])
    .optional()
    .describe(
      'on: at work, as wanted · off: at rest · attention: somebody should look. Colour is for alarms, not for these.',
    ),
});

export const statesOptions = entry({
  ...common,
  metric: z.string().optional().describe('the metric that holds the state; the first of the view if absent'),
  states: z
    .array(entry({ ...stateWords.shape, is: z.union([z.string(), z.number(), z.boolean()]) }))
    .min(1)
    .describe('every state with its words, in the order of the counts; one without words is shown as it is'),
  sort: z
    .enum(['name', 'state'])
    .optional()
    .describe('name: every cell keeps its place · state: what needs attention first'),
  group: z
    .string()
    .optional()
    .describe('attribute that puts cells together, as machines by their plant: small cells, named by group alone'),
  without: z.array(z.string()).optional().describe('endings of names that the title already says: `泵` of `北门1号泵`'),
});
export type StatesOptions = z.infer<typeof statesOptions>;

export const statesSpec: PanelSpec = {
  type: 'states',
  about: 'A cell an asset with its state in words; hundreds become small cells, then counts',
  roles: {
    rows: { kinds: ['latest', 'layer', 'rank'], required: true, about: 'one state an asset' },
    alarms: {
      kinds: ['alarms', 'list'],
      about: 'standing alarms, or occurrences with a level P1–P4 and an asset; only they bring a shape and a colour',
    },
  },
  main: 'rows',
  options: statesOptions,
};
