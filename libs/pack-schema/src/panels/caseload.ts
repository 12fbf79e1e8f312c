import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const caseloadOptions = entry({
  ...common,
  words: z
    .record(z.string(), words)
    .optional()
    .describe('names by `system/type`; those the packs declare if absent. What is not connected has none of its own'),
});
export type CaseloadOptions = z.infer<typeof caseloadOptions>;

export const caseloadSpec: PanelSpec = {
  type: 'caseload',
  about: 'Cases of several systems: how many began, are open and ended; silent and unconnected systems say so',
  roles: { rows: { kinds: ['caseload'], required: true, about: 'a row a kind of case' } },
  main: 'rows',
  options: caseloadOptions,
};
