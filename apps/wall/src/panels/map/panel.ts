import { mapSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { MapLayer, MapOptions, SymbolName } from '@citywall/pack-schema/panels';

export const mapPanel: PanelType = {
  ...mapSpec,
  minimum: { width: 420, height: 480 },
  load: () => import('./MapPanel.vue'),
};
