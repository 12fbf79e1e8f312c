import type { CompiledScene, ScenePanel } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { arrangementFor, gridArea, place } from '../../../../../apps/wall/src/scenes/grid.js';

const panel = (id: string, at?: ScenePanel['at']): ScenePanel => ({
  id,
  type: 'line',
  ...(at && { at }),
  title: { zh: id, en: id },
  views: {},
  options: {},
});
const first = { x: 0, y: 0, w: 4, h: 4 };
const scene: CompiledScene = {
  id: 'water',
  version: '1',
  name: { zh: '水利', en: 'Water' },
  grid: { columns: 4, rows: 4 },
  arrangements: { wide: { grid: { columns: 8, rows: 4 }, at: { a: first, b: { x: 4, y: 0, w: 4, h: 4 } } } },
  panels: [panel('a', first), panel('b'), panel('constructor')],
  views: [],
};

describe('which arrangement a screen gets', () => {
  it.each([
    [1920, 1080, null],
    [3840, 2160, null],
    [2560, 1080, null],
    [1366, 768, 'compact'],
    [1280, 1024, 'compact'],
    [3840, 1080, 'wide'],
    [7680, 2160, 'wide'],
    [1500, 900, null],
  ] as const)('%d × %d: %s', (width, height, expected) => {
    expect(arrangementFor(width, height)).toBe(expected);
  });
});

describe('places of a scene', () => {
  it('as drawn: only panels with a place of their own', () => {
    expect(place(scene, null)).toEqual({ grid: scene.grid, panels: [{ panel: scene.panels[0], at: first }] });
  });

  it('arranged: only panels that the arrangement names, in their order', () => {
    const { grid, panels } = place(scene, 'wide');
    expect(grid.columns).toBe(8);
    expect(panels.map(({ panel: { id }, at }) => [id, at.x])).toEqual([
      ['a', 0],
      ['b', 4],
    ]);
  });

  it('a scene without the wanted arrangement is shown as drawn', () => {
    expect(place(scene, 'compact')).toEqual(place(scene, null));
  });

  it('cells become grid lines', () => {
    expect(gridArea({ x: 2, y: 0, w: 3, h: 1 })).toEqual({ gridColumn: '3 / span 3', gridRow: '1 / span 1' });
  });
});
