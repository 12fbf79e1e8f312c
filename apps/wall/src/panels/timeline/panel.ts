import { timelineSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { TimelineOptions } from '@citywall/pack-schema/panels';

export const timelinePanel: PanelType = {
  ...timelineSpec,
  minimum: { width: 320, height: 140 },
  load: () => import('./TimelinePanel.vue'),
};
