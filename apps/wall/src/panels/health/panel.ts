import { healthSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { HealthOptions } from '@citywall/pack-schema/panels';

export const healthPanel: PanelType = {
  ...healthSpec,
  minimum: { width: 340, height: 220 },
  load: () => import('./HealthPanel.vue'),
};
