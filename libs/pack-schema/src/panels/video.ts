import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

export const videoOptions = entry({
  ...common,
  state: entry({
    metric: z.string(),
    online: z.array(z.string()).min(1),
    words: z.record(z.string(), words).optional().describe('words of its values'),
  }).describe('metric whose value says whether the camera sends a picture, and its values that mean it does'),
  stream: z
    .string()
    .optional()
    .describe(
      "attribute of the asset with its stream's URL template; {key} {id} {stream} are filled in. No URL with a password is used",
    ),
  streams: entry({ main: z.string(), sub: z.string() })
    .optional()
    .describe("names of {stream}: the large tile's, and the grid's"),
  focus: z.boolean().optional().describe('one tile larger than the others; a click on another changes it'),
  most: z
    .number()
    .int()
    .min(1)
    .max(16)
    .optional()
    .describe('most streams decoded at once; the others wait their turn as still pictures'),
  dwell: z.number().min(5).optional().describe('s a tile plays before one that waits may have its place'),
  frozenAfter: z.number().min(3).optional().describe('s without any change of the picture until it is called frozen'),
});
export type VideoOptions = z.infer<typeof videoOptions>;

export const videoSpec: PanelSpec = {
  type: 'video',
  about: 'Camera pictures (HLS) as tiles; a picture that does not move says so',
  roles: {
    cameras: { kinds: ['latest'], required: true, about: 'state of the cameras; their attributes name the streams' },
  },
  main: 'cameras',
  options: videoOptions,
};
