import { cardSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { CardOptions } from '@citywall/pack-schema/panels';

export const cardPanel: PanelType = {
  ...cardSpec,
  minimum: { width: 260, height: 140 },
  load: () => import('./CardPanel.vue'),
};
