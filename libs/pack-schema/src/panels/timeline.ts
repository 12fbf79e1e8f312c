import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const timelineOptions = entry({
  ...common,
  look: z
    .enum(['newest', 'axis'])
    .optional()
    .describe('newest: a list with the newest on top · axis: along a time axis with a bar at now'),
  text: z
    .array(z.string())
    .optional()
    .describe("fields tried in turn for the text; the asset's name, then the type, if none is there"),
  time: z
    .string()
    .optional()
    .describe(
      "field that holds the time (ISO 8601 or Unix ms), e.g. of a planned step; the occurrence's own time if absent",
    ),
  statuses: z.record(z.string(), words).optional().describe('words of the statuses; those the pack declares if absent'),
  done: z.array(z.string()).optional().describe('statuses of what is over: drawn quietly'),
  hours: entry({ before: z.number().positive(), after: z.number().min(0) })
    .optional()
    .describe('hours before and after now on the axis'),
});
export type TimelineOptions = z.infer<typeof timelineOptions>;

export const timelineSpec: PanelSpec = {
  type: 'timeline',
  about: 'What happened and what is planned, by time: a list grouped by hour where it is dense, or along an axis',
  roles: { rows: { kinds: ['list'], required: true, about: 'occurrences or steps' } },
  main: 'rows',
  options: timelineOptions,
};
