import { statesSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { StatesOptions } from '@citywall/pack-schema/panels';

export const statesPanel: PanelType = {
  ...statesSpec,
  minimum: { width: 300, height: 110 },
  load: () => import('./StatesPanel.vue'),
};
