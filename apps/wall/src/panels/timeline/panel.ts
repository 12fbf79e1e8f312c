import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const timelineOptions = z.object({
  ...common,
  /** newest: a list with the newest on top · axis: along a time axis with a bar at now */
  look: z.enum(['newest', 'axis']).optional(),
  /** fields tried in turn for the text; the asset's name, then the type, if none is there */
  text: z.array(z.string()).optional(),
  /** field that holds the time (ISO 8601 or Unix ms), e.g. of a planned step; the occurrence's own time if absent */
  time: z.string().optional(),
  /** words of the statuses; those the pack declares if absent */
  statuses: z.record(z.string(), words).optional(),
  /** statuses of what is over: drawn quietly */
  done: z.array(z.string()).optional(),
  /** hours before and after now on the axis */
  hours: z.object({ before: z.number().positive(), after: z.number().min(0) }).optional(),
});
export type TimelineOptions = z.infer<typeof timelineOptions>;

export const timelinePanel: PanelType = {
  type: 'timeline',
  about: 'What happened and what is planned, by time: a list grouped by hour where it is dense, or along an axis',
  roles: { rows: { kinds: ['list'], required: true, about: 'occurrences or steps' } },
  main: 'rows',
  options: timelineOptions,
  frame: 'panel',
  minimum: { width: 320, height: 140 },
  load: () => import('./TimelinePanel.vue'),
};
