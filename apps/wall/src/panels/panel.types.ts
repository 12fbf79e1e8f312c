import type { PanelSpec } from '@citywall/pack-schema/panels';
import type { Component } from 'vue';
import type { LiveView } from '../stores/display.js';

/** Views of one panel by role. */
export type PanelViews = Partial<Record<string, LiveView>>;

/**
 * One entry of the panel table: the folder `panels/<type>/` holds it (`panel.ts`), what draws it (`XPanel.vue`) and what is
 * drawn as a pure function (`option.ts`). What a scene may say of it stands in `@citywall/pack-schema/panels`. Every component
 * takes the props panel, options, views, summary.
 */
export interface PanelType extends PanelSpec {
  /** smallest useful size in px of the 1080p drawing */
  minimum: { width: number; height: number };
  load: () => Promise<{ default: Component }>;
}
