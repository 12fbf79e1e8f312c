import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const clocksOptions = entry({
  ...common,
  text: z
    .array(z.string())
    .min(1)
    .describe('fields that say what it is, one after the other; `level` and `status` are in words'),
  words: z.record(z.string(), words).optional().describe('words of what stands in those fields'),
  begin: z
    .string()
    .optional()
    .describe("field that holds when its clock began (ISO 8601 or Unix ms); the occurrence's own time if absent"),
  steps: z
    .array(
      entry({
        field: z.string().describe('field that holds when the step was reached'),
        name: words,
        within: z.number().positive().describe('s from the beginning in which it is promised'),
      }),
    )
    .min(1)
    .max(3)
    .describe('what is waited for, in order: how long it took, or how long it has been waited for now'),
  over: z.array(z.string()).optional().describe('statuses of what is over: below the others, and no clock runs'),
  statuses: z.record(z.string(), words).optional().describe('words of the statuses; those the pack declares if absent'),
  maxRows: z.number().int().positive().optional(),
});
export type ClocksOptions = z.infer<typeof clocksOptions>;

export const clocksSpec: PanelSpec = {
  type: 'clocks',
  about: 'Cases against their promised times: how long each step took, and the clock of the one that is waited for',
  roles: { rows: { kinds: ['list'], required: true, about: 'the cases' } },
  main: 'rows',
  options: clocksOptions,
};
