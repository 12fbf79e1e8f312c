import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

export const videoOptions = z.object({
  ...common,
  /** metric whose value says whether the camera sends a picture, and its values that mean it does */
  state: z.object({
    metric: z.string(),
    online: z.array(z.string()).min(1),
    /** words of its values */
    words: z.record(z.string(), words).optional(),
  }),
  /** attribute of the asset with its stream's URL template; {key} {id} {stream} are filled in. No URL with a password is used */
  stream: z.string().optional(),
  /** names of {stream}: the large tile's, and the grid's */
  streams: z.object({ main: z.string(), sub: z.string() }).optional(),
  /** one tile larger than the others; a click on another changes it */
  focus: z.boolean().optional(),
  /** most streams decoded at once; the others wait their turn as still pictures */
  most: z.number().int().min(1).max(16).optional(),
  /** s a tile plays before one that waits may have its place */
  dwell: z.number().min(5).optional(),
  /** s without any change of the picture until it is called frozen */
  frozenAfter: z.number().min(3).optional(),
});
export type VideoOptions = z.infer<typeof videoOptions>;

const DEFAULTS = {
  stream: 'stream',
  streams: { main: 'main', sub: 'sub' },
  focus: true,
  most: 9,
  dwell: 20,
  frozenAfter: 10,
};

/** Options with what a scene left out. */
export type VideoSettings = VideoOptions & typeof DEFAULTS;

export function videoSettings(options: VideoOptions): VideoSettings {
  return { ...DEFAULTS, ...options } as VideoSettings;
}

export const videoPanel: PanelType = {
  type: 'video',
  about: 'Camera pictures (HLS) as tiles; a picture that does not move says so',
  roles: {
    cameras: { kinds: ['latest'], required: true, about: 'state of the cameras; their attributes name the streams' },
  },
  main: 'cameras',
  options: videoOptions,
  frame: 'panel',
  minimum: { width: 380, height: 260 },
  load: () => import('./VideoPanel.vue'),
};
