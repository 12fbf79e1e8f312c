import { clocksSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { ClocksOptions } from '@citywall/pack-schema/panels';

export const clocksPanel: PanelType = {
  ...clocksSpec,
  minimum: { width: 420, height: 170 },
  load: () => import('./ClocksPanel.vue'),
};
