import { textSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { TextOptions } from '@citywall/pack-schema/panels';

export const textPanel: PanelType = {
  ...textSpec,
  minimum: { width: 400, height: 60 },
  load: () => import('./TextPanel.vue'),
};
