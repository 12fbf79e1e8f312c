import { flowSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { FlowOptions } from '@citywall/pack-schema/panels';

export const flowPanel: PanelType = {
  ...flowSpec,
  minimum: { width: 440, height: 200 },
  load: () => import('./FlowPanel.vue'),
};
