import type { PanelSpec } from './panel-spec.js';
import { common, entry, type z } from './schema.js';

export const notableOptions = entry(common);
export type NotableOptions = z.infer<typeof notableOptions>;

export const notableSpec: PanelSpec = {
  type: 'notable',
  about:
    'One list of everything notable over all systems, newest change first: time, shape of the priority, system, text, place, what became of it; nothing scrolls',
  roles: { rows: { kinds: ['notable'], required: true, about: 'alarms, occurrences, silences' } },
  main: 'rows',
  options: notableOptions,
};
