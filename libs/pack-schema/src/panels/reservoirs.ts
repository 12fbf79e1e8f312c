import type { PanelSpec } from './panel-spec.js';
import { common, entry, z } from './schema.js';

export const reservoirsOptions = entry({
  ...common,
  limit: z.string().describe('attribute of the asset that holds its flood limit, m'),
  metric: z.string(),
});
export type ReservoirsOptions = z.infer<typeof reservoirsOptions>;

export const reservoirsSpec: PanelSpec = {
  type: 'reservoirs',
  about: 'Water levels as metres from each one’s flood limit, all limits on one line',
  roles: { levels: { kinds: ['latest', 'rank', 'layer'], required: true, about: 'one level an asset' } },
  main: 'levels',
  options: reservoirsOptions,
};
