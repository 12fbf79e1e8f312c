import { caseloadSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { CaseloadOptions } from '@citywall/pack-schema/panels';

export const caseloadPanel: PanelType = {
  ...caseloadSpec,
  minimum: { width: 240, height: 150 },
  load: () => import('./CaseloadPanel.vue'),
};
