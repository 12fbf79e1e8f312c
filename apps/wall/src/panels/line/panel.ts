import { lineSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { LineOptions } from '@citywall/pack-schema/panels';

export const linePanel: PanelType = {
  ...lineSpec,
  minimum: { width: 300, height: 140 },
  load: () => import('./LinePanel.vue'),
};
