import { MEMBER_KINDS, type PanelSpec } from './panel-spec.js';
import { common, decimals, entry, words, z } from './schema.js';

const kinds = MEMBER_KINDS.filter((kind) => kind !== 'series');

export const radarOptions = entry({
  ...common,
  axes: z
    .array(
      entry({
        key: z.string(),
        name: words,
        unit: words.optional(),
        decimals: decimals.optional(),
        max: z.number().positive().describe('outer end; the middle is zero'),
        normal: z.number().optional().describe('what is aimed at or usual on this axis'),
      }),
    )
    .min(3)
    .max(8)
    .describe("three to eight, clockwise from the top. `key` is a metric of one asset, or the row's key"),
  name: words.optional().describe('name of the values'),
  normalName: words.optional().describe('name of what is normal'),
});
export type RadarOptions = z.infer<typeof radarOptions>;

export const radarSpec: PanelSpec = {
  type: 'radar',
  about: 'Several measures of one thing, each against its own end and against what is normal',
  roles: {
    values: { kinds, required: true, about: 'a row an axis' },
    past: { kinds, about: 'the same rows of another time or of others, dashed' },
  },
  main: 'values',
  options: radarOptions,
};
