import { z } from 'zod';
import { entry, entryId, record, words } from '../common.js';
import { viewForm } from './views.js';

const cells = (least: number) => z.int().min(least).max(200);

export const panelEntry = entry({
  id: entryId,
  type: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'expected a panel type like number, map or kpi-card')
    .meta({ description: 'A type of the panel registry of the wall.' }),
  at: entry({ x: cells(0), y: cells(0), w: cells(1), h: cells(1) }).meta({
    description: 'Grid cells: x, y from 0; w, h in cells.',
  }),
  title: words,
  scope: words.exactOptional().meta({ description: 'Which part, and the unit.' }),
  views: record(viewForm).default({}).meta({ description: 'Views by the role the panel type gives them.' }),
  options: record(z.unknown()).default({}).meta({ description: 'Options of the panel type.' }),
});

export const sceneEntry = entry({
  id: entryId,
  name: words,
  grid: entry({ columns: cells(1), rows: cells(1) }),
  panels: z.array(panelEntry),
}).meta({ description: 'A layout of panels.' });

/** scene.yaml */
export const sceneFile = entry({ scenes: z.array(sceneEntry) }).meta({
  title: 'scene.yaml',
  description: 'Scenes of this system (or, in a city pack, over all systems).',
});

export type SceneEntry = z.output<typeof sceneEntry>;
