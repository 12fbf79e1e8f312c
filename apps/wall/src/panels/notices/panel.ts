import type { PanelType } from '../panel.types.js';
import { common, z } from '../schema.js';

export const noticesOptions = z.object({ ...common, maxRows: z.number().int().positive().optional() });
export type NoticesOptions = z.infer<typeof noticesOptions>;

export const noticesPanel: PanelType = {
  type: 'notices',
  about: 'CityWall’s own conditions: feeds silent, packs refused, Redis or broker gone',
  roles: { notices: { kinds: ['notices'], required: true, about: 'conditions that hold now' } },
  main: 'notices',
  options: noticesOptions,
  frame: 'panel',
  minimum: { width: 300, height: 110 },
  load: () => import('./NoticesPanel.vue'),
};
