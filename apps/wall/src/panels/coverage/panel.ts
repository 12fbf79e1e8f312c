import { coverageSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { CoverageOptions } from '@citywall/pack-schema/panels';

export const coveragePanel: PanelType = {
  ...coverageSpec,
  minimum: { width: 300, height: 130 },
  load: () => import('./CoveragePanel.vue'),
};
