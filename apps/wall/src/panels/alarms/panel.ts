import { alarmsSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { AlarmsOptions } from '@citywall/pack-schema/panels';

export const alarmsPanel: PanelType = {
  ...alarmsSpec,
  minimum: { width: 360, height: 140 },
  load: () => import('./AlarmsPanel.vue'),
};
