import { donutSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { DonutOptions } from '@citywall/pack-schema/panels';

export const donutPanel: PanelType = {
  ...donutSpec,
  minimum: { width: 320, height: 160 },
  load: () => import('./DonutPanel.vue'),
};
