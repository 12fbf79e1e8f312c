import type { ViewSpec } from '@citywall/protocol';
import type { Component } from 'vue';
import type { LiveView } from '../stores/display.js';
import type { z } from './schema.js';

/** Views of one panel by role. */
export type PanelViews = Partial<Record<string, LiveView>>;

export interface PanelRole {
  kinds: ViewSpec['kind'][];
  required?: boolean;
  about: string;
}

/**
 * One entry of the panel table: the folder `panels/<type>/` holds it (`panel.ts`), what draws it (`XPanel.vue`) and what is
 * drawn as a pure function (`option.ts`). Every component takes the props panel, options, views, summary.
 */
export interface PanelType {
  type: string;
  about: string;
  roles: Record<string, PanelRole>;
  /** what views of any other role may be, where the panel's options name roles of their own */
  others?: PanelRole;
  /** role that answers for the panel's coverage, age and state */
  main: string;
  options: z.ZodType;
  /** panel: title, coverage and age are drawn around it · bare: it draws its own head */
  frame: 'panel' | 'bare';
  /** smallest useful size in px of the 1080p drawing */
  minimum: { width: number; height: number };
  load: () => Promise<{ default: Component }>;
}
