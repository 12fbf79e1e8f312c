import type { PanelType } from '../panel.types.js';
import { common, z } from '../schema.js';

export const reservoirsOptions = z.object({
  ...common,
  /** attribute of the asset that holds its flood limit, m */
  limit: z.string(),
  metric: z.string(),
});
export type ReservoirsOptions = z.infer<typeof reservoirsOptions>;

export const reservoirsPanel: PanelType = {
  type: 'reservoirs',
  about: 'Water levels as metres from each one’s flood limit, all limits on one line',
  roles: { levels: { kinds: ['latest', 'rank', 'layer'], required: true, about: 'one level an asset' } },
  main: 'levels',
  options: reservoirsOptions,
  frame: 'panel',
  minimum: { width: 360, height: 150 },
  load: () => import('./ReservoirsPanel.vue'),
};
