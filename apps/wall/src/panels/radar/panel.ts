import type { PanelType } from '../panel.types.js';
import { MEMBER_KINDS } from '../parts/members.js';
import { common, decimals, words, z } from '../schema.js';

const kinds = MEMBER_KINDS.filter((kind) => kind !== 'series');

export const radarOptions = z.object({
  ...common,
  /** three to eight, clockwise from the top. `key` is a metric of one asset, or the row's key */
  axes: z
    .array(
      z.object({
        key: z.string(),
        name: words,
        unit: words.optional(),
        decimals: decimals.optional(),
        /** outer end; the middle is zero */
        max: z.number().positive(),
        /** what is aimed at or usual on this axis */
        normal: z.number().optional(),
      }),
    )
    .min(3)
    .max(8),
  /** name of the values, and of what is normal */
  name: words.optional(),
  normalName: words.optional(),
});
export type RadarOptions = z.infer<typeof radarOptions>;

export const radarPanel: PanelType = {
  type: 'radar',
  about: 'Several measures of one thing, each against its own end and against what is normal',
  roles: {
    values: { kinds, required: true, about: 'a row an axis' },
    past: { kinds, about: 'the same rows of another time or of others, dashed' },
  },
  main: 'values',
  options: radarOptions,
  frame: 'panel',
  minimum: { width: 320, height: 220 },
  load: () => import('./RadarPanel.vue'),
};
