import type { ArrangementName, Cells, CompiledScene, Grid, ScenePanel } from '@citywall/protocol';

/** width ÷ height from which a screen shows more columns instead of wider ones: between 21:9 and 32:9 */
const WIDE_FROM = 2.4;
/** px below which letters of 14 px leave no room for the whole drawing */
const COMPACT_BELOW = { width: 1500, height: 900 };

/** How a scene should be arranged on a screen of that many CSS px; null: as it was drawn. */
export function arrangementFor(width: number, height: number): ArrangementName | null {
  if (width / height >= WIDE_FROM) return 'wide';
  return width < COMPACT_BELOW.width || height < COMPACT_BELOW.height ? 'compact' : null;
}

export interface Placed {
  grid: Grid;
  panels: { panel: ScenePanel; at: Cells }[];
}

/** The panels that a screen shows, and where. A scene without the wanted arrangement is shown as it was drawn. */
export function place(scene: CompiledScene, wanted: ArrangementName | null): Placed {
  const arrangement = wanted === null ? undefined : scene.arrangements?.[wanted];
  return {
    grid: arrangement?.grid ?? scene.grid,
    panels: scene.panels.flatMap((panel) => {
      const at = arrangement === undefined ? panel.at : own(arrangement.at, panel.id);
      return at === undefined ? [] : [{ panel, at }];
    }),
  };
}

/** CSS grid lines of a panel; `at` counts from 0, lines from 1. */
export function gridArea(at: Cells): { gridColumn: string; gridRow: string } {
  return { gridColumn: `${at.x + 1} / span ${at.w}`, gridRow: `${at.y + 1} / span ${at.h}` };
}

function own<Value>(record: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
