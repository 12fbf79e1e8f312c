import { gaugeSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { GaugeOptions } from '@citywall/pack-schema/panels';

export const gaugePanel: PanelType = {
  ...gaugeSpec,
  minimum: { width: 300, height: 180 },
  load: () => import('./GaugePanel.vue'),
};
