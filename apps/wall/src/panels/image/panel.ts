import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const imageOptions = z.object({
  ...common,
  /** `pack/name.png`: a file in the folder `images` of that pack */
  file: z.string().regex(/^[a-z][a-z0-9-]*\/[A-Za-z0-9][\w.-]*\.(png|jpe?g|webp|avif|svg)$/, 'expected pack/name.png'),
  /** what is to be seen, for those who do not see it; the title if absent */
  alt: words.optional(),
  caption: words.optional(),
  /** who made it; a picture without a source does not go on the wall */
  source: words,
  /** when it was made: `2026-06-30`, or as far as it is known */
  taken: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'expected 2026, 2026-06 or 2026-06-30'),
  /** contain: all of it · cover: the whole panel, cut at the edges */
  fit: z.enum(['contain', 'cover']).optional(),
});
export type ImageOptions = z.infer<typeof imageOptions>;

export const imagePanel: PanelType = {
  type: 'image',
  about: 'A picture from a pack with its caption, source and date',
  // a picture asks the city nothing; `main` names the role all the same
  roles: { main: { kinds: ['latest'], about: 'not used: a picture shows no values' } },
  main: 'main',
  options: imageOptions,
  frame: 'panel',
  minimum: { width: 240, height: 160 },
  load: () => import('./ImagePanel.vue'),
};
