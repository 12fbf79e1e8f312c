import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const systemsOptions = entry({
  ...common,
  order: z
    .array(entry({ ...words.shape, id: z.string() }))
    .optional()
    .describe("every system of the county in its order; one the view doesn't have is shown as 未接入"),
});
export type SystemsOptions = z.infer<typeof systemsOptions>;

export const systemsSpec: PanelSpec = {
  type: 'systems',
  about: 'Strip of all systems: coverage as ticks, age of the oldest, 未接入 where no pack is',
  roles: { systems: { kinds: ['systems'], required: true, about: 'status of the connected systems' } },
  main: 'systems',
  options: systemsOptions,
};
