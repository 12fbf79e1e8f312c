import { rankingSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { RankingOptions } from '@citywall/pack-schema/panels';

export const rankingPanel: PanelType = {
  ...rankingSpec,
  minimum: { width: 300, height: 140 },
  load: () => import('./RankingPanel.vue'),
};
