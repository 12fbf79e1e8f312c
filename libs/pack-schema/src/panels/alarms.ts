import type { PanelSpec } from './panel-spec.js';
import { common, entry, type z } from './schema.js';

export const alarmsOptions = entry(common);
export type AlarmsOptions = z.infer<typeof alarmsOptions>;

export const alarmsSpec: PanelSpec = {
  type: 'alarms',
  about:
    'Standing alarms, the unacknowledged P1 first, with shapes, ages and what became of them; those without a line are counted in the last. The header of every scene has the most urgent one and the counts anyway',
  roles: {
    rows: { kinds: ['alarms'], required: true, about: 'the alarms' },
    ended: { kinds: ['alarm-events'], about: 'the newest that ended: since when it is calm' },
  },
  main: 'rows',
  options: alarmsOptions,
};
