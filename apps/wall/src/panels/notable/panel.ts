import { notableSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { NotableOptions } from '@citywall/pack-schema/panels';

export const notablePanel: PanelType = {
  ...notableSpec,
  minimum: { width: 360, height: 150 },
  load: () => import('./NotablePanel.vue'),
};
