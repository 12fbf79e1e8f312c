import { noticesSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { NoticesOptions } from '@citywall/pack-schema/panels';

export const noticesPanel: PanelType = {
  ...noticesSpec,
  minimum: { width: 300, height: 110 },
  load: () => import('./NoticesPanel.vue'),
};
