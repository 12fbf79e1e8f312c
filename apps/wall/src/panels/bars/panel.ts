import { barsSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { BarsOptions } from '@citywall/pack-schema/panels';

export const barsPanel: PanelType = {
  ...barsSpec,
  minimum: { width: 300, height: 140 },
  load: () => import('./BarsPanel.vue'),
};
