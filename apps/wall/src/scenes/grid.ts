import type { ScenePanel } from '@citywall/protocol';

/** CSS grid lines of a panel; `at` counts from 0, lines from 1. */
export function gridArea(at: ScenePanel['at']): { gridColumn: string; gridRow: string } {
  return { gridColumn: `${at.x + 1} / span ${at.w}`, gridRow: `${at.y + 1} / span ${at.h}` };
}
