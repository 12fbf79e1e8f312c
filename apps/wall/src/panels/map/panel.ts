import type { PanelType } from '../panel.types.js';
import { common, decimals, rampName, words, z } from '../schema.js';

export const mapOptions = z.object({
  ...common,
  /** colour of the schematic cells by the view `cells`, grouped by town name */
  cells: z
    .object({
      ramp: rampName,
      /** lower ends of the ramp's steps */
      steps: z.array(z.number()).min(1),
      name: words,
      unit: words.optional(),
      decimals: decimals.optional(),
    })
    .optional(),
  /** symbols at the assets of the view `points`; `showAbove` hides what is of no matter */
  points: z
    .object({ name: words, unit: words.optional(), decimals: decimals.optional(), showAbove: z.number().optional() })
    .optional(),
});
export type MapOptions = z.infer<typeof mapOptions>;

export const mapPanel: PanelType = {
  type: 'map',
  about: 'The county: outline, schematic town cells coloured by a figure, assets as symbols',
  roles: {
    cells: { kinds: ['aggregate'], about: 'one figure a town' },
    points: { kinds: ['layer'], about: 'assets with places' },
    occurrences: { kinds: ['list'], about: 'occurrences with places' },
  },
  main: 'cells',
  options: mapOptions,
  frame: 'panel',
  minimum: { width: 420, height: 480 },
  load: () => import('./MapPanel.vue'),
};
