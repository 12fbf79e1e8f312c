import { progressSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { ProgressOptions } from '@citywall/pack-schema/panels';

export const progressPanel: PanelType = {
  ...progressSpec,
  minimum: { width: 420, height: 170 },
  load: () => import('./ProgressPanel.vue'),
};
