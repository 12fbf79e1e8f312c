import type { Words } from '@citywall/model';
import type { ViewSpec } from './view.js';

/** One panel of a scene: a type from the wall's registry, its place in the grid, its views by role. */
export interface ScenePanel {
  id: string;
  type: string;
  /** grid cells: x, y from 0; w, h in cells */
  at: { x: number; y: number; w: number; h: number };
  title: Words;
  /** which part, and the unit: `镇街示意格` */
  scope?: Words;
  /** view index (into the stream's views) by the role the panel type gives it */
  views: Record<string, number>;
  /** options of the panel type, checked by its own schema */
  options: Record<string, unknown>;
}

/** A compiled scene as displays get it in a snapshot. Language-independent: both languages are inside. */
export interface CompiledScene {
  id: string;
  /** changes whenever the layout or the views change */
  version: string;
  name: Words;
  system?: string;
  grid: { columns: number; rows: number };
  panels: ScenePanel[];
  views: ViewSpec[];
}
