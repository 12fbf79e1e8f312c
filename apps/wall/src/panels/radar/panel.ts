import { radarSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { RadarOptions } from '@citywall/pack-schema/panels';

export const radarPanel: PanelType = {
  ...radarSpec,
  minimum: { width: 320, height: 220 },
  load: () => import('./RadarPanel.vue'),
};
