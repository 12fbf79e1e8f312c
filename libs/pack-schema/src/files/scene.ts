import { z } from 'zod';
import { entry, entryId, record, words } from '../common.js';
import { viewForm } from './views.js';

const cells = (least: number) => z.int().min(least).max(200);

const place = entry({ x: cells(0), y: cells(0), w: cells(1), h: cells(1) }).meta({
  description: 'Grid cells: x, y from 0; w, h in cells.',
});
const grid = entry({ columns: cells(1), rows: cells(1) });
const arrangement = entry({
  grid,
  at: record(place).meta({ description: 'Place by the panel’s id. A panel that is not named is not shown.' }),
});

export const panelEntry = entry({
  id: entryId,
  type: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'expected a panel type like number, map or kpi-card')
    .meta({ description: 'One of the panel types, see panels.md.' }),
  at: place.exactOptional().meta({
    description: 'Place in the grid of the scene; without it the panel is shown only where an arrangement places it.',
  }),
  title: words,
  scope: words.exactOptional().meta({ description: 'Which part, and the unit.' }),
  views: record(viewForm)
    .default({})
    .meta({ description: 'Views by the role the panel type gives them, see panels.md.' }),
  options: record(z.unknown()).default({}).meta({ description: 'Options of the panel type, see panels.md.' }),
});

export const sceneEntry = entry({
  id: entryId,
  name: words,
  grid,
  arrangements: entry({
    wide: arrangement
      .exactOptional()
      .meta({ description: 'For screens wider than 2.4 : 1: more columns, never larger letters.' }),
    compact: arrangement.exactOptional().meta({
      description: 'For screens below 900 px of height or 1500 px of width: fewer panels, never smaller letters.',
    }),
  }).exactOptional(),
  panels: z.array(panelEntry),
}).meta({ description: 'A layout of panels.' });

/** scene.yaml */
export const sceneFile = entry({ scenes: z.array(sceneEntry) }).meta({
  title: 'scene.yaml',
  description: 'Scenes of this system (or, in a city pack, over all systems).',
});

export type SceneEntry = z.output<typeof sceneEntry>;
