import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PANEL_SPECS } from '@citywall/pack-schema/panels';
import type { Arrangement, ArrangementName, Cells, Grid } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PANEL_TYPES, panelType } from '../../../../../apps/wall/src/panels/registry.js';

const root = join(import.meta.dirname, '../../../../..');
const packs = join(root, 'libs/packs');

interface Panel {
  id: string;
  type: string;
  at?: Cells;
}
const files = readdirSync(packs)
  .map((pack) => join(packs, pack, 'scene.yaml'))
  .filter((path) => existsSync(path));
const scenes = files.flatMap(
  (path) =>
    (
      parse(readFileSync(path, 'utf8')) as {
        scenes: {
          id: string;
          grid: Grid;
          arrangements?: Partial<Record<ArrangementName, Arrangement>>;
          panels: Panel[];
        }[];
      }
    ).scenes,
);
const panels = scenes.flatMap((scene) =>
  scene.panels.map((panel) => ({ scene, panel, name: `${scene.id}/${panel.id}` })),
);

describe('panel types', () => {
  it('one folder each, and a folder for each', () => {
    const folders = readdirSync(join(root, 'apps/wall/src/panels'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'parts')
      .map((entry) => entry.name);
    expect(PANEL_TYPES.map((panel) => panel.type).sort()).toEqual(folders.sort());
  });

  it('say which role answers for coverage and age', () => {
    for (const panel of PANEL_TYPES) expect(Object.keys(panel.roles)).toContain(panel.main);
  });

  it('are those that the check of packs knows, each with a file of what a scene may say of it', () => {
    expect(PANEL_TYPES.map((panel) => panel.type)).toEqual(PANEL_SPECS.map((spec) => spec.type));
    const files = readdirSync(join(root, 'libs/pack-schema/src/panels'));
    for (const { type } of PANEL_SPECS) expect(files).toContain(`${type}.ts`);
  });

  it('an unknown type is not there, not even one of Object’s own', () => {
    expect(panelType('constructor')).toBeUndefined();
    expect(panelType('figure')?.type).toBe('figure');
  });
});

describe('scenes of the packs', () => {
  it('are there', () => {
    expect(panels.length).toBeGreaterThan(10);
  });

  // px of the 1080p drawing for the grid; the gaps of 14 px are shared by the cells
  const screens = { drawn: [1880, 960], compact: [1880, 960], wide: [3800, 960] } as const;
  const places = panels.flatMap(({ scene, panel, name }) => [
    ...(panel.at ? [{ name: `${name} as drawn`, panel, at: panel.at, grid: scene.grid, screen: screens.drawn }] : []),
    ...Object.entries(scene.arrangements ?? {}).flatMap(([arrangement, { grid, at }]) =>
      at[panel.id]
        ? [{ name: `${name} ${arrangement}`, panel, at: at[panel.id]!, grid, screen: screens[arrangement as 'wide'] }]
        : [],
    ),
  ]);

  it.each(places)('$name: large enough', ({ panel, at, grid, screen }) => {
    const width = (at.w * (screen[0] + 14)) / grid.columns - 14;
    const height = (at.h * (screen[1] + 14)) / grid.rows - 14;
    const { minimum } = panelType(panel.type)!;
    expect({ fits: width >= minimum.width && height >= minimum.height, width, height }).toMatchObject({ fits: true });
  });
});
