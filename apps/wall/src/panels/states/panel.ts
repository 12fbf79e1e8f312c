import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

const stateWords = words.extend({
  /** on: at work, as wanted · off: at rest · attention: somebody should look. Colour is for alarms, not for these. */
  tone: z.enum(['on', 'off', 'attention']).optional(),
});

export const statesOptions = z.object({
  ...common,
  /** the metric that holds the state; the first of the view if absent */
  metric: z.string().optional(),
  /** every state with its words, in the order of the counts; one without words is shown as it is */
  states: z.array(stateWords.extend({ is: z.union([z.string(), z.number(), z.boolean()]) })).min(1),
  /** name: every cell keeps its place · state: what needs attention first */
  sort: z.enum(['name', 'state']).optional(),
  /** endings of names that the title already says: `泵` of `北门1号泵` */
  without: z.array(z.string()).optional(),
});
export type StatesOptions = z.infer<typeof statesOptions>;

export const statesPanel: PanelType = {
  type: 'states',
  about: 'A cell an asset with its state in words; hundreds become small cells, then counts',
  roles: {
    rows: { kinds: ['latest', 'layer', 'rank'], required: true, about: 'one state an asset' },
    alarms: {
      kinds: ['list'],
      about: 'alarms in force: level P1–P4 and the asset; only they bring a shape and a colour',
    },
  },
  main: 'rows',
  options: statesOptions,
  frame: 'panel',
  minimum: { width: 300, height: 110 },
  load: () => import('./StatesPanel.vue'),
};
