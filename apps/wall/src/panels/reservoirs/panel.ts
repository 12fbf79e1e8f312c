import { reservoirsSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { ReservoirsOptions } from '@citywall/pack-schema/panels';

export const reservoirsPanel: PanelType = {
  ...reservoirsSpec,
  minimum: { width: 360, height: 150 },
  load: () => import('./ReservoirsPanel.vue'),
};
