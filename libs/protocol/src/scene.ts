import type { Words } from '@citywall/model';
import type { ViewSpec } from './view-spec.js';

/** Grid cells: x, y from 0; w, h in cells. */
export interface Cells {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Grid {
  columns: number;
  rows: number;
}

/** Screens that a scene may be arranged anew for: much wider than 16:9, or too small for letters of 14 px. */
export const ARRANGEMENTS = ['wide', 'compact'] as const;
export type ArrangementName = (typeof ARRANGEMENTS)[number];

/** Another grid for the same panels; a panel without a place in it is not shown there. */
export interface Arrangement {
  grid: Grid;
  /** place by the panel's id */
  at: Record<string, Cells>;
}

/** One panel of a scene: a type from the wall's registry, its place in the grid, its views by role. */
export interface ScenePanel {
  id: string;
  type: string;
  /** place in the scene's own grid; absent: only shown in an arrangement that places it */
  at?: Cells;
  title: Words;
  /** which part, and the unit: `镇街示意格` */
  scope?: Words;
  /** view index (into the stream's views) by the role the panel type gives it */
  views: Record<string, number>;
  /** options of the panel type, checked by its own schema */
  options: Record<string, unknown>;
}

/** What a pack calls a type of occurrences, its statuses and its levels. */
export interface OccurrenceWords {
  name: Words;
  statuses?: Record<string, Words>;
  levels?: Record<string, Words>;
}

/** A compiled scene as displays get it in a snapshot. Language-independent: both languages are inside. */
export interface CompiledScene {
  id: string;
  /** changes whenever the layout or the views change */
  version: string;
  name: Words;
  system?: string;
  grid: Grid;
  arrangements?: Partial<Record<ArrangementName, Arrangement>>;
  panels: ScenePanel[];
  views: ViewSpec[];
  /** views of the header that every scene has: its alarms (of its system, else of all), and the newest that ended */
  header?: { alarms: number; ended: number };
  /** words of the occurrences its views can bring, by `system/type` */
  occurrenceTypes?: Record<string, OccurrenceWords>;
}
