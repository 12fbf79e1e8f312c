import { occurrencesSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { OccurrencesOptions } from '@citywall/pack-schema/panels';

export const occurrencesPanel: PanelType = {
  ...occurrencesSpec,
  minimum: { width: 320, height: 150 },
  load: () => import('./OccurrencesPanel.vue'),
};
