import { systemsSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { SystemsOptions } from '@citywall/pack-schema/panels';

export const systemsPanel: PanelType = {
  ...systemsSpec,
  minimum: { width: 900, height: 66 },
  load: () => import('./SystemsPanel.vue'),
};
