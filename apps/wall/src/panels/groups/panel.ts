import { groupsSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { GroupsOptions } from '@citywall/pack-schema/panels';

export const groupsPanel: PanelType = {
  ...groupsSpec,
  minimum: { width: 380, height: 160 },
  load: () => import('./GroupsPanel.vue'),
};
