import { levelSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { LevelOptions } from '@citywall/pack-schema/panels';

export const levelPanel: PanelType = {
  ...levelSpec,
  minimum: { width: 260, height: 200 },
  load: () => import('./LevelPanel.vue'),
};
