import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const imageOptions = entry({
  ...common,
  file: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\/[A-Za-z0-9][\w.-]*\.(png|jpe?g|webp|avif|svg)$/, 'expected pack/name.png')
    .describe('`pack/name.png`: a file in the folder `images` of that pack'),
  alt: words.optional().describe('what is to be seen, for those who do not see it; the title if absent'),
  caption: words.optional(),
  source: words.describe('who made it; a picture without a source does not go on the wall'),
  taken: z
    .string()
    .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'expected 2026, 2026-06 or 2026-06-30')
    .describe('when it was made: `2026-06-30`, or as far as it is known'),
  fit: z
    .enum(['contain', 'cover'])
    .optional()
    .describe('contain: all of it · cover: the whole panel, cut at the edges'),
});
export type ImageOptions = z.infer<typeof imageOptions>;

export const imageSpec: PanelSpec = {
  type: 'image',
  about: 'A picture from a pack with its caption, source and date',
  // a picture asks the city nothing; `main` names the role all the same
  roles: { main: { kinds: ['latest'], about: 'not used: a picture shows no values' } },
  main: 'main',
  options: imageOptions,
};
