import { tableSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { TableOptions } from '@citywall/pack-schema/panels';

export const tablePanel: PanelType = {
  ...tableSpec,
  minimum: { width: 340, height: 150 },
  load: () => import('./TablePanel.vue'),
};
