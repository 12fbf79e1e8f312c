import { type VideoOptions, videoSpec } from '@citywall/pack-schema/panels';
import type { PanelType } from '../panel.types.js';

const DEFAULTS = {
  stream: 'stream',
  streams: { main: 'main', sub: 'sub' },
  focus: true,
  most: 9,
  dwell: 20,
  frozenAfter: 10,
};

export type { VideoOptions };

/** Options with what a scene left out. */
export type VideoSettings = VideoOptions & typeof DEFAULTS;

export function videoSettings(options: VideoOptions): VideoSettings {
  return { ...DEFAULTS, ...options } as VideoSettings;
}

export const videoPanel: PanelType = {
  ...videoSpec,
  minimum: { width: 380, height: 260 },
  load: () => import('./VideoPanel.vue'),
};
