import { imageSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { ImageOptions } from '@citywall/pack-schema/panels';

export const imagePanel: PanelType = {
  ...imageSpec,
  minimum: { width: 240, height: 160 },
  load: () => import('./ImagePanel.vue'),
};
