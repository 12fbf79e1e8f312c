import type { PanelSpec } from './panel-spec.js';
import { common, entry, z } from './schema.js';

export const noticesOptions = entry({ ...common, maxRows: z.number().int().positive().optional() });
export type NoticesOptions = z.infer<typeof noticesOptions>;

export const noticesSpec: PanelSpec = {
  type: 'notices',
  about: 'CityWall’s own conditions: feeds silent, packs refused, Redis or broker gone',
  roles: { notices: { kinds: ['notices'], required: true, about: 'conditions that hold now' } },
  main: 'notices',
  options: noticesOptions,
};
