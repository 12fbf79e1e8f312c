import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PANEL_TYPES, panelType } from '../../../../../apps/wall/src/panels/registry.js';

const root = join(import.meta.dirname, '../../../../..');
const packs = join(root, 'libs/packs');

interface Panel {
  id: string;
  type: string;
  at: { x: number; y: number; w: number; h: number };
  views?: Record<string, { kind: string }>;
  options?: Record<string, unknown>;
}
const files = readdirSync(packs)
  .map((pack) => join(packs, pack, 'scene.yaml'))
  .filter((path) => existsSync(path));
const scenes = files.flatMap(
  (path) =>
    (
      parse(readFileSync(path, 'utf8')) as {
        scenes: { id: string; grid: { columns: number; rows: number }; panels: Panel[] }[];
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

  it('an unknown type is not there, not even one of Object’s own', () => {
    expect(panelType('constructor')).toBeUndefined();
    expect(panelType('figure')?.type).toBe('figure');
  });
});

describe('scenes of the packs', () => {
  it('are there', () => {
    expect(panels.length).toBeGreaterThan(10);
  });

  it.each(panels)('$name: type, roles and options are the wall’s, none is lost', ({ panel }) => {
    const type = panelType(panel.type)!;
    expect(type).toBeDefined();
    for (const [role, view] of Object.entries(panel.views ?? {})) {
      expect(Object.keys(type.roles)).toContain(role);
      expect(type.roles[role]!.kinds).toContain(view.kind);
    }
    for (const [role, { required }] of Object.entries(type.roles)) {
      if (required) expect(Object.keys(panel.views ?? {})).toContain(role);
    }
    // an option the schema doesn't know would be dropped in silence
    expect(type.options.parse(panel.options ?? {})).toEqual(panel.options ?? {});
  });

  it.each(panels)('$name: large enough at 1080p', ({ scene, panel }) => {
    // 1880 × 960 px for the grid, 14-px gaps shared by the cells
    const width = (panel.at.w * (1880 + 14)) / scene.grid.columns - 14;
    const height = (panel.at.h * (960 + 14)) / scene.grid.rows - 14;
    const { minimum } = panelType(panel.type)!;
    expect({ fits: width >= minimum.width && height >= minimum.height, width, height }).toMatchObject({ fits: true });
  });

  it.each(scenes)('$id: no panel lies over another or outside the grid', ({ grid, panels: placed }) => {
    const taken = new Map<string, string>();
    for (const { id, at } of placed) {
      expect(at.x + at.w).toBeLessThanOrEqual(grid.columns);
      expect(at.y + at.h).toBeLessThanOrEqual(grid.rows);
      for (let x = at.x; x < at.x + at.w; x++) {
        for (let y = at.y; y < at.y + at.h; y++) {
          expect(taken.get(`${x},${y}`) ?? id).toBe(id);
          taken.set(`${x},${y}`, id);
        }
      }
    }
  });
});
