import { stagesSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { StagesOptions } from '@citywall/pack-schema/panels';

export const stagesPanel: PanelType = {
  ...stagesSpec,
  minimum: { width: 360, height: 150 },
  load: () => import('./StagesPanel.vue'),
};
