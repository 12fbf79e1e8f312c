import { figureSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

export type { FigureOptions } from '@citywall/pack-schema/panels';

export const figurePanel: PanelType = {
  ...figureSpec,
  minimum: { width: 240, height: 80 },
  load: () => import('./FigurePanel.vue'),
};
