import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const coverageOptions = entry({
  ...common,
  names: z
    .record(z.string(), words)
    .optional()
    .describe("other words for a type, by `system/type`; the pack's if absent"),
});
export type CoverageOptions = z.infer<typeof coverageOptions>;

export const coverageSpec: PanelSpec = {
  type: 'coverage',
  about: 'How many assets of each type have a fresh value, and how old the oldest of them is',
  roles: { types: { kinds: ['coverage'], required: true, about: 'one row a type' } },
  main: 'types',
  options: coverageOptions,
};
