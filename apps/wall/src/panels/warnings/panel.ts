import { warningsSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { WarningsOptions } from '@citywall/pack-schema/panels';

export const warningsPanel: PanelType = {
  ...warningsSpec,
  minimum: { width: 600, height: 44 },
  load: () => import('./WarningsPanel.vue'),
};
