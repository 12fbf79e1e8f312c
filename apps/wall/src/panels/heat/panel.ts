import { heatSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { HeatOptions } from '@citywall/pack-schema/panels';

export const heatPanel: PanelType = {
  ...heatSpec,
  minimum: { width: 320, height: 180 },
  load: () => import('./HeatPanel.vue'),
};
