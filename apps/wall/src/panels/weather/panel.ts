import { weatherSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { Sky, WeatherOptions } from '@citywall/pack-schema/panels';

export const weatherPanel: PanelType = {
  ...weatherSpec,
  minimum: { width: 320, height: 130 },
  load: () => import('./WeatherPanel.vue'),
};
